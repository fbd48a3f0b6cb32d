"""Where a case goes on: at the next step that applies to it; one that was sent back at the step
that returned it, or at the earliest before it that has to answer anew, since what it answered
about, or who is asked, is another."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.approvals.findings import facts_of
from shared.approvals.jurisdiction import Asked, asked_of, settler_of, step_level
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.opening import seats
from shared.approvals.step_model import CaseStep, StepStatus
from shared.kernel.region import region_at
from shared.notices.collecting import shown_lines
from shared.notices.queries import lines_of
from shared.procedures import Procedure, Step, step_applies

SUBJECT_FIELD = "identity_number"


def asked_by_step(
    office: CaseOffice, case: Case, procedure: Procedure
) -> Mapping[str, list[Asked | str | None]]:
    """Whom each step asks, as the form says now: the offices of its tasks; of a notice, where it
    hangs and who hears objections; of a panel, whose experts stand aside."""
    return {step.key: _asked(office, case, step) for step in procedure.steps}


def _asked(office: CaseOffice, case: Case, step: Step) -> list[Asked | str | None]:
    if step.kind == "notice":
        return [region_at(case.regions.get(step.of, case.region), step.at), settler_of(case, step)]
    asked: list[Asked | str | None] = [
        asked_of(case, role, step_level(step, role), step.of)
        for _, roles in seats(office, step)
        for role in roles
    ]
    return [*asked, case.employer] if step.kind == "panel" else asked


def resumes_at(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    changed: Collection[str],
    moved: Collection[str] = (),
) -> str:
    """The earliest step up to `case.resume_at` that decided about (`about`) or showed (`shows`) a
    field of `changed`, is one of `moved` (it asks somebody else now), or showed another line than
    it would now: what a notice shows need not be a field."""
    if SUBJECT_FIELD in changed:  # nobody has decided about this person yet
        return procedure.steps[0].key
    notices = _notices(session, case)
    for step in procedure.steps:
        about = {*step.settings.get("about", ()), *step.settings.get("shows", ())}
        if step.key in (case.resume_at, *moved) or not about.isdisjoint(changed):
            return step.key
        if step.key in notices and _shows_anew(
            session, office, case, procedure, step, notices[step.key]
        ):
            return step.key
    assert case.resume_at is not None
    return case.resume_at


def next_step(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure
) -> tuple[Sequence[Step], Step | None]:
    """Those that are passed over, and the one that comes then; None where none is left."""
    facts = facts_of(session, office, case, procedure)
    # not known whether it applies: then it does, an office too many rather than one too few
    applying = {
        step.key
        for step in procedure.steps
        if step_applies(procedure, step, facts, office.catalogue.rules) is not False
    }
    ahead = procedure.steps[_position(session, case, procedure, applying) :]
    for number, step in enumerate(ahead):
        if step.key in applying and not _shows_nobody(session, office, case, procedure, step):
            return ahead[:number], step
    return ahead, None


def _position(session: Session, case: Case, procedure: Procedure, applying: Collection[str]) -> int:
    keys = [step.key for step in procedure.steps]
    if case.resume_at is None:
        return 0 if case.current_step is None else keys.index(case.current_step) + 1
    position = keys.index(case.resume_at)
    unasked = _earliest_unasked(session, case, procedure.steps[:position], applying)
    return position if unasked is None else keys.index(unasked)


def _shows_nobody(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> bool:
    """A notice without a line (nobody passed) is passed over: there is nothing to object to."""
    if step.kind != "notice":
        return False
    return not office.effects.notice_rows(session, case, procedure, step)


def _earliest_unasked(
    session: Session, case: Case, steps: Sequence[Step], applying: Collection[str]
) -> str | None:
    """The first of `steps` that was passed over since it did not apply, and applies now."""
    rows = session.execute(
        select(CaseStep.key, CaseStep.status)
        .where(CaseStep.case_id == case.id)
        .order_by(CaseStep.round)
    )
    status = {key: ended for key, ended in rows}  # the latest round's
    unasked = (each.key for each in steps if status.get(each.key) == StepStatus.SKIPPED)
    return next((key for key in unasked if key in applying), None)


def _notices(session: Session, case: Case) -> dict[str, str]:
    """The latest notice that each step of the case completed, by the step's key."""
    rows = session.execute(
        select(CaseStep.key, CaseStep.notice_id)
        .where(
            CaseStep.case_id == case.id,
            CaseStep.status == StepStatus.COMPLETED,
            CaseStep.notice_id.is_not(None),
        )
        .order_by(CaseStep.round)
    )
    return {key: str(notice_id) for key, notice_id in rows}


def _shows_anew(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    notice_id: str,
) -> bool:
    """Whether the notice would have a line now that the public has not seen; one that is not shown
    any more needs no notice."""
    now = shown_lines(procedure, step, office.effects.notice_rows(session, case, procedure, step))
    seen = lines_of(session, notice_id, case.id)
    return any(seen.get(subject) != line for subject, line in now.items())
