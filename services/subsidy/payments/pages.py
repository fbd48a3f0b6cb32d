"""Payments beside their case (templates/beside_case.html): the payee's repair, an officer's
answer to it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request

from services.subsidy.budgets.rules import budget_year
from services.subsidy.claims.model import ClaimFunding, FundingState
from services.subsidy.claims.progress import reasons_now
from services.subsidy.contradictions.queries import contradictions_of
from services.subsidy.payments.queries import (
    latest_correction,
    latest_repairs,
    payment_view,
    payments_of_case,
    repair_view,
    visible_payment,
)
from services.subsidy.payments.rules import REPAIRABLE, REPORTED, PaymentState
from services.subsidy.regions import holds
from services.subsidy.repairs.handlers import (
    OFFICER,
    decide_correction,
    decide_repair,
    propose_correction,
    propose_repair,
)
from services.subsidy.repairs.model import RepairState
from services.subsidy.reports.queries import lines_about
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.queries import visible_case
from shared.kernel.actor import Actor
from shared.kernel.text import Text
from shared.persistence import Sessions
from shared.web.access import current_actor, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency


def payment_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("payment_pages", __name__)

    @pages.app_context_processor
    def beside_case() -> dict[str, Any]:
        """Called by the template alone, so that other pages read nothing."""
        return {
            "statuses_reported": (*REPORTED, "pending"),
            "payments_beside": lambda case_id: _beside(sessions, office, case_id),
            "funding_beside": lambda case_id: _unfunded(sessions, office, case_id),
            "account_beside": lambda case_id: _account(sessions, office, case_id),
        }

    def act(payment_id: str, action: str, handle: Callable[[Any, Actor], object]) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                case_id = visible_payment(session, payment_id, actor).case_id
                handle(session, actor)
                return Answer(None, 303, {"Location": f"/subsidy/cases/{case_id}"})

            return with_idempotency(session, actor, f"{action} {payment_id}")(work).response()

    def act_on_claim(case_id: str, action: str, handle: Callable[[Any, Actor], object]) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                visible_case(session, case_id, actor)
                handle(session, actor)
                return Answer(None, 303, {"Location": f"/subsidy/cases/{case_id}"})

            return with_idempotency(session, actor, f"{action} {case_id}")(work).response()

    @pages.post("/claims/<case_id>/account")
    @signed_in
    def correct(case_id: str) -> Response:
        account = request.form.get("account", "")
        return act_on_claim(
            case_id,
            "correct",
            lambda session, actor: propose_correction(session, office, case_id, account, actor),
        )

    @pages.post("/claims/<case_id>/account/confirmation")
    @requires(OFFICER)
    def confirm_correction(case_id: str) -> Response:
        confirmed = request.form.get("outcome") == "confirmed"
        reason = request.form.get("reason", "")
        return act_on_claim(
            case_id,
            "confirm correction",
            lambda session, actor: decide_correction(
                session, office, case_id, confirmed=confirmed, reason=reason, by=actor
            ),
        )

    @pages.get("/payments/<payment_id>")
    @signed_in
    def payment(payment_id: str) -> Any:
        """A payment has no page of its own: it stands on that of its case."""
        with sessions() as session:
            found = visible_payment(session, payment_id, current_actor())
            return redirect(f"/subsidy/cases/{found.case_id}", 303)

    @pages.post("/payments/<payment_id>/repair")
    @signed_in
    def repair(payment_id: str) -> Response:
        account = request.form.get("account", "")
        return act(
            payment_id,
            "repair",
            lambda session, actor: propose_repair(session, office, payment_id, account, actor),
        )

    @pages.post("/payments/<payment_id>/repair/confirmation")
    @requires(OFFICER)
    def confirm(payment_id: str) -> Response:
        confirmed = request.form.get("outcome") == "confirmed"
        reason = request.form.get("reason", "")
        return act(
            payment_id,
            "confirm repair",
            lambda session, actor: decide_repair(
                session, office, payment_id, confirmed=confirmed, reason=reason, by=actor
            ),
        )

    return pages


def _unfunded(sessions: Sessions, office: CaseOffice, case_id: str) -> Text | None:
    """Why a claim that everybody agreed to has no money yet."""
    with sessions() as session:
        funding = session.get(ClaimFunding, case_id)
        if funding is None or funding.state != FundingState.WAITING:
            return None
        return reasons_now(session, office.clock.today().year, [funding])[case_id].says


def _account(sessions: Sessions, office: CaseOffice, case_id: str) -> dict[str, Any] | None:
    """Another account for a claim that waits for its money: who may give or confirm it."""
    actor = current_actor()
    with sessions() as session:
        case, funding = session.get(Case, case_id), session.get(ClaimFunding, case_id)
        if case is None or funding is None:
            return None
        repair = latest_correction(session, case_id)
        proposed = repair is not None and repair.state == RepairState.PROPOSED
        own = case.subject_ref == actor.person_ref
        officer = holds(office.directory, actor, OFFICER, funding.region) and not own
        return {
            "repair": repair_view(repair) if repair is not None and (own or officer) else None,
            "may_repair": own and not proposed and funding.state == FundingState.WAITING,
            "may_confirm": officer and proposed,
        }


def _beside(sessions: Sessions, office: CaseOffice, case_id: str) -> list[dict[str, Any]]:
    actor = current_actor()
    with sessions() as session:
        payments = payments_of_case(session, case_id, actor)
        repairs = latest_repairs(session, payments)
        ids = [payment.id for payment in payments]
        against, lines = contradictions_of(session, ids), lines_about(session, ids)
        replaced = {payment.replaces for payment in payments}
        shown = []
        for payment in payments:
            repair = repairs.get(payment.id)
            waiting = repair is not None and repair.state == RepairState.PROPOSED
            own = payment.person_ref == actor.person_ref
            open_to_another = (*REPAIRABLE, PaymentState.PLANNED)
            broken = payment.state in open_to_another and payment.id not in replaced
            shown.append(
                {
                    **payment_view(
                        payment, repair, against.get(payment.id, ()), lines.get(payment.id, ())
                    ),
                    "waits_for_the_year": payment.state == PaymentState.PLANNED
                    and budget_year(payment.budget_id) < office.clock.today().year,
                    "may_repair": own and broken and not waiting,
                    "may_confirm": waiting
                    and not own
                    and holds(office.directory, actor, OFFICER, payment.region),
                }
            )
        return shown
