"""The composition root of nomination: what it adds to the processes that every service has
(shared/service.py). `python -m services.nomination.app web|worker|consumer|relay`,
`… check FILE`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask
from sqlalchemy.orm import Session

from services.nomination import settings
from services.nomination.capabilities import CAPABILITIES
from services.nomination.competitions.api import competition_routes
from services.nomination.competitions.pages import competition_pages
from services.nomination.honours.api import honour_routes
from services.nomination.honours.doubting import SETTLERS
from services.nomination.honours.handlers import REVOKED as HONOUR_REVOKED
from services.nomination.honours.handlers import revoke_honour
from services.nomination.honours.pages import honour_pages
from services.nomination.merits.api import merit_routes
from services.nomination.merits.handlers import (
    CERTIFICATE_ISSUED,
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    RESULT_CORRECTED,
    RESULT_RECORDED,
    keep_merit,
)
from services.nomination.merits.pages import merit_pages
from services.nomination.nominations.api import nomination_routes
from services.nomination.nominations.effects import NominationEffects
from services.nomination.nominations.rules import rules as nomination_rules
from services.nomination.words import install_words
from shared.approvals.rechecking import recheck_cases_of
from shared.doubts.api import doubt_routes
from shared.doubts.pages import doubt_pages
from shared.kernel.actor import Actor
from shared.messaging.consumer import Subscription
from shared.procedures import RuleBook, shared_rules
from shared.service import Composition, Service, run

HERE = Path(__file__).parent

install_words()


def blueprints(service: Service) -> Sequence[flask.Blueprint]:
    return [
        competition_routes(service.sessions, service.office),
        honour_routes(service.sessions, service.office),
        doubt_routes(service.sessions, service.office, SETTLERS),
        merit_routes(service.sessions),
        nomination_routes(service.sessions),
    ]


def pages(service: Service) -> Sequence[flask.Blueprint]:
    def take_back(session: Session, number: str, reason: str, by: Actor) -> object:
        return revoke_honour(session, number, reason, by=by, clock=service.office.clock)

    return [
        competition_pages(service.sessions, service.office),
        honour_pages(service.sessions, service.office),
        doubt_pages(service.sessions, service.office, SETTLERS, take_back),
        merit_pages(service.sessions),
    ]


def subscriptions(service: Service) -> Sequence[Subscription]:
    keep = keep_merit(service.office.clock)

    def heard(session: Session, event: dict[str, Any]) -> None:
        """Our own honours are known without being told; what rests on one is judged anew."""
        if event["type"] != HONOUR_REVOKED:
            keep(session, event)
        if event["type"] in (CERTIFICATE_REVOKED, HONOUR_REVOKED, RESULT_CORRECTED):
            session.flush()
            recheck_cases_of(session, service.office, event["data"]["person_ref"])

    return [
        Subscription(
            name="nomination",
            services=["assessment", "nomination"],
            types={
                CERTIFICATE_ISSUED,
                CERTIFICATE_REISSUED,
                CERTIFICATE_REVOKED,
                RESULT_RECORDED,
                RESULT_CORRECTED,
                HONOUR_REVOKED,
            },
            handle=heard,
        )
    ]


COMPOSITION = Composition(
    name="nomination",
    prefix="NOM",
    rules=RuleBook(shared_rules(), nomination_rules),
    capabilities=CAPABILITIES,
    effects=lambda settings: NominationEffects(),
    blueprints=blueprints,
    pages=pages,
    subscriptions=subscriptions,
    templates=(HERE / "templates",),
    translations=(HERE / "translations",),
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


if __name__ == "__main__":
    run("services.nomination.app", COMPOSITION, load, sys.argv[1:])
