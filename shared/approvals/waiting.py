"""What a case waits for now: which step, until when, and of which office. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from shared.approvals.jurisdiction import Asked, settler_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import CaseStep, StepStatus, TaskCandidate
from shared.kernel.clock import shanghai_date
from shared.kernel.text import Text
from shared.notices import queries
from shared.notices.model import Notice, NoticeStatus
from shared.procedures import Procedure


@dataclass(frozen=True)
class Contact:
    """An office that the case waits for; `name` and `telephone` None where nobody knows them."""

    asked: Asked | TaskCandidate
    name: Text | None
    telephone: str | None


@dataclass(frozen=True)
class Waiting:
    """`says`: what the step alone does not tell, as of a notice."""

    step: CaseStep
    due_at_utc: datetime | None
    due_provisional: bool
    offices: list[Contact]
    says: Text | None = None


def waiting_of(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    steps: Sequence[CaseStep],
) -> Waiting | None:
    """None when nothing is open: a draft, a returned or a closed case."""
    opened = next((each for each in reversed(steps) if each.status == StepStatus.OPEN), None)
    if opened is None:
        return None
    notice = session.get(Notice, opened.notice_id) if opened.notice_id else None
    if notice is not None and notice.status != NoticeStatus.ENDED:
        return _for_notice(office, case, procedure, opened, notice)
    candidates = [each for task in opened.tasks for each in task.candidates if each.open]
    offices = [contact_of(office, each) for each in candidates]
    if notice is not None:
        return _for_objections(session, case, opened, notice, offices)
    return Waiting(opened, opened.due_at_utc, opened.due_provisional, offices)


def contact_of(office: CaseOffice, asked: Asked | TaskCandidate) -> Contact:
    known = office.directory.office_for(asked.role, asked.region, asked.organisation)
    return Contact(asked, known.name, known.telephone) if known else Contact(asked, None, None)


def _for_notice(
    office: CaseOffice, case: Case, procedure: Procedure, opened: CaseStep, notice: Notice
) -> Waiting:
    """Its end, and who hears objections, as the notice itself says it. One that is still being
    collected ends, at the latest, as if it were published on its day."""
    settler = settler_of(case, procedure.step(opened.key))
    said = notice.office
    name = Text(said["zh"], said["en"]) if said else None
    contact = Contact(settler, name, said.get("telephone"))
    if notice.status == NoticeStatus.PUBLISHED:
        assert notice.last_day is not None
        return Waiting(
            opened, notice.ends_at_utc, notice.provisional, [contact], _until(notice.last_day)
        )
    first = shanghai_date(notice.publish_at_utc)
    period = office.calendar.notice_period(first, notice.length_wd, notice.first_day_counts)
    return Waiting(opened, period.at, period.provisional, [contact], _collected_until(first))


def _for_objections(
    session: Session, case: Case, opened: CaseStep, notice: Notice, offices: list[Contact]
) -> Waiting:
    """The notice is over, an objection is not: its own clock counts."""
    lodged = queries.open_objections(session, notice.id, case.id)
    last = max(lodged, key=lambda each: each.due_at_utc, default=None)
    due, provisional = (last.due_at_utc, last.due_provisional) if last else (None, False)
    says = Text(
        "公示已经结束，等待处理收到的异议。",
        "The public notice is over; an objection to it is being settled.",
    )
    return Waiting(opened, due, provisional, offices, says if last else None)


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
