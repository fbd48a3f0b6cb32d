import pytest
from sqlalchemy import select, text

from shared.approvals import corrections
from shared.approvals.errors import CaseNotOpen
from shared.approvals.restarting import open_case_ids, restart_open_cases, restart_workflows
from shared.messaging.backlog import parked_cases
from shared.messaging.tables import OutboxRow
from tests.integration.approvals.test_a_case_goes_its_way import WORKER

PARK = text(
    "INSERT INTO blocked_cases (case_id, outbox_id, attempts, last_error, next_attempt_at_utc,"
    " parked_at_utc) SELECT :case, min(id), 10, 'lost', now(), now() FROM outbox"
)


def signals(desk, case_id: str) -> int:
    found = select(OutboxRow).where(OutboxRow.case_id == case_id, OutboxRow.kind == "signal")
    with desk.sessions() as session:
        return len(session.scalars(found).all())


def test_a_lost_workflow_is_signalled_by_the_outbox_and_its_parked_rows_are_freed(desk):
    case_id = desk.submit(WORKER)
    version = desk.case(case_id).version
    with desk.sessions.begin() as session:
        session.execute(PARK, {"case": case_id})

    desk.act(restart_workflows, [case_id])

    assert signals(desk, case_id) == 1
    assert desk.case(case_id).version > version
    with desk.sessions() as session:
        assert parked_cases(session.connection()) == []


def test_a_closed_case_and_a_draft_have_no_workflow_to_start(desk):
    case_id = desk.submit(WORKER)
    desk.act(corrections.withdraw_case, case_id, "不再申请", WORKER)
    before = signals(desk, case_id)

    with pytest.raises(CaseNotOpen):
        desk.act(restart_workflows, [case_id])
    assert signals(desk, case_id) == before


def test_all_cases_are_restarted_together_and_those_that_closed_meanwhile_passed_over(desk):
    cases = [desk.submit(WORKER) for _ in range(3)]
    with desk.sessions() as session:
        assert open_case_ids(session) == cases
    desk.act(corrections.withdraw_case, cases[1], "不再申请", WORKER)
    before = signals(desk, cases[1])

    assert restart_open_cases(desk.sessions, desk.office, cases) == 2
    assert [signals(desk, case_id) for case_id in cases] == [1, before, 1]
