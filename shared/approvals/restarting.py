"""For operators: cases whose workflow the workflow server has lost, or that has ended, get one."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import CaseNotFound
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import signal_cases
from shared.audit import Deed
from shared.kernel.actor import SYSTEM
from shared.messaging.backlog import free_cases
from shared.persistence import Sessions

HAVE_A_WORKFLOW = (CaseStatus.IN_PROGRESS, CaseStatus.RETURNED)
AT_ONCE = 500


def restart_workflows(session: Session, office: CaseOffice, case_ids: Iterable[str]) -> None:
    """By a signal, which the relay sends on: where a workflow runs, it looks where the case stands;
    where none runs, the relay starts it. What was parked is sent again. Raises CaseNotFound and
    CaseNotOpen."""
    wanted = sorted(set(case_ids))
    cases = {case.id: case for case in _locked(session, wanted)}
    for case_id in wanted:
        if case_id not in cases:
            raise CaseNotFound(case=case_id)
        if cases[case_id].status not in HAVE_A_WORKFLOW:
            raise cases[case_id].not_open()
    _restart(session, office, wanted)


def restart_open_cases(sessions: Sessions, office: CaseOffice, case_ids: Sequence[str]) -> int:
    """However many, in transactions of a bounded size; one that has closed by now is passed over.
    How many were restarted."""
    restarted, wanted = 0, sorted(set(case_ids))
    for first in range(0, len(wanted), AT_ONCE):
        with sessions.begin() as session:
            cases = _locked(session, wanted[first : first + AT_ONCE])
            still_open = [case.id for case in cases if case.status in HAVE_A_WORKFLOW]
            _restart(session, office, still_open)
        restarted += len(still_open)
    return restarted


def open_case_ids(session: Session) -> list[str]:
    """The cases that should have a workflow."""
    return list(
        session.scalars(select(Case.id).where(Case.status.in_(HAVE_A_WORKFLOW)).order_by(Case.id))
    )


def _locked(session: Session, case_ids: Sequence[str]) -> Sequence[Case]:
    chosen = select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)
    return session.scalars(chosen.with_for_update()).all()


def _restart(session: Session, office: CaseOffice, case_ids: Sequence[str]) -> None:
    now = office.clock.now()
    audit.record_many(
        session, [Deed(now, SYSTEM, "workflow_restarted", case_id, {}) for case_id in case_ids]
    )
    signal_cases(session, office, case_ids)
    free_cases(session.connection(), list(case_ids))
