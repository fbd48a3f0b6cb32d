"""Each fault, planted behind the back of every guard, makes verification fail and name the row."""

from __future__ import annotations

import json

import pytest

from deploy.verify.__main__ import main
from tests.integration.verify.world import World


def verified(world: World, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["--seconds", "0"], world.environ)
    return code, capsys.readouterr().out


def fails_naming(world: World, capsys: pytest.CaptureFixture[str], *rows: str) -> None:
    code, said = verified(world, capsys)
    wrong = said.partition("\n\n")[2]
    assert code == 1, said
    for row in rows:
        assert row in wrong, f"{row} is not named in:\n{wrong}"


def test_a_world_that_adds_up_is_ok_and_shows_its_figures(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(world, capsys)

    assert (code, said.splitlines()[-1]) == (0, "OK"), said
    scheme = next(line for line in said.splitlines() if line.startswith("skill-upgrade-subsidy"))
    # six claims: each certificate proposed one, and each person filed one of their own
    assert scheme.split()[1:] == ["6", "0", "3", "0", "0", "3", "450000"]


def test_a_debit_booked_twice_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    debit = next(each for each in world.bank.log() if each["kind"] == "debit")
    world.forge_bank(debit)

    fails_naming(world, capsys, f"bank {debit['end_to_end_id']}", "450000", "600000")


def test_an_order_that_nobody_instructed_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.forge_bank({"kind": "order", "end_to_end_id": "E2E-FORGED", "amount_fen": 5})

    fails_naming(world, capsys, "bank E2E-FORGED")


def test_two_live_payments_of_one_entitlement_are_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = world.counter.payments(world.cases[0])[0]
    world.plant("subsidy", "DROP INDEX uq_payments_live_of_entitlement")
    columns = (
        "entitlement_id, case_id, person_ref, payee_name, account, amount_fen, scheme, region, "
        "budget_id, state, batch_id, planned_at_utc, changed_at_utc"
    )
    world.plant(
        "subsidy",
        f"INSERT INTO payments (id, end_to_end_id, {columns}) "
        f"SELECT 'second', 'second', {columns} FROM payments WHERE id = :id",
        id=first.id,
    )

    fails_naming(world, capsys, f"subsidy {first.entitlement_id}", "second")


def test_a_missing_event_is_named_by_its_number_and_by_its_payment(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = world.counter.payments(world.cases[1])[0]
    number = world.value(
        "subsidy",
        "SELECT sequence FROM event_log WHERE type = 'subsidy.payment_instructed.v1' "
        f"AND event->'data'->>'payment_id' = '{payment.id}'",
    )
    world.plant("subsidy", "DELETE FROM event_log WHERE sequence = :number", number=number)

    fails_naming(world, capsys, f"subsidy {number + 1}", f"subsidy {payment.id}")


def test_a_missing_last_event_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    last = world.value("subsidy", "SELECT max(sequence) FROM event_log")
    world.plant("subsidy", "DELETE FROM event_log WHERE sequence = :last", last=last)

    fails_naming(world, capsys, f"subsidy {last}", "finance finance ← subsidy")


def test_a_changed_ledger_row_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    entry = world.value("subsidy", "SELECT transaction_id FROM ledger_entries LIMIT 1")
    world.plant(
        "subsidy",
        "UPDATE ledger_entries SET amount_fen = amount_fen + 1 "
        "WHERE transaction_id = :entry AND number = 1",
        entry=entry,
    )

    fails_naming(world, capsys, f"subsidy {entry}")


def test_a_ledger_transaction_changed_as_a_whole_is_named_by_the_balances(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = world.value("subsidy", "SELECT id FROM ledger_transactions WHERE kind = 'disburse'")
    for table, column in (("ledger_entries", "transaction_id"), ("ledger_transactions", "id")):
        world.plant(
            "subsidy",
            f"UPDATE {table} SET amount_fen = amount_fen * 2 WHERE {column} = :entry",
            entry=entry,
        )

    fails_naming(world, capsys, "unemployment_insurance:421281:2024:disbursed")


def test_a_changed_audit_row_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    entry = world.value("subsidy", "SELECT id FROM audit_entries ORDER BY id OFFSET 3 LIMIT 1")
    world.plant(
        "subsidy", "UPDATE audit_entries SET actor_name = '别人' WHERE id = :entry", entry=entry
    )

    fails_naming(world, capsys, f"subsidy audit_entries {entry} ")


def test_an_audit_row_taken_away_or_never_linked_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = world.value("subsidy", "SELECT min(id) FROM audit_entries")
    last = world.value("subsidy", "SELECT max(entry_id) FROM audit_chain")
    world.plant("subsidy", "DELETE FROM audit_entries WHERE id = :first", first=first)
    world.plant("subsidy", "DELETE FROM audit_chain WHERE entry_id = :last", last=last)

    fails_naming(
        world, capsys, f"subsidy audit_entries {first} ", f"subsidy audit_entries {last}："
    )


def test_a_decision_without_its_audit_entry_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    decision = world.value("subsidy", "SELECT id FROM decisions ORDER BY id LIMIT 1")
    world.plant(
        "subsidy",
        "DELETE FROM audit_entries WHERE facts->>'task' = "
        "(SELECT task_id FROM decisions WHERE id = :decision)",
        decision=decision,
    )

    fails_naming(world, capsys, f"subsidy {decision}")


def test_a_case_that_ended_without_saying_so_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.plant(
        "subsidy",
        "UPDATE event_log SET case_id = 'CLM-ELSEWHERE' "
        "WHERE case_id = :case AND type = 'subsidy.case_closed.v1'",
        case=world.cases[2],
    )

    fails_naming(world, capsys, f"subsidy {world.cases[2]}")


def test_a_case_under_way_that_waits_for_nobody_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = world.counter.claim(9)
    step = world.value("subsidy", f"SELECT id FROM case_steps WHERE case_id = '{waiting}'")
    world.plant("subsidy", "DELETE FROM tasks WHERE step_id = :step", step=step)

    fails_naming(world, capsys, f"subsidy {step}")


def test_a_payment_that_finance_lost_or_changed_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, changed = (world.counter.payments(case_id)[0].id for case_id in world.cases[:2])
    world.plant("finance", "DELETE FROM instructions WHERE payment_id = :id", id=lost)
    world.plant(
        "finance", "UPDATE instructions SET amount_fen = 1 WHERE payment_id = :id", id=changed
    )

    fails_naming(world, capsys, f"finance {lost}", f"finance {changed}")


def test_a_report_that_subsidy_refused_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = world.counter.payments(world.cases[0])[0]
    world.plant(
        "finance",
        "INSERT INTO reports (report_id, batch_id, end_to_end_id, status, reported_at, posted_at, "
        "answer) VALUES ('bank:1', 'PB', :id, 'settled', now(), now(), :answer)",
        id=payment.end_to_end_id,
        answer=json.dumps({"outcome": "refused", "errors": []}),
    )

    fails_naming(world, capsys, f"finance {payment.end_to_end_id}")


def test_a_certificate_that_subsidy_does_not_know_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.certificates[0]
    world.plant("subsidy", "DELETE FROM known_certificates WHERE certificate_no = :n", n=number)

    fails_naming(world, capsys, f"subsidy {number}")


def test_a_certificate_taken_back_that_nobody_was_told_of_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.certificates[0]
    world.plant(
        "assessment", "UPDATE certificates SET state = 'revoked' WHERE number = :n", n=number
    )

    fails_naming(world, capsys, f"subsidy {number}")


def test_an_entitlement_had_twice_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [world.counter.payments(case_id)[0].entitlement_id for case_id in world.cases[:2]]
    world.plant(
        "subsidy",
        "UPDATE entitlements SET person_ref = (SELECT person_ref FROM entitlements WHERE id = :a) "
        "WHERE id = :b",
        a=ids[0],
        b=ids[1],
    )

    fails_naming(world, capsys, ", ".join(sorted(ids)))


def test_an_event_whose_content_was_changed_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.value("subsidy", "SELECT max(sequence) FROM event_log")
    world.plant(
        "subsidy",
        "UPDATE event_log SET event = event || cast(:content AS jsonb) WHERE sequence = :number",
        content=json.dumps({"id": "another"}),
        number=number,
    )

    fails_naming(world, capsys, f"subsidy {number}")


def test_a_held_payment_that_was_sent_all_the_same_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = world.counter.payments(world.cases[0])[0]
    world.plant(
        "subsidy",
        "INSERT INTO contradictions (id, payment_id, case_id, source, code, about, facts, zh, en, "
        "consequence, recorded_at_utc) SELECT 'x', id, case_id, 'event', 'finding_not_met', '1', "
        "'{}', '', '', 'hold', now() FROM payments WHERE id = :id",
        id=payment.id,
    )

    fails_naming(world, capsys, f"subsidy {payment.id}")


def test_a_payment_for_what_the_bank_paid_already_is_named_unless_it_is_held(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = (world.counter.payments(case_id)[0] for case_id in world.cases[:2])
    world.plant(
        "subsidy",
        "UPDATE entitlements SET person_ref = 'x', keys = ARRAY['one'] WHERE id IN (:a, :b)",
        a=first.entitlement_id,
        b=again.entitlement_id,
    )
    world.plant(
        "subsidy",
        "INSERT INTO contradictions (id, payment_id, case_id, source, code, about, facts, zh, en, "
        "consequence, recorded_at_utc) SELECT 'x', id, case_id, 'bank', 'settled_after_rejected', "
        "'1', '{}', '', '', 'recover', now() FROM payments WHERE id = :id",
        id=first.id,
    )

    fails_naming(world, capsys, f"subsidy {again.id}")


def test_a_payment_whose_evidence_was_taken_back_unsaid_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.plant(
        "subsidy",
        "UPDATE known_certificates SET revoked_on = now() WHERE certificate_no = :n",
        n=world.certificates[0],
    )

    fails_naming(world, capsys, f"subsidy {world.counter.payments(world.cases[0])[0].id}")


def test_a_payment_to_an_officer_for_a_firm_or_to_somebody_else_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    officers, strangers = (world.counter.payments(case_id)[0] for case_id in world.cases[:2])
    world.plant(
        "subsidy", "UPDATE cases SET organisation = 'X' WHERE id = :id", id=officers.case_id
    )
    world.plant("subsidy", "UPDATE payments SET person_ref = 'x' WHERE id = :id", id=strangers.id)

    fails_naming(world, capsys, f"subsidy {officers.id}", f"subsidy {strangers.id}")


@pytest.mark.parametrize("gone", ["entitlements", "payments"])
def test_an_approved_case_without_its_entitlement_or_payment_is_named(
    world: World, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    world.plant("subsidy", f"DELETE FROM {gone} WHERE case_id = :id", id=world.cases[0])

    fails_naming(world, capsys, f"subsidy {world.cases[0]}：已通过")


def test_a_funding_that_ended_without_its_case_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate_no = world.counter.certificate(9)
    under_way = world.counter.audited(9, certificate_no)
    world.plant(
        "subsidy",
        "UPDATE claim_fundings SET state = 'released' WHERE case_id = :id",
        id=under_way,
    )
    world.plant(
        "subsidy",
        "UPDATE entitlements SET state = 'released' WHERE case_id = :id",
        id=world.cases[0],
    )

    fails_naming(world, capsys, f"subsidy {under_way}", f"subsidy {world.cases[0]}：资金为")


def test_a_batch_of_two_budget_years_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = world.counter.payments(world.cases[0])[0]
    budget, other = payment.budget_id, payment.budget_id.replace("2024", "2023")
    world.plant(
        "subsidy",
        "INSERT INTO budgets SELECT :other, fund, region, 2023, opened_at_utc FROM budgets "
        "WHERE id = :budget",
        budget=budget,
        other=other,
    )
    world.plant(
        "subsidy",
        "UPDATE payments SET budget_id = :other WHERE id = :id",
        other=other,
        id=payment.id,
    )

    fails_naming(world, capsys, f"subsidy {payment.batch_id}", "2023, 2024")


def test_money_committed_in_a_closed_year_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.plant("subsidy", "UPDATE budgets SET closed_at_utc = '2024-01-01'")

    fails_naming(world, capsys, "commit")
