"""What the finance bureau's documents do to a budget: appropriate, reduce, correct, close the year.
Each counts once; a mistaken one is corrected by reversing its entry, never by changing it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.subsidy.budgets.documents import (
    ENTERED,
    Document,
    Entry,
    document_number,
    documents_of,
    subject_of_document,
)
from services.subsidy.budgets.errors import (
    AvailableTooLow,
    BudgetDocumentMissing,
    BudgetNotFound,
    DocumentEntered,
    DocumentNotEntered,
    InvalidAppropriation,
)
from services.subsidy.budgets.funds import ensure_known
from services.subsidy.budgets.handlers import locked_budgets, post
from services.subsidy.budgets.model import Budget, LedgerTransaction
from services.subsidy.budgets.queries import position_of
from services.subsidy.budgets.rules import Account, Movement, Posting, budget_id
from shared import audit
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock

DEEDS = {Movement.APPROPRIATE: "budget_appropriated", Movement.REDUCE: "budget_reduced"}


def enter_budget(
    session: Session,
    office: CaseOffice,
    actor: Actor,
    *,
    fund: str,
    region: str,
    year: int,
    amount_fen: int,
    document_no: str,
) -> Budget:
    """`appropriate`, after what is given was found plausible. Raises UnknownFund,
    UnknownBudgetRegion, ImplausibleYear, and what `appropriate` raises."""
    ensure_known(office.catalogue, fund=fund, region=region, year=year, today=office.clock.today())
    return appropriate(
        session,
        office.clock,
        actor,
        fund=fund,
        region=region,
        year=year,
        amount_fen=amount_fen,
        document_no=document_no,
    )


def reduce_budget(
    session: Session,
    clock: Clock,
    actor: Actor,
    identifier: str,
    *,
    amount_fen: int,
    document_no: str,
    reason: str = "",
) -> Budget:
    """Up to what is available; also in a closed year, where something came back after it. Raises
    BudgetNotFound, AvailableTooLow, DocumentEntered."""
    budget = locked_budget(session, identifier)
    number = document_number(document_no)
    if number not in documents_in(session, identifier):
        ensure_available(session, budget, amount_fen)
    return enter_document(
        session, clock, actor, identifier, Movement.REDUCE, amount_fen, number, reason
    )


def correct_document(
    session: Session,
    clock: Clock,
    actor: Actor,
    identifier: str,
    *,
    document_no: str,
    amount_fen: int,
    reason: str,
) -> Budget:
    """The document's entry is reversed and, unless `amount_fen` is 0, entered anew with it. Raises
    BudgetNotFound, BudgetClosed, DocumentNotEntered, AvailableTooLow."""
    budget, number = locked_budget(session, identifier), document_number(document_no)
    budget.ensure_open()
    if amount_fen < 0:
        raise InvalidAppropriation(field="amount_fen")
    document = documents_in(session, identifier).get(number)
    if document is None:
        raise DocumentNotEntered(field="document_no", document=number)
    if document.amount_fen == amount_fen:
        return budget
    less = document.amount_fen - amount_fen
    ensure_available(session, budget, less if document.kind == Movement.APPROPRIATE else -less)
    post(session, clock, actor, _correction(identifier, document, amount_fen))
    note_document(
        session, clock, actor, budget, "budget_document_corrected", number, amount_fen, reason
    )
    return budget


def _correction(identifier: str, document: Document, amount_fen: int) -> list[Posting]:
    """What is given to the available before what is taken from it."""
    subject = subject_of_document(identifier, document.number, len(document.entries))
    anew = [Posting(document.kind, subject, identifier, amount_fen)] if amount_fen else []
    standing = document.standing
    if standing is None:
        return anew
    undone = [Posting(document.reversal, standing.id, identifier, standing.amount_fen)]
    return anew + undone if document.kind == Movement.APPROPRIATE else undone + anew


def locked_budget(session: Session, identifier: str) -> Budget:
    """Raises BudgetNotFound."""
    if session.get(Budget, identifier) is None:
        raise BudgetNotFound(budget=identifier)
    return locked_budgets(session, [identifier])[identifier]


def ensure_available(session: Session, budget: Budget, amount_fen: int) -> None:
    """Raises AvailableTooLow with the figures."""
    position = position_of(session, budget)
    if amount_fen > position[Account.AVAILABLE]:
        raise AvailableTooLow(
            field="amount_fen",
            needed_fen=amount_fen,
            available_fen=position[Account.AVAILABLE],
            reserved_fen=position[Account.RESERVED],
            committed_fen=position[Account.COMMITTED],
            disbursed_fen=position[Account.DISBURSED],
        )


def appropriate(
    session: Session,
    clock: Clock,
    actor: Actor,
    *,
    fund: str,
    region: str,
    year: int,
    amount_fen: int,
    document_no: str,
) -> Budget:
    """Enter a budget, or supplement it; the same `document_no` again changes nothing. Raises
    DocumentEntered where it was entered with another amount, BudgetClosed."""
    identifier = open_budget(session, clock, fund, region, year)
    return enter_document(
        session, clock, actor, identifier, Movement.APPROPRIATE, amount_fen, document_no
    )


def open_budget(session: Session, clock: Clock, fund: str, region: str, year: int) -> str:
    """The id of the budget, which is made where there is none."""
    identifier = budget_id(fund, region, year)
    values = {"id": identifier, "fund": fund, "region": region, "year": year}
    session.execute(
        upsert(Budget).values(**values, opened_at_utc=clock.now()).on_conflict_do_nothing()
    )
    return identifier


def enter_document(
    session: Session,
    clock: Clock,
    actor: Actor,
    identifier: str,
    kind: Movement,
    amount_fen: int,
    document_no: str,
    reason: str | None = None,
) -> Budget:
    """Post what a document of the finance bureau says, once."""
    if amount_fen <= 0:
        raise InvalidAppropriation(field="amount_fen")
    number = document_number(document_no)
    if not number:
        raise BudgetDocumentMissing(field="document_no")
    budget = locked_budgets(session, [identifier])[identifier]
    known = documents_in(session, identifier).get(number)
    if known is not None:
        if (known.kind, known.amount_fen) != (kind, amount_fen):
            raise DocumentEntered(field="document_no", document=number, amount_fen=known.amount_fen)
        return budget
    subject = subject_of_document(identifier, number)
    post(session, clock, actor, [Posting(kind, subject, identifier, amount_fen)])
    note_document(session, clock, actor, budget, DEEDS[kind], number, amount_fen, reason)
    return budget


def documents_in(session: Session, identifier: str) -> Mapping[str, Document]:
    rows = session.scalars(
        select(LedgerTransaction)
        .where(LedgerTransaction.budget_id == identifier, LedgerTransaction.kind.in_(ENTERED))
        .order_by(LedgerTransaction.posted_at_utc, LedgerTransaction.id)
    )
    return documents_of(
        identifier,
        [
            Entry(row.id, Movement(row.kind), row.subject, row.amount_fen, row.posted_at_utc)
            for row in rows
        ],
    )


def note_document(
    session: Session,
    clock: Clock,
    actor: Actor,
    budget: Budget,
    action: str,
    number: str,
    amount_fen: int,
    reason: str | None = None,
) -> None:
    facts = {
        "budget_id": budget.id,
        "fund": budget.fund,
        "region": budget.region,
        "year": budget.year,
        "amount_fen": amount_fen,
        "document_no": number,
    }
    audit.record(
        session,
        at=clock.now(),
        actor=actor,
        action=action,
        case_id=None,
        facts=facts,
        reason=reason,
    )
