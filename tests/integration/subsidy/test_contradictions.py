"""What speaks against a payment is kept once, settled by a person, and never deleted."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from services.subsidy.contradictions.errors import ContradictionSettled, PaymentHeld
from services.subsidy.contradictions.handlers import (
    Statement,
    ensure_not_held,
    open_contradictions,
    open_holds,
    record_contradictions,
    settle_contradictions,
)
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.rules import Consequence, Source
from shared.audit.model import AuditEntry
from shared.kernel.actor import SYSTEM
from shared.kernel.text import Text
from tests.integration.subsidy.counter import Counter, officer

LEADER = officer("负责人", "bureau.leader")


def said_against(counter: Counter) -> Statement:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    [payment] = counter.payments(case_id)
    return Statement(
        payment.id,
        case_id,
        Source.BANK,
        "settled_after_rejected",
        "R-1",
        Text("银行回执前后不一致。", "The bank contradicts itself."),
        Consequence.HOLD,
    )


def record(counter: Counter, statement: Statement) -> list[Contradiction]:
    with counter.sessions.begin() as session:
        return record_contradictions(session, counter.clock, SYSTEM, [statement])


def test_a_statement_is_kept_and_audited_once_while_it_is_open(counter: Counter) -> None:
    statement = said_against(counter)
    [first] = record(counter, statement)
    assert record(counter, statement) == []
    with counter.sessions() as session:
        audited = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "contradiction_recorded")
        ).all()
        assert [entry.facts["contradiction_id"] for entry in audited] == [first.id]
        with pytest.raises(PaymentHeld) as refused:
            ensure_not_held(session, [statement.payment_id])
    assert refused.value.facts["case"] == statement.case_id


def test_a_settled_hold_holds_nothing_and_may_be_said_again(counter: Counter) -> None:
    statement = said_against(counter)
    record(counter, statement)
    with counter.sessions.begin() as session:
        found = open_contradictions(session, [statement.payment_id])
        settle_contradictions(session, counter.clock, LEADER, found, "银行更正")
        session.flush()
        assert open_holds(session, [statement.payment_id]) == {}
        with pytest.raises(ContradictionSettled):
            found[0].settle(LEADER, counter.clock.now(), "再次")
    assert len(record(counter, statement)) == 1


def test_no_contradiction_is_deleted(counter: Counter) -> None:
    record(counter, said_against(counter))
    with pytest.raises(IntegrityError), counter.sessions.begin() as session:
        session.execute(delete(Contradiction))
