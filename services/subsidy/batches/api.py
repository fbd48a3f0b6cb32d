"""Payment batches over JSON, and for banks as pain.001 or a GB18030 file."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from services.subsidy.allocations.handlers import AllocateBatch, allocate_batch
from services.subsidy.allocations.rechecking import recheck_batch
from services.subsidy.bank_files.bank_file import BANK_FILE, bank_file
from services.subsidy.bank_files.pain001 import PAIN_001, pain001
from services.subsidy.batches import queries
from services.subsidy.batches.choosing import MAKER, MakeBatch
from services.subsidy.batches.handlers import (
    APPROVER,
    FINANCE_BUREAU,
    decide_batch,
    make_batch,
)
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.rules import BatchState
from services.subsidy.batches.schemas import (
    AllocationSchema,
    ApprovalSchema,
    BatchPageSchema,
    BatchSchema,
    BatchWithPaymentsSchema,
    MakeBatchSchema,
    WaitingListSchema,
)
from services.subsidy.claims.progress import funding_progress, reasons_now
from services.subsidy.contradictions.queries import contradictions_of
from services.subsidy.payments.model import Payment
from services.subsidy.regions import ensure_sees, sees
from shared import audit
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import Forbidden
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.etags import ensure_version, with_etag
from shared.web.idempotency import Answer, with_idempotency
from shared.web.languages import language
from shared.web.paging import PageQuery, decode_cursor, page_of

AS_TEXT = {"schema": {"type": "string"}}


class BatchListQuery(PageQuery):
    state = fields.String(load_default=None, validate=validate.OneOf(list(BatchState)))


def batch_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("batches", "batches", description="Payment batches 支付批次")
    _reading(routes, sessions, office)
    _acting(routes, sessions, office)
    return routes


def _reading(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown = BatchWithPaymentsSchema()

    @routes.get("/payment-batches")
    @routes.arguments(BatchListQuery, location="query")
    @routes.response(200, BatchPageSchema)
    @requires(*queries.OFFICES)
    def list_batches(query: dict[str, Any]) -> Any:
        """Newest first."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        limit = query["limit"]
        with sessions() as session:
            rows = queries.batches_page(
                session, current_actor(), after=after, limit=limit, state=query["state"]
            )
            page = page_of(rows, limit, lambda batch: (batch.id,))
            states = queries.states_of(session, [batch.id for batch in page.items])
            items = [queries.batch_view(each, states.get(each.id, {})) for each in page.items]
            return {"items": items, "next": page.next}

    @routes.get("/waiting-payments")
    @routes.response(200, WaitingListSchema)
    @requires(*queries.OFFICES)
    def list_waiting() -> Any:
        """What a batch could be made of now, and which claims wait for a budget."""
        with sessions() as session:
            actor, year = current_actor(), office.clock.today().year
            waiting = queries.unfunded_claims(session, actor)
            reasons = reasons_now(session, year, waiting)
            unfunded = [
                {
                    "case_id": each.case_id,
                    "region": each.region,
                    "scheme": each.scheme,
                    "amount_fen": each.amount_fen,
                    "submitted_at_utc": each.submitted_at_utc,
                    "code": reasons[each.case_id].code,
                    "detail": reasons[each.case_id].says.in_(language()),
                }
                for each in waiting
            ]
            items = [row._asdict() for row in queries.waiting_payments(session, actor, year)]
            return {
                "items": items,
                "unfunded": unfunded,
                "funding": funding_progress(session, year),
            }

    @routes.get("/payment-batches/<batch_id>")
    @routes.response(200, BatchWithPaymentsSchema)
    @routes.doc(responses={200: {"content": {PAIN_001: AS_TEXT, BANK_FILE: AS_TEXT}}})
    @requires(*queries.OFFICES)
    def show_batch(batch_id: str) -> Response:
        """JSON, or pain.001 (application/xml), or a bank file (text/plain, GB18030) by Accept."""
        actor = current_actor()
        with sessions.begin() as session:
            batch = queries.visible_batch(session, batch_id, actor)
            wanted = request.accept_mimetypes.best_match(
                ["application/json", PAIN_001, BANK_FILE], default="application/json"
            )
            if wanted != "application/json":
                ensure_payer(actor, batch)
            payer = sees(actor, queries.PAYERS, batch.region)
            if payer:
                _note_reading(session, office, actor, batch, wanted)
            if wanted != "application/json":
                return _payment_file(batch, queries.sent_payments(session, batch), wanted)
            by_state = queries.states_of(session, [batch_id]).get(batch_id, {})
            view = queries.batch_view(batch, by_state)
            items = queries.items_of(session, batch_id)
            said = contradictions_of(session, [payment.id for _, payment in items])
            replaced = queries.replacements_of(session, [payment.id for _, payment in items])
            view["shared_accounts"] = queries.shared_accounts(session, batch)
            view["payments"] = [
                queries.item_view(item, payment, said, with_payee=payer)
                | {"replaced_by": replaced.get(payment.id)}
                for item, payment in items
            ]
        return with_etag(jsonify(shown.dump(view)), batch.version)


