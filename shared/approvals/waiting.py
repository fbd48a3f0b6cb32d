"""What a case waits for now: which step or which act of the applicant, until when, and of whom.
Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from shared.approvals.barring import held_by, is_last, is_last_chance
from shared.approvals.deciders import lacks_a_decision
from shared.approvals.jurisdiction import Asked, asked_of, settler_of, step_level
from shared.approvals.model import Case, CaseFinding, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.staffing import NOBODY, has_nobody
from shared.approvals.step_model import CaseStep, StepStatus, TaskCandidate
from shared.kernel.clock import shanghai_date
from shared.kernel.text import Text
from shared.notices import queries
from shared.notices.model import Notice, NoticeStatus
from shared.procedures import Procedure, Step


@dataclass(frozen=True)
class Contact:
    """An office that the case waits for; `name` and `telephone` None where nobody knows them."""

    asked: Asked | TaskCandidate
    name: Text | None
    telephone: str | None


@dataclass(frozen=True)
class Waiting:
    """`step`: its key, None before the first; `kind`: of the step, or of the applicant's act
    (`confirmation`, `correction`); `says`: what the step alone does not tell, as of a notice."""

    step: str | None
    kind: str
    title: Text
    opened_at_utc: datetime
    offices: list[Contact]
    due_at_utc: datetime | None = None
    due_provisional: bool = False
    says: Text | None = None


def waiting_of(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    steps: Sequence[CaseStep],
) -> Waiting | None:
    """None when nothing is open: a closed case, or one on its way from one step to the next."""
    if case.status == CaseStatus.DRAFT:
        return _for_confirmation(case)
    if case.status == CaseStatus.RETURNED:
        return _for_correction(case, procedure, steps)
    opened = next((each for each in reversed(steps) if each.status == StepStatus.OPEN), None)
    if opened is None:
        return _for_what_holds_it(session, office, case, procedure, steps)
    step = procedure.step(opened.key)
    notice = session.get(Notice, opened.notice_id) if opened.notice_id else None
    if notice is not None and notice.status != NoticeStatus.ENDED:
        return _for_notice(office, case, step, opened, notice)
    candidates = [each for task in opened.tasks for each in task.candidates if each.open]
    offices = [contact_of(office, each) for each in candidates]
    if notice is not None:
        found = _for_objections(session, case, step, opened, notice, offices)
        found = found or _for_what_holds_it(session, office, case, procedure, steps)
        return found or _in(step, opened, offices, (None, False))
    if has_nobody(session, office, case, opened):
        return _in(step, opened, offices, says=NOBODY)
    # a step that the service's own act completes has no task, and yet an office
    return _in(step, opened, offices or _offices_of(office, case, step))


def _in(
    step: Step,
    opened: CaseStep,
    offices: list[Contact],
    due: tuple[datetime | None, bool] | None = None,
    says: Text | None = None,
) -> Waiting:
    at, provisional = due or (opened.due_at_utc, opened.due_provisional)
    return Waiting(
        step.key, step.kind, step.title, opened.opened_at_utc, offices, at, provisional, says
    )


def _offices_of(office: CaseOffice, case: Case, step: Step) -> list[Contact]:
    asked = [asked_of(case, role, step_level(step, role), step.of) for role in step.by]
    return [contact_of(office, each) for each in asked]


def _applicant(case: Case) -> Contact:
    asked = Asked("applicant", case.organisation, None, None)
    return Contact(asked, Text(case.applicant_name, case.applicant_name), None)


def _for_confirmation(case: Case) -> Waiting:
    return Waiting(
        None,
        "confirmation",
        Text("申请人确认提交", "The applicant's confirmation"),
        case.opened_at_utc,
        [_applicant(case)],
        says=Text(
            "尚未提交：等待申请人核对、补全并确认提交。",
            "Not sent yet: it waits for the applicant to check it, complete it and send it.",
        ),
    )


def _for_correction(case: Case, procedure: Procedure, steps: Sequence[CaseStep]) -> Waiting:
    returned = [each for each in steps if each.outcome is not None]
    since = returned[-1].completed_at_utc if returned else None
    reason = case.outcome_reason or "—"
    back = procedure.step(case.resume_at).title if case.resume_at else Text("—", "—")
    return Waiting(
        case.resume_at,
        "correction",
        Text("申请人补正", "The applicant's correction"),
        since or case.changed_at_utc,
        [_applicant(case)],
        says=Text(
            f"已退回补正：{reason}。等待申请人补正后重新提交，届时由“{back.zh}”继续办理。",
            f"Returned for correction: {reason}. It waits for the applicant to correct and send it "
            f"again; then it goes on at “{back.en}”.",
        ),
    )


def _for_what_holds_it(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    steps: Sequence[CaseStep],
) -> Waiting | None:
    """Every step is done, and yet the case may not be approved."""
    if case.status != CaseStatus.IN_PROGRESS:
        return None
    last = next((each for each in reversed(steps) if each.key == case.current_step), None)
    step = None if last is None else procedure.step(last.key)
    says = _what_holds_it(session, office, case, procedure, step)
    if says is None:
        return None
    if step is None or last is None:  # not one step applied
        since = case.submitted_at_utc or case.opened_at_utc
        return Waiting(None, "decide", Text("作出决定", "Decision"), since, [], says=says)
    return _in(step, last, _offices_of(office, case, step), (None, False), says)


def _what_holds_it(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step | None
) -> Text | None:
    """The clock approves nothing that is not known, that nobody decided, or that the service cannot
    let pass."""
    if not is_last_chance(session, office, case, procedure, step):
        return None
    found = None if step is None else held_by(session, office, case, procedure, step)
    if found is not None and found.passed is None:
        return _unknown(found)
    lacking = lacks_a_decision(session, office, case)
    if lacking is None and step is not None and is_last(session, office, case, procedure, step):
        lacking = office.effects.lacks_for_approval(session, case, procedure)
    return lacking


def _unknown(found: CaseFinding) -> Text:
    return Text(
        f"本环节已办完，但有条件尚不能确定：{found.zh}请“重新核验”，查明后自动继续办理。",
        f"The step is done, but a condition is not known yet: {found.en} Check the conditions "
        "again; once it is known, the case goes on by itself.",
    )


def contact_of(office: CaseOffice, asked: Asked | TaskCandidate) -> Contact:
    known = office.directory.office_for(asked.role, asked.region, asked.organisation)
    return Contact(asked, known.name, known.telephone) if known else Contact(asked, None, None)


def _for_notice(
    office: CaseOffice, case: Case, step: Step, opened: CaseStep, notice: Notice
) -> Waiting:
    """Its end, and who hears objections, as the notice itself says it. One that is still being
    collected ends, at the latest, as if it were published on its day."""
    settler = settler_of(case, step)
    said = notice.office
    name = Text(said["zh"], said["en"]) if said else None
    contact = Contact(settler, name, said.get("telephone"))
    if notice.status == NoticeStatus.PUBLISHED:
        assert notice.last_day is not None
        ends = (notice.ends_at_utc, notice.provisional)
        return _in(step, opened, [contact], ends, _until(notice.last_day))
    first = shanghai_date(notice.publish_at_utc)
    period = office.calendar.notice_period(
        notice.publish_at_utc, notice.length_wd, notice.first_day_counts
    )
    ends = (period.at, period.provisional)
    return _in(step, opened, [contact], ends, _collected_until(first))


def _for_objections(
    session: Session,
    case: Case,
    step: Step,
    opened: CaseStep,
    notice: Notice,
    offices: list[Contact],
) -> Waiting | None:
    """The notice is over, an objection is not: its own clock counts. None where none is open."""
    lodged = queries.open_objections(session, notice.id, case.id)
    last = max(lodged, key=lambda each: each.due_at_utc, default=None)
    if last is None:
        return None
    says = Text(
        "公示已经结束，等待处理收到的异议。",
        "The public notice is over; an objection to it is being settled.",
    )
    return _in(step, opened, offices, (last.due_at_utc, last.due_provisional), says)


def _until(last_day: date) -> Text:
    return Text(
        f"正在公示，至 {last_day} 止；有异议的，请在此之前向下列单位提出。",
        f"On public notice until {last_day}; objections are heard until then by this office.",
    )


def _collected_until(first: date) -> Text:
    return Text(
        f"等待公示，最迟 {first} 开始；公示期间的异议由下列单位受理。",
        f"Waiting for the public notice, which begins on {first} at the latest; this office will "
        "hear the objections.",
    )
