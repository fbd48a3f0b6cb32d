"""The composition root of assessment: what it adds to the processes that every service has
(shared/service.py). `python -m services.assessment.app web|worker|consumer|relay`."""

import sys

import flask

from services.assessment import settings
from shared.procedures import shared_rules
from shared.service import Composition, Service, run

COMPOSITION = Composition(
    name="assessment",
    prefix="ASM",
    rules=shared_rules(),
    # effects, blueprints, pages, subscriptions, templates, translations: the service's own
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


if __name__ == "__main__":
    run("services.assessment.app", load, sys.argv[1:])
