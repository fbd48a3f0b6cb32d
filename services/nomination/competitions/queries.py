"""What lists and pages read of competitions."""

from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from services.nomination.competitions.errors import CompetitionNotFound
from services.nomination.competitions.model import Competition


def competitions(
    session: Session, *, after: tuple[date, str] | None, limit: int
) -> list[Competition]:
    """Newest first; `limit` + 1 rows, to know whether more follow."""
    statement = select(Competition)
    if after is not None:
        statement = statement.where(tuple_(Competition.held_on, Competition.id) < after)
    return list(
        session.scalars(
            statement.order_by(Competition.held_on.desc(), Competition.id.desc()).limit(limit + 1)
        )
    )


def competition_with_results(session: Session, competition_id: str) -> Competition:
    """Raises CompetitionNotFound."""
    statement = (
        select(Competition)
        .where(Competition.id == competition_id)
        .options(selectinload(Competition.results))
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise CompetitionNotFound
    return found