def _acting(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown = BatchSchema()

    def act(action: str, handle: Any, status: int = 200) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                batch = handle(session, actor)
                session.flush()
                by_state = queries.states_of(session, [batch.id]).get(batch.id, {})
                view = queries.batch_view(batch, by_state)
                view["shared_accounts"] = queries.shared_accounts(session, batch)
                body = shown.dump(view)
                where = f"/{office.service}/api/v1/payment-batches/{batch.id}"
                headers = {"ETag": f'"{batch.version}"', "Location": where}
                return Answer(body, status, headers)

            return with_idempotency(session, actor, action)(work).response()

    @routes.post("/payment-batches")
    @routes.arguments(MakeBatchSchema)
    @routes.response(201, BatchSchema)
    @requires(MAKER)
    def make(body: dict[str, Any]) -> Response:
        """Ask for what waits in a region, or for named cases."""

        def handle(session: Session, actor: Actor) -> PaymentBatch:
            return make_batch(session, office, MakeBatch(**body), actor)

        return act("make_batch", handle, 201)

    @routes.post("/payment-batches/<batch_id>/approval")
    @routes.arguments(ApprovalSchema)
    @routes.response(200, BatchSchema)
    @requires(APPROVER)
    def approve(body: dict[str, Any], batch_id: str) -> Response:
        """The bureau's second person approves the batch or takes it apart."""

        def handle(session: Session, actor: Actor) -> PaymentBatch:
            ensure_version(queries.visible_batch(session, batch_id, actor).version)
            return decide_batch(
                session,
                office,
                batch_id,
                approved=body["outcome"] == "approved",
                reason=body["reason"],
                by=actor,
            )

        return act(f"approve {batch_id}", handle)

    @routes.post("/payment-batches/<batch_id>/allocation")
    @routes.arguments(AllocationSchema)
    @routes.response(200, BatchSchema)
    @requires(FINANCE_BUREAU)
    def allocate(body: dict[str, Any], batch_id: str) -> Response:
        """The finance bureau allocates the whole batch, or sends it back with a reason."""
        command = AllocateBatch(
            batch_id, body["outcome"] == "allocated", body["document_no"], body["reason"]
        )

        def handle(session: Session, actor: Actor) -> PaymentBatch:
            ensure_version(queries.visible_batch(session, batch_id, actor).version)
            return allocate_batch(session, office, command, actor)

        if command.allocated:
            recheck_batch(sessions, office, batch_id, current_actor())
        return act(f"allocate {batch_id}", handle)


def ensure_payer(actor: Actor, batch: PaymentBatch) -> None:
    if not any(actor.has_role(role) for role in queries.PAYERS):
        raise Forbidden()
    ensure_sees(actor, queries.PAYERS, batch.region)


def _note_reading(
    session: Session, office: CaseOffice, actor: Actor, batch: PaymentBatch, form: str
) -> None:
    audit.record(
        session,
        at=office.clock.now(),
        actor=actor,
        action="payees_read",
        case_id=None,
        facts={"batch_id": batch.id, "form": form},
    )


def _payment_file(batch: PaymentBatch, sent: Sequence[Payment], wanted: str) -> Response:
    if wanted == PAIN_001:
        return _file(pain001(batch, sent), PAIN_001, f"{batch.id}.xml")
    return _file(bank_file(batch, sent), f"{BANK_FILE}; charset=GB18030", f"{batch.id}.txt")


def _file(content: bytes, content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
