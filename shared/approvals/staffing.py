"""Tasks that nobody could take: an office without people, an employer that nobody knows or that is
no more, or only people whom separation of duties keeps out. They go to who stands in at once, and
what is left is said to operators and to the applicant."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from shared import audit
from shared.approvals.jurisdiction import DECIDES, Asked, asked_of, step_level
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CasePerson
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import (
    OBJECTION,
    OPEN_TASK,
    CaseStep,
    Decision,
    Task,
    TaskCandidate,
)
from shared.kernel.actor import SYSTEM
from shared.kernel.region import LEVELS
from shared.kernel.text import Text
from shared.procedures import Procedure, Step

AT_ONCE = 500
NOBODY = Text(
    "目前没有可以办理此环节的人员，已告知系统管理员安排；可致电主管部门询问。",
    "Nobody can take this step at present; the operators have been told. You may telephone the "
    "office in charge.",
)


def find_somebody(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    tasks: Iterable[Task],
) -> None:
    """For each task that nobody asked could take: ask who stands in, level by level. Whoever was
    asked first still may."""
    outcomes = {_ask_further(session, office, case, procedure, step, task) for task in tasks}
    for outcome in sorted(each for each in outcomes if each is not None):
        audit.record(
            session,
            at=office.clock.now(),
            actor=SYSTEM,
            action="step_unstaffed",
            case_id=case.id,
            facts={"step": step.key, "outcome": outcome},
        )


def _ask_further(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    task: Task,
) -> str | None:
    """None where somebody asked can take it."""
    outcome = None
    while nobody_for(session, office, case, task):
        further = _further(case, procedure, step, task)
        if not further:
            task.unstaffed_at_utc = office.clock.now()
            return "nobody"
        outcome = "stands_in"
        for each in further:
            task.ask(*astuple(each))
    return outcome


def nobody_for(session: Session, office: CaseOffice, case: Case, task: Task) -> bool:
    """As far as is known: by the list of the staff where the deployment keeps one, else by the
    directory, which may not know of a role at all."""
    barred = set() if office.staff is None else _barred_of(session, [task])[task.id]
    return _nobody_of(office, case, task, barred)


def _nobody_of(office: CaseOffice, case: Case, task: Task, barred: set[str]) -> bool:
    asked = [each for each in task.candidates if each.open]
    if office.staff is None:
        return not any(_is_listed(office, each) for each in asked)
    holders = (
        person
        for each in asked
        for person in office.staff.holders(each.role, each.organisation, each.region, each.level)
    )
    able = {
        person.person_ref
        for person in holders
        if person.person_ref not in barred
        and not (
            task.kind == "panel"
            and case.employer in {each.organisation for each in person.memberships} - {None}
        )
    }
    return len(able) <= _seats_before(task)


def _seats_before(task: Task) -> int:
    """Nobody sits on two seats of one panel: the third one needs a third person."""
    if task.kind != "panel":
        return 0
    return sum(
        each.kind == task.kind and each.status in OPEN_TASK and each.seat < task.seat
        for each in task.step.tasks
    )


def unstaffed_tasks(
    session: Session, office: CaseOffice, *, after: str | None, limit: int
) -> list[Task]:
    """Open tasks that nobody could take when they were opened and nobody can now, by id; one more
    than `limit` at most."""
    query = (
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(Task.unstaffed_at_utc.is_not(None), Task.status.in_(OPEN_TASK))
        .options(selectinload(Task.candidates))
        .order_by(Task.id)
    )
    if after is not None:
        query = query.where(Task.id > after)
    found = []
    for task, case in session.execute(query):
        if nobody_for(session, office, case, task):
            found.append(task)
        if len(found) > limit:
            break
    return found


def look_again(session: Session, office: CaseOffice) -> int:
    """What nobody could take, and somebody can now, is no longer told; how many. Nothing else
    changes: who was asked is asked still."""
    waiting = session.execute(
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(Task.unstaffed_at_utc.is_not(None), Task.status.in_(OPEN_TASK))
        .options(selectinload(Task.candidates))
        .order_by(Task.id)
        .limit(AT_ONCE)
    ).all()
    staffed = [task.id for task, case in waiting if not nobody_for(session, office, case, task)]
    session.execute(
        update(Task)
        .where(Task.id.in_(staffed))
        .values(unstaffed_at_utc=None)
        .execution_options(synchronize_session=False)
    )
    return len(staffed)


def notice_who_left(session: Session, office: CaseOffice, after: str) -> str:
    """The next open tasks by id: one that somebody could take and nobody can now goes to who stands
    in, as when it was opened. The id to go on after; "" when all were looked at."""
    rows = session.execute(
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(Task.id > after, Task.status.in_(OPEN_TASK), Task.unstaffed_at_utc.is_(None))
        .options(
            selectinload(Task.candidates), selectinload(Task.step).selectinload(CaseStep.tasks)
        )
        .order_by(Task.id)
        .limit(AT_ONCE)
    ).all()
    barred = _barred_of(session, [task for task, _ in rows])
    for task, case in rows:
        if not _nobody_of(office, case, task, barred[task.id]):
            continue
        locked = select(Case).where(Case.id == case.id).with_for_update(skip_locked=True)
        if session.scalars(locked).first() is None or task.status not in OPEN_TASK:
            continue  # somebody is at it: the next round sees
        procedure = procedure_of(session, office, case)
        find_somebody(session, office, case, procedure, procedure.step(task.step_key), [task])
        case.touch(office.clock.now())
    return rows[-1][0].id if len(rows) == AT_ONCE else ""


def has_nobody(session: Session, office: CaseOffice, case: Case, opened: CaseStep) -> bool:
    """Whether a task of the step waits for people that there are not."""
    return any(
        task.unstaffed_at_utc is not None
        and task.status in OPEN_TASK
        and nobody_for(session, office, case, task)
        for task in opened.tasks
    )


def _is_listed(office: CaseOffice, asked: TaskCandidate) -> bool:
    directory = office.directory
    if asked.organisation is not None:
        known = directory.organisation(asked.organisation) is not None
        return known or not directory.organisations()
    listed = directory.office_for(asked.role, asked.region, None) is not None
    return listed or not any(each.role == asked.role for each in directory.offices())


def _barred_of(session: Session, tasks: Sequence[Task]) -> dict[str, set[str]]:
    """By task, whom separation of duties keeps out (separation.py). Two queries, however many."""
    cases = {task.case_id for task in tasks}
    concerned: dict[str, set[str]] = {}
    for case_id, person in session.execute(
        select(CasePerson.case_id, CasePerson.person_ref).where(CasePerson.case_id.in_(cases))
    ):
        concerned.setdefault(case_id, set()).add(person)
    decided: dict[str, list[tuple[str, str, str]]] = {}
    for case_id, person, key, step_id in session.execute(
        select(Decision.case_id, Decision.decided_by, Decision.step_key, Decision.step_id).where(
            Decision.case_id.in_(cases)
        )
    ):
        decided.setdefault(case_id, []).append((person, key, step_id))
    return {
        task.id: concerned.get(task.case_id, set())
        | {
            person
            for person, key, step_id in decided.get(task.case_id, ())
            if key != task.step_key or (_step_id(task) == step_id and task.kind != OBJECTION)
        }
        for task in tasks
    }


def _step_id(task: Task) -> str:
    """A task that is not written yet knows its step already."""
    return task.step_id or task.step.id


def _further(case: Case, procedure: Procedure, step: Step, task: Task) -> list[Asked]:
    """Who stands in for those asked so far: the next level up; for an organisation's own people,
    the office that decides next in the procedure, else before."""
    asked = [Asked(c.role, c.organisation, c.region, c.level) for c in task.candidates if c.open]
    found: list[Asked] = []
    for each in asked:
        if each.organisation is not None:
            found += deciding_next(case, procedure, step)
        elif each.level is not None and each.level != LEVELS[-1]:
            higher = LEVELS[LEVELS.index(each.level) + 1]
            found.append(asked_of(case, each.role, higher, step.of))
    return [each for each in dict.fromkeys(found) if each not in asked]


def deciding_next(case: Case, procedure: Procedure, step: Step) -> list[Asked]:
    """The offices of a region that decide after the step; where none does, before it."""
    here = procedure.steps.index(step)
    for each in (*procedure.steps[here + 1 :], *reversed(procedure.steps[:here])):
        offices = [
            asked_of(case, role, step_level(each, role), each.of)
            for role in each.by
            if each.kind in DECIDES and step_level(each, role) != "unit"
        ]
        if offices:
            return offices
    return []
