"""What each service does with a document, and its verdict on one."""

from __future__ import annotations

from services.assessment.app import COMPOSITION as ASSESSMENT
from services.nomination.app import COMPOSITION as NOMINATION
from services.subsidy.app import COMPOSITION as SUBSIDY
from shared.procedures.model import Problem
from shared.procedures.reading import Reading, read_document

SERVICES = {one.name: one for one in (NOMINATION, ASSESSMENT, SUBSIDY)}


def verdict(service: str, text: str) -> Reading:
    composition = SERVICES[service]
    return read_document(text, composition.rules, "offered.yaml", composition.capabilities)


def errors(service: str, text: str) -> list[Problem]:
    return verdict(service, text).errors
