"""For operators: starts the workflows of cases again that the workflow server has lost."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import CaseNotOpen
from shared.approvals.loading import locked_case
from shared.approvals.office import CaseOffice
from shared.kernel.actor import SYSTEM
from shared.messaging import outbox


def restart_workflows(session: Session, office: CaseOffice, case_ids: Iterable[str]) -> None:
    """By the outbox, as every start. Where the workflow runs after all, nothing happens: a start
    is for once. Raises CaseNotFound and CaseNotOpen."""
    for case_id in sorted(set(case_ids)):
        case = locked_case(session, case_id)
        if case.closed:
            raise CaseNotOpen(case=case.id, status=case.status)
        case.touch(office.clock.now())
        audit.record(
            session,
            at=office.clock.now(),
            actor=SYSTEM,
            action="workflow_restarted",
            case_id=case_id,
            facts={},
        )
        outbox.start_workflow(session, case_id=case_id)
