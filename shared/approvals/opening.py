"""Opens a step of a case: its clock, its tasks and who may take each."""

from dataclasses import astuple
from datetime import datetime

from sqlalchemy.orm import Session

from shared.approvals.judging import outcomes_of
from shared.approvals.jurisdiction import asked_of, step_level
from shared.approvals.model import Case
from shared.approvals.noticing import collect_notice
from shared.approvals.office import CaseOffice
from shared.approvals.staffing import find_somebody
from shared.approvals.step_model import CaseStep, StepStatus, Task
from shared.kernel.ids import new_id
from shared.kernel.region import LEVELS
from shared.procedures import Procedure, Step


def open_step(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> CaseStep:
    """Create the step's row with its tasks, or its notice, and let the service do its part."""
    now = office.clock.now()
    opened = CaseStep(
        id=new_id(),
        case_id=case.id,
        key=step.key,
        kind=step.kind,
        round=case.round,
        status=StepStatus.OPEN,
        opened_at_utc=now,
        tasks=[],
    )
    if step.within is not None:
        due = office.calendar.due(now, step.within)
        opened.due_at_utc, opened.due_provisional = due.at, due.provisional
    for seat, roles in seats(office, step):
        opened.tasks.append(_task(case, procedure, step, opened, seat, roles))
    session.add(opened)
    find_somebody(session, office, case, procedure, step, opened.tasks)
    case.current_step = step.key
    case.touch(now)
    session.flush()
    if step.kind == "notice":
        collect_notice(session, office, case, procedure, step, opened)
    office.effects.step_opened(session, case, procedure, step, opened)
    return opened


def seats(office: CaseOffice, step: Step) -> list[tuple[str, tuple[str, ...]]]:
    """The tasks that a step opens: (seat, roles that may take it)."""
    if step.kind == "opinions":
        return [(role, (role,)) for role in step.settings["offices"]]
    if step.kind == "panel":
        return [(f"expert-{n}", step.by) for n in range(1, step.settings["experts"] + 1)]
    if step.kind == "notice":
        return []
    if step.kind == "external" and not office.effects.external_steps.get(step.key, True):
        return []
    return [("office", step.by)]


def _task(
    case: Case,
    procedure: Procedure,
    step: Step,
    opened: CaseStep,
    seat: str,
    roles: tuple[str, ...],
) -> Task:
    task = new_task(
        case, opened, kind=step.kind, seat=seat, may=outcomes_of(step), due=opened.due_at_utc
    )
    for role in roles:
        task.ask(*astuple(asked_of(case, role, step_level(step, role), step.of)))
    return task


def new_task(
    case: Case,
    opened: CaseStep,
    *,
    kind: str,
    seat: str,
    may: tuple[str, ...],
    due: datetime | None,
) -> Task:
    return Task(
        id=new_id(),
        case_id=case.id,
        step_key=opened.key,
        kind=kind,
        seat=seat,
        may=list(may),
        opened_at_utc=opened.opened_at_utc,
        due_at_utc=due,
        candidates=[],
    )


def escalate(case: Case, opened: CaseStep, step: Step, now: datetime) -> None:
    """Late: the next level up may take the open tasks too (the late office still may)."""
    for task in opened.tasks:
        escalate_task(case, task, step)
    opened.escalated_at_utc = now


def escalate_task(case: Case, task: Task, step: Step) -> bool:
    """Whether there was a higher level to ask."""
    asked = []
    for candidate in task.candidates:
        level = candidate.level or "unit"
        higher = LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]
        if candidate.open and higher != level:
            asked.append(asked_of(case, candidate.role, higher, step.of))
    for each in asked:
        task.ask(*astuple(each))
    return bool(asked)
