"""A case's part in a public notice: joining it, publishing it, and where the case stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import NotYourNotice
from shared.approvals.jurisdiction import contact_of_notice
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import signal_cases
from shared.approvals.step_model import CaseStep
from shared.audit import Deed
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.region import region_at
from shared.notices import handlers, queries
from shared.notices.collecting import collect
from shared.notices.handlers import Publishing
from shared.notices.model import EntryStatus, Notice, NoticeEntry, NoticeStatus, ObjectionStatus
from shared.procedures import Procedure, Step


@dataclass(frozen=True)
class Standing:
    """`waits_until`: the notice is not over; `objected`: no line of the case is free of objections,
    so it waits for them to be settled; `struck`: every line was struck. A case of many lines (a
    roster) goes on when one is free: an objection suspends only whom it concerns."""

    waits_until: datetime | None
    objected: bool
    struck: bool


def collect_notice(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    opened: CaseStep,
) -> None:
    region = region_at(case.regions.get(step.of, case.region), step.at)
    notice = collect(
        session,
        procedure=procedure,
        step=step,
        case_id=case.id,
        region=region,
        batch_key=step.settings["batch"],
        rows=office.effects.notice_rows(session, case, procedure, step),
        clock=office.clock,
        office=contact_of_notice(office, case, procedure, step),
        publishing=publishing(office),
    )
    opened.notice_id = notice.id
    if notice.status == NoticeStatus.PUBLISHED:
        _record_published(session, office, notice, [case.id], SYSTEM)


def turn_notice(session: Session, office: CaseOffice, notice_id: str) -> Notice:
    """Let the notice do what is due: every case in it says so in its timeline."""
    turn = handlers.tick(session, notice_id, office.clock.now(), publishing=publishing(office))
    notice = session.get_one(Notice, notice_id)
    _record_published(session, office, notice, turn.published, SYSTEM)
    _record_moved(session, office, notice, turn.moved)
    _record_ended(session, office, notice, turn.ended)
    return notice


def tick_notice(session: Session, office: CaseOffice, case: Case, opened: CaseStep) -> Standing:
    """Let the notice do what is due, and say where the case stands in it."""
    assert opened.notice_id is not None
    notice = turn_notice(session, office, opened.notice_id)
    states = {each.status for each in queries.entry_states(session, notice.id, case.id)}
    free = states & {EntryStatus.SHOWN, EntryStatus.DISMISSED}
    return Standing(
        waits_until=handlers.next_moment(notice),
        objected=not free and EntryStatus.OBJECTED in states,
        struck=states == {EntryStatus.UPHELD},
    )


def publish_notice(session: Session, office: CaseOffice, notice_id: str, by: Actor) -> Notice:
    """An officer publishes a collected batch before its day. The cases concerned are locked before
    the notice, as every case handler does, so that none waits for another in a circle."""
    notice = queries.notice_of(session, notice_id)
    _ensure_publisher(notice, by)
    _lock_cases(session, notice_id)
    concerned = handlers.publish(
        session, notice_id, now=office.clock.now(), publishing=publishing(office), by=by
    )
    if concerned:
        signal_cases(session, office, concerned)
        audit.record(
            session,
            at=office.clock.now(),
            actor=by,
            action="notice_published",
            case_id=None,
            facts={"notice": notice_id, "cases": len(concerned)},
        )
    published = session.get_one(Notice, notice_id)
    _record_published(session, office, published, concerned, by)
    return published


def publishing(office: CaseOffice) -> Publishing:
    return Publishing(office.calendar, office.snapshot_key)


def _record_published(
    session: Session, office: CaseOffice, notice: Notice, case_ids: list[str], by: Actor
) -> None:
    if not case_ids:
        return
    assert notice.first_day is not None and notice.last_day is not None
    facts = {
        "step": notice.step_key,
        "notice": notice.id,
        "first_day": notice.first_day.isoformat(),
        "last_day": notice.last_day.isoformat(),
        "days": notice.length_wd,
        "provisional": notice.provisional,
    }
    _record(session, office, by, "notice_published", dict.fromkeys(case_ids, facts))


def _record_moved(
    session: Session, office: CaseOffice, notice: Notice, case_ids: list[str]
) -> None:
    if not case_ids:
        return
    assert notice.ends_at_utc is not None
    facts = {
        "step": notice.step_key,
        "due": notice.ends_at_utc.isoformat(),
        "provisional": notice.provisional,
    }
    _record(session, office, SYSTEM, "due_date_settled", dict.fromkeys(case_ids, facts))


def _record_ended(
    session: Session, office: CaseOffice, notice: Notice, case_ids: list[str]
) -> None:
    if not case_ids:
        return
    received = queries.objections_by_case(session, notice.id)
    facts = {
        case_id: {
            "step": notice.step_key,
            "notice": notice.id,
            "objections": len(received.get(case_id, [])),
            "unsettled": sum(
                each.status == ObjectionStatus.LODGED for each in received.get(case_id, [])
            ),
        }
        for case_id in case_ids
    }
    _record(session, office, SYSTEM, "notice_ended", facts)


def _record(
    session: Session,
    office: CaseOffice,
    by: Actor,
    action: str,
    facts: Mapping[str, dict[str, Any]],
) -> None:
    """`facts` by the id of the case in whose timeline they appear."""
    now = office.clock.now()
    deeds = [Deed(now, by, action, case_id, said) for case_id, said in facts.items()]
    audit.record_many(session, deeds)


def _lock_cases(session: Session, notice_id: str) -> None:
    concerned = select(NoticeEntry.case_id).where(NoticeEntry.notice_id == notice_id)
    session.execute(
        select(Case.id).where(Case.id.in_(concerned)).order_by(Case.id).with_for_update()
    )


def _ensure_publisher(notice: Notice | None, by: Actor) -> None:
    if notice is None or not any(
        m.role == notice.publishes
        and m.region is not None
        and region_at(notice.region, m.level or "county") == m.region
        for m in by.memberships
    ):
        raise NotYourNotice()
