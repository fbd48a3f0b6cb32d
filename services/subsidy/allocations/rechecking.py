"""Checks a batch again before its allocation: what registries say now of each payee. In two
transactions, because no registry is asked under a lock; so this is what the edge calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, defer

from services.subsidy.allocations.asking import ask_registries
from services.subsidy.allocations.errors import BatchReduced, RegistriesSilent
from services.subsidy.batches.choosing import lock_cases
from services.subsidy.batches.handlers import FINANCE_BUREAU, locked_batch, planned_of
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.rules import BatchState
from services.subsidy.claims.queries import INSURANCE_RECORD
from services.subsidy.claims.rules import DECEASED, known_by
from services.subsidy.contradictions.handlers import Statement
from services.subsidy.contradictions.rules import Consequence, Source
from services.subsidy.contradictions.weighing import (
    PAYEE_DECEASED,
    REGISTRY_SILENT,
    hold_or_recover,
    lift_silence,
)
from services.subsidy.payments.model import Payment
from services.subsidy.regions import holds
from shared.approvals.findings import applied_on, judge_anew
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.money import yuan
from shared.kernel.text import Text
from shared.persistence import Sessions

SHOWN = 20
_SILENT = Text(
    "拨付前登记部门没有答复，条件尚不能确定。",
    "A registry did not answer before the allocation: the conditions are not known.",
)
_DECEASED = Text("登记部门载明收款人已死亡。", "The registry says that the payee has died.")

# payment_id, case_id
Planned = Row[str, str]
Answers = Mapping[str, Mapping[str, Any]]


def recheck_batch(sessions: Sessions, office: CaseOffice, batch_id: str, by: Actor) -> None:
    """What fails now is held and leaves the batch, which then asks for less: the finance bureau
    looks at it again (BatchReduced). RegistriesSilent changes nothing."""
    with sessions() as session:
        batch = session.get(PaymentBatch, batch_id)
        if batch is None or not _may_be_allocated(office, batch, by):
            return  # the handler says why
        cases = _cases(session, _planned(session, batch_id))
        subjects = {case.id: case.subject_ref for case in cases}
        ruled = {
            case.id
            for case in cases
            if office.effects.asks_registries(procedure_of(session, office, case))
        }
    answers = ask_registries(office, subjects)
    if subjects and not answers:
        raise RegistriesSilent(batch=batch_id)
    with sessions.begin() as session:
        reduced = _weigh(session, office, batch_id, ruled, answers)
    if reduced is not None:
        raise reduced


def _may_be_allocated(office: CaseOffice, batch: PaymentBatch, by: Actor) -> bool:
    ready = batch.state == BatchState.APPROVED and by.person_ref not in batch.hands
    return ready and holds(office.directory, by, FINANCE_BUREAU, batch.region)


def _weigh(
    session: Session, office: CaseOffice, batch_id: str, ruled: set[str], answers: Answers
) -> BatchReduced | None:
    planned = _planned(session, batch_id)
    lock_cases(session, [row.case_id for row in planned])
    batch = locked_batch(session, batch_id)
    payments = {row.case_id: row.id for row in planned}
    against = []
    for case in _cases(session, planned):
        answer = answers.get(case.id)
        if answer is not None:
            if case.id in ruled:
                _judge(session, office, case, answer)
            against += _said_of_the_dead(case.id, payments[case.id], answer)
        else:  # nobody says that the payee lives, whatever the document asks
            against.append(_silence(case.id, payments[case.id]))
    answered = [payment_id for case_id, payment_id in payments.items() if case_id in answers]
    lift_silence(session, office.clock, answered)
    hold_or_recover(session, office.clock, SYSTEM, against)
    session.flush()
    left = set(planned_of(session, batch_id))
    gone = sorted(row.case_id for row in planned if row.id not in left)
    session.refresh(batch)
    return _reduced(batch, gone) if gone else None


def _reduced(batch: PaymentBatch, gone: Sequence[str]) -> BatchReduced:
    return BatchReduced(
        batch=batch.id,
        count=len(gone),
        cases=", ".join(gone[:SHOWN]) + (" …" if len(gone) > SHOWN else ""),
        left=batch.payments_count,
        total=yuan(batch.total_fen),
    )


def _judge(session: Session, office: CaseOffice, case: Case, answer: Mapping[str, Any]) -> None:
    """Only where the answer says something new: most say what they said before."""
    until, known = applied_on(office, case), case.external_facts.get(INSURANCE_RECORD)
    if known is None or known_by(answer[INSURANCE_RECORD], until) != known_by(known, until):
        procedure = procedure_of(session, office, case)
        findings = judge_anew(session, office, case, procedure, answer)
        office.effects.rejudged(session, case, findings, "registry", SYSTEM)


def _said_of_the_dead(case_id: str, payment_id: str, answer: Mapping[str, Any]) -> list[Statement]:
    """Whether the document asks for it or not."""
    if answer[INSURANCE_RECORD].get("employment_status") != DECEASED:
        return []
    return [_statement(case_id, payment_id, PAYEE_DECEASED, _DECEASED, Consequence.HOLD)]


def _silence(case_id: str, payment_id: str) -> Statement:
    return _statement(case_id, payment_id, REGISTRY_SILENT, _SILENT, Consequence.RECHECK)


def _statement(
    case_id: str, payment_id: str, code: str, says: Text, consequence: Consequence
) -> Statement:
    return Statement(
        payment_id=payment_id,
        case_id=case_id,
        source=Source.REGISTRY,
        code=code,
        about="insurance",
        says=says,
        consequence=consequence,
    )


def _planned(session: Session, batch_id: str) -> Sequence[Planned]:
    return session.execute(
        select(Payment.id, Payment.case_id)
        .where(Payment.id.in_(planned_of(session, batch_id)))
        .order_by(Payment.case_id)
    ).all()


def _cases(session: Session, planned: Sequence[Planned]) -> Sequence[Case]:
    return session.scalars(
        select(Case)
        .where(Case.id.in_([row.case_id for row in planned]))
        .order_by(Case.id)
        .options(defer(Case.personal))
    ).all()
