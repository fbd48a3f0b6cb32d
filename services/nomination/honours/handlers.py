"""Conferring an honour at the end of its case, and taking one back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.nomination.honours.errors import HonourNotFound, NotYourHonour
from services.nomination.honours.model import Honour, HonourSerial, HonourStatus
from services.nomination.honours.rules import (
    HonourTerms,
    honour_no,
    honour_region,
    may_revoke,
    term_end,
)
from shared.approvals.loading import locked_case
from shared.audit import record
from shared.contracts.events import make_event
from shared.doubts import settle_doubts
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.clock import Clock
from shared.messaging.outbox import publish
from shared.procedures import Procedure

REVOKED = "nomination.honour_revoked.v1"


@dataclass(frozen=True)
class Recipient:
    """Who is honoured, as the case has it. `case_id` orders the event with the case's own."""

    case_id: str
    region: str
    person_ref: str
    name: str
    employer: str | None
    employer_name: str | None


def confer_honour(
    session: Session,
    recipient: Recipient,
    procedure: Procedure,
    terms: HonourTerms,
    *,
    clock: Clock,
) -> Honour:
    """The honour of the case; conferred before, it is answered as it is. The caller holds the
    case's lock and bumps its version."""
    known = session.scalars(select(Honour).where(Honour.case_id == recipient.case_id)).one_or_none()
    if known is not None:
        return known
    today = clock.today()
    honour = _new_honour(session, recipient, procedure, terms, today)
    honour.conferred_at_utc = clock.now()
    session.add(honour)
    session.flush()
    record(
        session,
        at=clock.now(),
        actor=SYSTEM,
        action="honour_conferred",
        case_id=recipient.case_id,
        facts={"honour": honour.honour_no, "term": honour.term},
    )
    publish(session, _event(honour, clock), case_id=recipient.case_id)
    return honour


def revoke_honour(session: Session, number: str, reason: str, *, by: Actor, clock: Clock) -> Honour:
    """Takes it back (false data, for one). Raises HonourNotFound, NotYourHonour,
    HonourAlreadyRevoked, RevocationReasonMissing."""
    honour = session.get(Honour, number)
    if honour is None:
        raise HonourNotFound(honour=number)
    case = locked_case(session, honour.case_id)
    session.refresh(honour, with_for_update=True)
    own = honour.person_ref == by.person_ref
    if own or not may_revoke(by.memberships, honour.region):
        raise NotYourHonour(honour=number)
    honour.revoke(clock.today(), reason)
    settle_doubts(session, clock, number, reason, by)
    record(
        session,
        at=clock.now(),
        actor=by,
        action="honour_revoked",
        case_id=honour.case_id,
        facts={"honour": number},
        reason=reason,
    )
    case.touch(clock.now())
    publish(session, _revocation(honour, clock), case_id=case.id)
    return honour


def _revocation(honour: Honour, clock: Clock) -> dict[str, Any]:
    return make_event(
        REVOKED,
        subject=honour.honour_no,
        data={
            "honour_no": honour.honour_no,
            "programme": honour.programme,
            "person_ref": honour.person_ref,
            "revoked_on": clock.today(),
            "case_id": honour.case_id,
        },
        at=clock.now(),
    )


def _new_honour(
    session: Session,
    recipient: Recipient,
    procedure: Procedure,
    terms: HonourTerms,
    today: date,
) -> Honour:
    region = honour_region(terms, recipient.region)
    return Honour(
        honour_no=_free_number(session, terms, procedure.id, region, today.year),
        case_id=recipient.case_id,
        programme=procedure.id,
        programme_version=procedure.version,
        title_zh=terms.title.zh,
        title_en=terms.title.en,
        level_of_honour=terms.level,
        region=region,
        person_ref=recipient.person_ref,
        holder_name=recipient.name,
        employer=recipient.employer,
        employer_name=recipient.employer_name,
        term=_earlier_terms(session, recipient.person_ref, procedure.id) + 1,
        conferred_on=today,
        term_ends_on=term_end(today, terms.term_years),
        benefits=[_benefit(each) for each in procedure.benefits],
        status=HonourStatus.VALID,
    )


def _benefit(benefit: Any) -> dict[str, Any]:
    return {
        "key": benefit.key,
        "zh": benefit.title.zh,
        "en": benefit.title.en,
        "by": benefit.by,
    }


def _earlier_terms(session: Session, person_ref: str, programme: str) -> int:
    """Two conferrals at once count the same; the constraint lets one of them through."""
    statement = select(func.coalesce(func.max(Honour.term), 0)).where(
        Honour.person_ref == person_ref, Honour.programme == programme
    )
    return session.execute(statement).scalar_one()


def _free_number(
    session: Session, terms: HonourTerms, programme: str, region: str, year: int
) -> str:
    """The next serial's, past those that another region, year or programme of the same pattern was
    given. Two at once may find the same one: the constraint lets one of them through."""
    while True:
        serial = _next_serial(session, programme, region, year)
        number = honour_no(terms, programme=programme, region=region, year=year, serial=serial)
        if session.get(Honour, number) is None:
            return number


def _next_serial(session: Session, programme: str, region: str, year: int) -> int:
    """Without a gap: given back when the transaction fails."""
    statement = (
        insert(HonourSerial)
        .values(programme=programme, region=region, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["programme", "region", "year"], set_={"last": HonourSerial.last + 1}
        )
        .returning(HonourSerial.last)
    )
    return session.execute(statement).scalar_one()


def _event(honour: Honour, clock: Clock) -> dict[str, Any]:
    return make_event(
        "nomination.honour_conferred.v1",
        subject=honour.honour_no,
        data={
            "honour_no": honour.honour_no,
            "programme": honour.programme,
            "programme_version": honour.programme_version,
            "person_ref": honour.person_ref,
            "holder_name": honour.holder_name,
            "level_of_honour": honour.level_of_honour,
            "conferred_on": honour.conferred_on,
            "region": honour.region,
            "employer": honour.employer,
            "case_id": honour.case_id,
        },
        at=clock.now(),
    )
