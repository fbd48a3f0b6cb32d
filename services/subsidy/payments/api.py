"""Payments over JSON, and the repair of one: an account from the payee, an officer's answer."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.subsidy.contradictions.queries import contradictions_of
from services.subsidy.payments.model import Payment
from services.subsidy.payments.queries import (
    latest_repairs,
    payment_view,
    payments_of_case,
    repair_view,
    visible_payment,
)
from services.subsidy.payments.schemas import (
    PaymentListQuery,
    PaymentListSchema,
    PaymentSchema,
    RepairSchema,
)
from services.subsidy.repairs.handlers import (
    OFFICER,
    decide_correction,
    decide_repair,
    propose_correction,
    propose_repair,
)
from services.subsidy.repairs.schemas import RepairAccountSchema, RepairDecisionSchema
from services.subsidy.reports.queries import lines_about
from shared.approvals.office import CaseOffice
from shared.approvals.queries import visible_case
from shared.persistence import Sessions
from shared.web.access import current_actor, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency


def payment_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("payments", "payments", description="Payments 支付")
    repaired = RepairSchema()

    @routes.get("/payments")
    @routes.arguments(PaymentListQuery, location="query")
    @routes.response(200, PaymentListSchema)
    @signed_in
    def list_payments(query: dict[str, Any]) -> Any:
        """The payments of one case: the first, and those that repaired it."""
        with sessions() as session:
            found = payments_of_case(session, query["case_id"], current_actor())
            return {"items": _views(session, found)}

    @routes.get("/payments/<payment_id>")
    @routes.response(200, PaymentSchema)
    @signed_in
    def show_payment(payment_id: str) -> Any:
        with sessions() as session:
            return _views(session, [visible_payment(session, payment_id, current_actor())])[0]

    @routes.post("/payments/<payment_id>/repair")
    @routes.arguments(RepairAccountSchema)
    @routes.response(201, RepairSchema)
    @signed_in
    def repair_payment(body: dict[str, Any], payment_id: str) -> Response:
        """The payee gives another account: the bank refused or returned the payment, or it has not
        been sent yet."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                visible_payment(session, payment_id, actor)
                repair = propose_repair(session, office, payment_id, body["account"], actor)
                return Answer(repaired.dump(repair_view(repair)), 201)

            return with_idempotency(session, actor, f"repair {payment_id}")(work).response()

    @routes.post("/payments/<payment_id>/repair/confirmation")
    @routes.arguments(RepairDecisionSchema)
    @routes.response(200, RepairSchema)
    @requires(OFFICER)
    def confirm_repair(body: dict[str, Any], payment_id: str) -> Response:
        """An officer confirms the account (a payment that failed is replaced, one that was not sent
        is corrected) or refuses it."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                repair = decide_repair(
                    session,
                    office,
                    payment_id,
                    confirmed=body["outcome"] == "confirmed",
                    reason=body["reason"],
                    by=actor,
                )
                return Answer(repaired.dump(repair_view(repair)))

            action = f"confirm repair {payment_id}"
            return with_idempotency(session, actor, action)(work).response()

    _of_waiting_claims(routes, sessions, office)
    return routes


def _of_waiting_claims(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    repaired = RepairSchema()

    @routes.post("/claims/<case_id>/account")
    @routes.arguments(RepairAccountSchema)
    @routes.response(201, RepairSchema)
    @signed_in
    def correct_account(body: dict[str, Any], case_id: str) -> Response:
        """The payee gives another account while the claim waits for its money."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                visible_case(session, case_id, actor)
                repair = propose_correction(session, office, case_id, body["account"], actor)
                return Answer(repaired.dump(repair_view(repair)), 201)

            return with_idempotency(session, actor, f"correct {case_id}")(work).response()

    @routes.post("/claims/<case_id>/account/confirmation")
    @routes.arguments(RepairDecisionSchema)
    @routes.response(200, RepairSchema)
    @requires(OFFICER)
    def confirm_correction(body: dict[str, Any], case_id: str) -> Response:
        """An officer confirms or refuses it."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                repair = decide_correction(
                    session,
                    office,
                    case_id,
                    confirmed=body["outcome"] == "confirmed",
                    reason=body["reason"],
                    by=actor,
                )
                return Answer(repaired.dump(repair_view(repair)))

            action = f"confirm correction {case_id}"
            return with_idempotency(session, actor, action)(work).response()


def _views(session: Session, payments: list[Payment]) -> list[dict[str, Any]]:
    repairs = latest_repairs(session, payments)
    ids = [payment.id for payment in payments]
    against, lines = contradictions_of(session, ids), lines_about(session, ids)
    return [
        payment_view(
            payment,
            repairs.get(payment.id),
            against.get(payment.id, ()),
            lines.get(payment.id, ()),
        )
        for payment in payments
    ]
