"""Human tasks: decide; answers from outside; objections to a notice.

Each handler is one transaction: the decision, what follows from it in the case, the audit entry
and the outbox rows together (decision 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.barring import ensure_nothing_bars
from shared.approvals.endings import ensure_wanted
from shared.approvals.errors import (
    AnsweredElsewhere,
    NotWaitingThere,
    TaskChanged,
    TaskTaken,
    WrongState,
)
from shared.approvals.judging import (
    Judgement,
    alone,
    ensure_answerable,
    ensure_data_fits,
    judge,
)
from shared.approvals.loading import (
    latest_step,
    locked_case,
    locked_task,
    opinions_of,
    procedure_of,
)
from shared.approvals.model import Case
from shared.approvals.objections import settle_by_decision
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import follow, signal_cases
from shared.approvals.reservations import ensure_not_reserved
from shared.approvals.separation import ensure_may_take
from shared.approvals.step_model import (
    OBJECTION,
    CaseStep,
    Decision,
    StepStatus,
    Task,
    TaskCandidate,
)
from shared.audit import Deed
from shared.kernel.actor import Actor
from shared.kernel.ids import new_id
from shared.messaging import outbox

# What the minutes of a meeting say of its vote, in the order in which they are read.
MINUTES = ("minutes_no", "members", "present", "in_favour", "against", "abstain")


@dataclass(frozen=True)
class DecideTask:
    """`data` holds the figures of a score or a meeting; `version` is the task's version that the
    person saw, where they say so."""

    task_id: str
    outcome: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None


def decide_task(session: Session, office: CaseOffice, command: DecideTask, by: Actor) -> Decision:
    """Take the decision that the task asks for. Raises, in this order: not yours, taken, changed,
    not allowed here, figures that do not hold, findings that forbid it."""
    case, task = locked_task(session, command.task_id)
    if task.decision is not None and task.decision.decided_by == by.person_ref:
        raise TaskTaken(by=task.holder)  # it is done: nobody else is needed for it
    candidate = ensure_may_take(session, task, by)
    ensure_wanted(session, case, task)
    ensure_not_reserved(task, by)
    if command.version is not None and command.version != task.version:
        raise TaskChanged(version=task.version)
    procedure = procedure_of(session, office, case)
    step = procedure.step(task.step_key)
    if task.kind == "external" and step.key in office.effects.external_steps:
        raise AnsweredElsewhere()
    means = step.settings["means"] if task.kind == "external" else None
    ensure_answerable(task.may, command.outcome, command.reason, means)
    if task.kind != OBJECTION:
        ensure_data_fits(step, command.outcome, command.data)
        # one of several (an expert, a department) does not decide: the end of the case does
        if (said := alone(step, command.outcome)) is not None:
            ensure_nothing_bars(session, office, case, procedure, step, said)
    decision = _decide(session, office, case, task, candidate, command, by)
    if task.kind == OBJECTION:
        settle_by_decision(session, office, case, task, decision, by)
        outbox.signal_workflow(session, case_id=case.id)
        return decision
    opened = task.step
    judgement = judge(step, opinions_of(session, opened), len(opened.tasks))
    if judgement is not None:
        follow(session, office, case, procedure, opened, judgement, by)
        outbox.signal_workflow(session, case_id=case.id)
    return decision


def answer_external_step(
    session: Session,
    office: CaseOffice,
    case_id: str,
    step_key: str,
    judgement: Judgement,
    by: Actor,
) -> Case:
    """The service's own act (scores locked, funds allocated) completes the step. Raises WrongState
    when the case does not wait there."""
    case = locked_case(session, case_id)
    procedure = procedure_of(session, office, case)
    opened = latest_step(session, case)
    if opened is None or opened.key != step_key or opened.status != StepStatus.OPEN:
        stands = procedure.title_of(case.current_step) if case.current_step else case.status
        raise WrongState(thing=procedure.title_of(step_key), status=stands)
    ensure_nothing_bars(session, office, case, procedure, procedure.step(step_key), judgement)
    follow(session, office, case, procedure, opened, judgement, by)
    _audit(session, office, case, opened, judgement.outcome, judgement.reason, by)
    outbox.signal_workflow(session, case_id=case.id)
    return case


def answer_external_steps(
    session: Session,
    office: CaseOffice,
    case_ids: Sequence[str],
    step_key: str,
    outcome: str,
    by: Actor,
) -> None:
    """The same for many cases that one act lets go on (an allocation), signals included: a handful
    of statements however many they are."""
    now = office.clock.now()
    opened = session.scalars(
        select(CaseStep)
        .where(
            CaseStep.case_id.in_(case_ids),
            CaseStep.key == step_key,
            CaseStep.status == StepStatus.OPEN,
        )
        .with_for_update()
    ).all()
    missing = set(case_ids) - {step.case_id for step in opened}
    if missing:
        raise NotWaitingThere(cases=", ".join(sorted(missing)))
    for step in opened:
        step.status, step.outcome, step.completed_at_utc = StepStatus.COMPLETED, outcome, now
    facts = {"step": step_key, "outcome": outcome}
    audit.record_many(
        session, [Deed(now, by, "step_answered", step.case_id, facts) for step in opened]
    )
    signal_cases(session, office, case_ids)


def _decide(
    session: Session,
    office: CaseOffice,
    case: Case,
    task: Task,
    candidate: TaskCandidate,
    command: DecideTask,
    by: Actor,
) -> Decision:
    now = office.clock.now()
    decision = Decision(
        id=new_id(),
        task=task,
        case_id=case.id,
        step_id=task.step_id,
        step_key=task.step_key,
        seat=task.seat,
        outcome=command.outcome,
        reason=command.reason.strip(),
        data=dict(command.data),
        decided_by=by.person_ref,
        decided_by_name=by.name,
        role=candidate.role,
        organisation=candidate.organisation,
        region=candidate.region,
        decided_at_utc=now,
    )
    task.complete(by, now)
    session.add(decision)
    _audit(session, office, case, task.step, command.outcome, decision.reason, by, task)
    session.flush()
    return decision


def _audit(
    session: Session,
    office: CaseOffice,
    case: Case,
    opened: CaseStep,
    outcome: str,
    reason: str,
    by: Actor,
    task: Task | None = None,
) -> None:
    facts: dict[str, Any] = {"step": opened.key, "outcome": outcome}
    if task is not None:
        facts |= {"task": task.id, "seat": task.seat, "kind": task.kind}
        if task.kind == "meeting" and task.decision is not None:
            given = task.decision.data
            facts["minutes"] = {name: given[name] for name in MINUTES if name in given}
    audit.record(
        session,
        at=office.clock.now(),
        actor=by,
        action="task_decided" if task is not None else "step_answered",
        case_id=case.id,
        facts=facts,
        reason=reason or None,
    )
