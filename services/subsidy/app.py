"""The composition root of subsidy: what it adds to the processes that every service has
(shared/service.py). `python -m services.subsidy.app web|worker|consumer|relay`,
`… check FILE`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from services.subsidy import settings
from services.subsidy.batches.api import batch_routes
from services.subsidy.batches.pages import batch_pages
from services.subsidy.budgets.api import budget_routes
from services.subsidy.budgets.pages import budget_pages
from services.subsidy.capabilities import CAPABILITIES
from services.subsidy.claims.api import claim_routes
from services.subsidy.claims.effects import ClaimEffects
from services.subsidy.claims.registry import HttpInsuranceRegistry
from services.subsidy.claims.rounds import fund_next
from services.subsidy.claims.turning import turn_the_year
from services.subsidy.contradictions.api import contradiction_routes
from services.subsidy.contradictions.pages import contradiction_pages
from services.subsidy.contradictions.weighing import mark_taken_back
from services.subsidy.credentials.handlers import (
    CERTIFICATE_ISSUED,
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    HONOUR_CONFERRED,
    HONOUR_REVOKED,
    keep_credential,
)
from services.subsidy.payments.api import payment_routes
from services.subsidy.payments.pages import payment_pages
from services.subsidy.proposals.handlers import propose_claims
from services.subsidy.repairs.api import repair_routes
from services.subsidy.repairs.pages import repair_pages
from services.subsidy.reports.api import report_routes
from services.subsidy.words import install_words
from shared.approvals.rechecking import recheck_cases_of
from shared.messaging.consumer import Subscription
from shared.messaging.relay import Chore
from shared.procedures import shared_rules
from shared.service import Composition, Service, run
from shared.settings import Settings

HERE = Path(__file__).parent

install_words()


def effects(own: Settings) -> ClaimEffects:
    return ClaimEffects(HttpInsuranceRegistry(own.registry_url))


def blueprints(service: Service) -> Sequence[flask.Blueprint]:
    parts = (service.sessions, service.office)
    return [
        routes(*parts)
        for routes in (
            budget_routes,
            batch_routes,
            report_routes,
            payment_routes,
            claim_routes,
            contradiction_routes,
            repair_routes,
        )
    ]


def pages(service: Service) -> Sequence[flask.Blueprint]:
    parts = (service.sessions, service.office)
    return [
        build(*parts)
        for build in (batch_pages, budget_pages, payment_pages, contradiction_pages, repair_pages)
    ]


def subscriptions(service: Service) -> Sequence[Subscription]:
    def heard(session: Session, event: dict[str, Any]) -> None:
        """Kept first, so that the rules know it; all of it once, in one transaction."""
        keep_credential(session, event)
        if event["type"] in (CERTIFICATE_REVOKED, HONOUR_REVOKED):
            recheck_cases_of(session, service.office, event["data"]["person_ref"])
            name = "certificate_no" if event["type"] == CERTIFICATE_REVOKED else "honour_no"
            mark_taken_back(session, service.office.clock, name, event["data"][name])
        elif event["type"] != CERTIFICATE_REISSUED:
            propose_claims(session, service.office, event)

    return [
        Subscription(
            "subsidy",
            ["assessment", "nomination"],
            {
                CERTIFICATE_ISSUED,
                CERTIFICATE_REISSUED,
                CERTIFICATE_REVOKED,
                HONOUR_CONFERRED,
                HONOUR_REVOKED,
            },
            heard,
        )
    ]


def chores(service: Service) -> Sequence[Chore]:
    def fund(connection: Connection) -> bool:
        """What an earlier year reserved, then what money has come for: a chunk at a time, at once
        again while there is more."""
        with Session(connection, expire_on_commit=False) as session:
            more = turn_the_year(session, service.office) or fund_next(session, service.office)
            session.flush()
            return more

    return [(1.0, fund)]


COMPOSITION = Composition(
    name="subsidy",
    prefix="CLM",
    rules=shared_rules(),
    capabilities=CAPABILITIES,
    effects=effects,
    blueprints=blueprints,
    pages=pages,
    subscriptions=subscriptions,
    chores=chores,
    templates=[HERE / "templates"],
    translations=[HERE / "translations"],
)


def load() -> Service:
    return Service(COMPOSITION, settings.load())


def create_app() -> flask.Flask:
    """For granian: every web worker composes its own."""
    return load().web()


if __name__ == "__main__":
    run("services.subsidy.app", COMPOSITION, load, sys.argv[1:])
