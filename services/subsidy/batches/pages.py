"""Pages of payment batches: what waits, making one, its approval and its allocation."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from services.subsidy.allocations.handlers import AllocateBatch, allocate_batch
from services.subsidy.allocations.rechecking import recheck_batch
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
from services.subsidy.claims.progress import funding_progress, reasons_now
from services.subsidy.contradictions.queries import contradictions_of
from services.subsidy.regions import holds
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.kernel.text import Text
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.problems import problem_of
from shared.web.queries import PageAfter, asked, takes

LIMIT = 50
Act = Callable[[Session, Actor], PaymentBatch]


def batch_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("batch_pages", __name__)

    def act(action: str, handle: Act, shown_again: Callable[[DomainError], Response]) -> Response:
        """The act, and on to its batch; what is wrong is said on the page it came from."""
        actor = current_actor()
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    batch = handle(session, actor)
                    return Answer(None, 303, {"Location": f"/subsidy/batches/{batch.id}"})

                return with_idempotency(session, actor, action)(work).response()
        except DomainError as error:
            return shown_again(error)

    @pages.get("/batches")
    @takes(PageAfter)
    @requires(*queries.OFFICES)
    def batches() -> Response:
        return _list_page(sessions, office)

    @pages.post("/batches")
    @requires(MAKER)
    def post_batch() -> Response:
        region, scheme = request.form.get("region", ""), request.form.get("scheme") or None

        def handle(session: Session, actor: Actor) -> PaymentBatch:
            return make_batch(session, office, MakeBatch(scheme, region), actor)

        return act("make_batch", handle, lambda error: _list_page(sessions, office, error))

    @pages.get("/batches/<batch_id>")
    @requires(*queries.OFFICES)
    def batch(batch_id: str) -> Response:
        return _batch_page(sessions, office, batch_id)

    @pages.post("/batches/<batch_id>/approval")
    @requires(APPROVER)
    def approve(batch_id: str) -> Response:
        approved = request.form.get("outcome") == "approved"
        reason = request.form.get("reason", "")

        def handle(session: Session, actor: Actor) -> PaymentBatch:
            return decide_batch(
                session, office, batch_id, approved=approved, reason=reason, by=actor
            )

        return act(
            f"approve {batch_id}",
            handle,
            lambda error: _batch_page(sessions, office, batch_id, error),
        )

    @pages.post("/batches/<batch_id>/allocation")
    @requires(FINANCE_BUREAU)
    def allocate(batch_id: str) -> Response:
        command = AllocateBatch(
            batch_id,
            request.form.get("outcome") == "allocated",
            request.form.get("document_no", ""),
            request.form.get("reason", ""),
        )

        def shown_again(error: DomainError) -> Response:
            return _batch_page(sessions, office, batch_id, error)

        if command.allocated:
            try:
                recheck_batch(sessions, office, batch_id, current_actor())
            except DomainError as error:
                return shown_again(error)
        return act(
            f"allocate {batch_id}",
            lambda session, actor: allocate_batch(session, office, command, actor),
            shown_again,
        )

    return pages


def _list_page(
    sessions: Sessions, office: CaseOffice, error: DomainError | None = None
) -> Response:
    actor, cursor = current_actor(), asked().get("after")
    after, year = decode_cursor(cursor, str)[0] if cursor else None, office.clock.today().year
    with sessions() as session:
        rows = queries.batches_page(session, actor, after=after, limit=LIMIT, state=None)
        page = page_of(rows, LIMIT, lambda each: (each.id,))
        states = queries.states_of(session, [each.id for each in page.items])
        waiting = [row._asdict() for row in queries.waiting_payments(session, actor, year)]
        unfunded = queries.unfunded_claims(session, actor)
        reasons = reasons_now(session, year, unfunded)
        shown = render_template(
            "batches.html",
            items=[queries.batch_view(each, states.get(each.id, {})) for each in page.items],
            next=page.next,
            first=bool(cursor),
            waiting=[
                {**row, "mine": holds(office.directory, actor, MAKER, row["region"])}
                for row in waiting
            ],
            unfunded=[(each.case_id, reasons[each.case_id].says) for each in unfunded],
            funding=funding_progress(session, year),
            titles=_titles(office),
            errors=_errors(error),
        )
    return make_response(shown, 200 if error is None else error.status)


def _batch_page(
    sessions: Sessions, office: CaseOffice, batch_id: str, error: DomainError | None = None
) -> Response:
    actor = current_actor()
    with sessions() as session:
        batch = queries.visible_batch(session, batch_id, actor)
        by_state = queries.states_of(session, [batch_id]).get(batch_id, {})
        items = queries.items_of(session, batch_id)
        said = contradictions_of(session, [payment.id for _, payment in items])
        free = actor.person_ref not in batch.hands
        shown = render_template(
            "batch.html",
            batch=queries.batch_view(batch, by_state),
            shared_accounts=queries.shared_accounts(session, batch),
            payments=[queries.page_row(item, payment, said) for item, payment in items],
            may_approve=free
            and batch.state == BatchState.DRAFTED
            and holds(office.directory, actor, APPROVER, batch.region),
            may_allocate=free
            and batch.state == BatchState.APPROVED
            and holds(office.directory, actor, FINANCE_BUREAU, batch.region),
            titles=_titles(office),
            errors=_errors(error),
        )
    return make_response(shown, 200 if error is None else error.status)


def _titles(office: CaseOffice) -> dict[str, Text]:
    """What a scheme is called: as the document says whose id it is, else as a variant does."""
    found = sorted(office.catalogue.all(), key=lambda each: each.id == each.scheme)
    return {each.scheme: each.title for each in found}


def _errors(error: DomainError | None) -> list[dict[str, Any]]:
    """For the summary on top: the field's error, or the whole of it."""
    if error is None:
        return []
    body = problem_of(error).body
    return body.get("errors") or [{"detail": body["detail"], "remedy": body.get("remedy")}]
