import pytest
from sqlalchemy import select

from shared.approvals import corrections
from shared.approvals.errors import CaseNotOpen
from shared.approvals.restarting import restart_workflows
from shared.messaging.tables import OutboxRow
from tests.integration.approvals.test_a_case_goes_its_way import WORKER


def starts(desk, case_id: str) -> int:
    found = select(OutboxRow).where(OutboxRow.case_id == case_id, OutboxRow.kind == "start")
    with desk.sessions() as session:
        return len(session.scalars(found).all())


def test_a_lost_workflow_is_started_again_by_the_outbox(desk):
    case_id = desk.submit(WORKER)
    version = desk.case(case_id).version

    desk.act(restart_workflows, [case_id])

    assert starts(desk, case_id) == 2
    assert desk.case(case_id).version > version


def test_a_closed_case_has_no_workflow_to_start(desk):
    case_id = desk.submit(WORKER)
    desk.act(corrections.withdraw_case, case_id, "不再申请", WORKER)

    with pytest.raises(CaseNotOpen):
        desk.act(restart_workflows, [case_id])
    assert starts(desk, case_id) == 1
