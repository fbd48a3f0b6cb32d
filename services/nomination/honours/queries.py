"""The honour roll (荣誉榜), and a person's honours as facts for the rules."""

from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.nomination.honours.errors import HonourNotFound
from services.nomination.honours.model import Honour, HonourStatus


def programmes_conferred(session: Session) -> set[str]:
    """Also those whose document is no longer in the catalogue."""
    return set(session.scalars(select(Honour.programme).distinct()))


def honour_roll(
    session: Session,
    *,
    after: tuple[date, str] | None,
    limit: int,
    programme: str | None = None,
) -> list[Honour]:
    """Valid honours, newest first; `limit` + 1 rows, to know whether more follow."""
    statement = select(Honour).where(Honour.status == HonourStatus.VALID)
    if programme is not None:
        statement = statement.where(Honour.programme == programme)
    if after is not None:
        statement = statement.where(tuple_(Honour.conferred_on, Honour.honour_no) < after)
    return list(
        session.scalars(
            statement.order_by(Honour.conferred_on.desc(), Honour.honour_no.desc()).limit(limit + 1)
        )
    )


def honour(session: Session, number: str) -> Honour:
    """In any status, so that a number can be checked. Raises HonourNotFound."""
    found = session.get(Honour, number)
    if found is None:
        raise HonourNotFound(honour=number)
    return found


def honour_of_case(session: Session, case_id: str) -> Honour | None:
    return session.scalars(select(Honour).where(Honour.case_id == case_id)).one_or_none()


def honours_of(session: Session, person_ref: str) -> list[Honour]:
    """Newest first, revoked ones included."""
    statement = select(Honour).where(Honour.person_ref == person_ref)
    return list(
        session.scalars(statement.order_by(Honour.conferred_on.desc(), Honour.honour_no.desc()))
    )


def honour_facts(honours: list[Honour]) -> list[dict[str, Any]]:
    """The fact `honours` of shared/procedures/README.md, with the term's last day added."""
    return [
        {
            "honour_no": each.honour_no,
            "programme": each.programme,
            "level_of_honour": each.level_of_honour,
            "conferred_on": each.conferred_on.isoformat(),
            "term_ends_on": each.term_ends_on.isoformat() if each.term_ends_on else None,
            "region": each.region,
            "status": str(each.status),
        }
        for each in honours
    ]
