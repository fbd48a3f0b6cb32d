"""The composition root of nomination: what it adds to the processes that every service has
(shared/service.py). `python -m services.nomination.app web|worker|consumer|relay`."""

import sys

import flask

from services.nomination import settings
from shared.procedures import shared_rules
from shared.service import Composition, Service, run

COMPOSITION = Composition(
    name="nomination",
    prefix="NOM",
    rules=shared_rules(),
    # effects, blueprints, pages, subscriptions, templates, translations: the service's own
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


if __name__ == "__main__":
    run("services.nomination.app", load, sys.argv[1:])
