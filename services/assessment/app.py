"""The composition root of assessment: what it adds to the processes that every service has
(shared/service.py). `python -m services.assessment.app web|worker|consumer|relay`."""

import sys
from pathlib import Path

import flask

from services.assessment import settings
from services.assessment.certificates.api import certificate_routes
from services.assessment.certificates.pages import certificate_pages
from services.assessment.organisations.api import organisation_routes
from services.assessment.scoring.api import scoring_routes
from services.assessment.sittings.api import sitting_routes
from services.assessment.sittings.document_rules import rules
from services.assessment.sittings.effects import SittingEffects
from services.assessment.sittings.pages import sitting_pages
from shared.procedures import RuleBook, shared_rules
from shared.service import Composition, Service, run

HERE = Path(__file__).parent

COMPOSITION = Composition(
    name="assessment",
    prefix="ASM",
    rules=RuleBook(shared_rules(), rules),
    effects=lambda settings: SittingEffects(),
    blueprints=lambda service: [
        organisation_routes(service.sessions, service.office),
        sitting_routes(service.sessions, service.office),
        scoring_routes(service.sessions, service.office),
        certificate_routes(service.sessions, service.office),
    ],
    pages=lambda service: [
        sitting_pages(service.sessions, service.office),
        certificate_pages(service.sessions, service.office),
    ],
    templates=(HERE / "templates",),
    translations=(HERE / "translations",),
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


if __name__ == "__main__":
    run("services.assessment.app", load, sys.argv[1:])
