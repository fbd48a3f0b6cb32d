"""Opening a competition and recording its results, each published as an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.nomination.competitions.errors import (
    CompetitionNotFound,
    HeldInTheFuture,
    NotYourCompetition,
    OwnResult,
    RankUnchanged,
    RecorderHasPlaced,
    ResultNotFound,
    ResultRecordedDifferently,
)
from services.nomination.competitions.model import Competition, CompetitionResult
from services.nomination.competitions.rules import may_record_for
from services.nomination.merits.handlers import RESULT_CORRECTED, RESULT_RECORDED
from shared.audit import Deed, record, record_many
from shared.contracts.events import make_event
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id
from shared.messaging.outbox import publish_many


@dataclass(frozen=True)
class OpenCompetition:
    title: str
    tier: str
    occupation: str
    region: str
    held_on: date


@dataclass(frozen=True)
class Place:
    """Who came where; the identity number has become `person_ref` before it gets here."""

    person_ref: str
    holder_name: str
    rank: int


def open_competition(
    session: Session, command: OpenCompetition, *, by: Actor, clock: Clock
) -> Competition:
    """Raises NotYourCompetition outside the officer's region."""
    _ensure_jurisdiction(by, command.region)
    competition = Competition(
        id=new_id(),
        title=command.title,
        tier=command.tier,
        occupation=command.occupation,
        region=command.region,
        held_on=command.held_on,
        opened_by=by.person_ref,
        opened_at_utc=clock.now(),
        results_count=0,
    )
    session.add(competition)
    facts = {"competition": competition.id, "title": command.title, "tier": command.tier}
    record(
        session,
        at=clock.now(),
        actor=by,
        action="competition_opened",
        case_id=None,
        facts=facts,
    )
    session.flush()
    return competition


def record_results(
    session: Session, competition_id: str, places: Sequence[Place], *, by: Actor, clock: Clock
) -> list[CompetitionResult]:
    """The results by the order given; a place that is there already is left as it is. Raises
    ResultRecordedDifferently, OwnResult, RecorderHasPlaced, HeldInTheFuture, NotYourCompetition."""
    competition = _locked(session, competition_id)
    _ensure_may_judge(by, competition)
    if competition.held_on > clock.today():
        raise HeldInTheFuture(held_on=competition.held_on)
    known = {each.person_ref: each for each in competition.results}
    results, events, deeds = [], [], []
    for row, place in enumerate(places, start=1):
        result = known.get(place.person_ref)
        if result is None:
            if place.person_ref == by.person_ref:
                raise OwnResult(row=row)
            if competition.was_recorded_by(place.person_ref):
                raise RecorderHasPlaced(row=row)
            result = competition.record(
                place.person_ref, place.holder_name, place.rank, by, clock.now()
            )
            known[place.person_ref] = result
            events.append((_event(competition, result, clock), competition.id))
            deeds.append(_deed(competition, result, by, clock))
        elif (result.rank, result.holder_name) != (place.rank, place.holder_name):
            raise ResultRecordedDifferently(row=row, rank=result.rank, name=result.holder_name)
        results.append(result)
    publish_many(session, events)
    record_many(session, deeds)
    return results


def correct_rank(
    session: Session,
    competition_id: str,
    result_id: str,
    rank: int,
    reason: str,
    *,
    by: Actor,
    clock: Clock,
) -> CompetitionResult:
    """Whoever heard of the result is told. Raises CompetitionCancelled, ResultNotFound, OwnResult,
    RankUnchanged, NotYourCompetition."""
    competition = _locked(session, competition_id)
    _ensure_may_judge(by, competition)
    result = _result(competition, result_id)
    if result.rank == rank:
        raise RankUnchanged(rank=rank)
    facts = {"person_ref": result.person_ref, "before": result.rank, "rank": rank}
    competition.change(result, rank)
    told = [(result.person_ref, rank)]
    _tell(session, competition, told, "competition_result_corrected", facts, reason, by, clock)
    return result


def withdraw_result(
    session: Session, competition_id: str, result_id: str, reason: str, *, by: Actor, clock: Clock
) -> Competition:
    """Of a wrong person, or under a wrong name; the right one is recorded anew. Whoever heard of it
    is told that it is none. Raises CompetitionCancelled, ResultNotFound, OwnResult,
    NotYourCompetition."""
    competition = _locked(session, competition_id)
    _ensure_may_judge(by, competition)
    result = _result(competition, result_id)
    competition.withdraw(result)
    facts = {
        "person_ref": result.person_ref,
        "holder_name": result.holder_name,
        "rank": result.rank,
    }
    withdrawn = (result.person_ref, None)
    _tell(
        session, competition, [withdrawn], "competition_result_withdrawn", facts, reason, by, clock
    )
    return competition


def cancel_competition(
    session: Session, competition_id: str, reason: str, *, by: Actor, clock: Clock
) -> Competition:
    """None of its results counts any more. Raises CompetitionCancelled, OwnResult,
    NotYourCompetition."""
    competition = _locked(session, competition_id)
    _ensure_may_judge(by, competition)
    competition.cancel(clock.today(), reason)
    facts = {"results": len(competition.results)}
    told = [(each.person_ref, None) for each in competition.results]
    _tell(session, competition, told, "competition_cancelled", facts, reason, by, clock)
    return competition


def _tell(
    session: Session,
    competition: Competition,
    ranks: Sequence[tuple[str, int | None]],
    action: str,
    facts: Mapping[str, object],
    reason: str,
    by: Actor,
    clock: Clock,
) -> None:
    events = [
        make_event(
            RESULT_CORRECTED,
            subject=competition.id,
            data={
                "competition_id": competition.id,
                "person_ref": person_ref,
                "rank": rank,
            },
            at=clock.now(),
        )
        for person_ref, rank in ranks
    ]
    publish_many(session, [(event, competition.id) for event in events])
    record(
        session,
        at=clock.now(),
        actor=by,
        action=action,
        case_id=None,
        facts={"competition": competition.id, **facts},
        reason=reason,
    )


def _event(competition: Competition, result: CompetitionResult, clock: Clock) -> dict[str, object]:
    return make_event(
        RESULT_RECORDED,
        subject=competition.id,
        data={
            "competition_id": competition.id,
            "title": competition.title,
            "tier": competition.tier,
            "occupation": competition.occupation,
            "person_ref": result.person_ref,
            "holder_name": result.holder_name,
            "rank": result.rank,
            "held_on": competition.held_on,
        },
        at=clock.now(),
    )


def _deed(competition: Competition, result: CompetitionResult, by: Actor, clock: Clock) -> Deed:
    facts = {
        "competition": competition.id,
        "person_ref": result.person_ref,
        "rank": result.rank,
    }
    return Deed(clock.now(), by, "competition_result_recorded", None, facts)


def _ensure_jurisdiction(by: Actor, region: str) -> None:
    if not may_record_for(by.memberships, region):
        raise NotYourCompetition


def _result(competition: Competition, result_id: str) -> CompetitionResult:
    for each in competition.results:
        if each.id == result_id:
            return each
    raise ResultNotFound


def _ensure_may_judge(by: Actor, competition: Competition) -> None:
    """Of its office, and not a contestant: who has a rank gains by every other one that falls."""
    _ensure_jurisdiction(by, competition.region)
    if competition.has_placed(by.person_ref):
        raise OwnResult


def _locked(session: Session, competition_id: str) -> Competition:
    statement = (
        select(Competition)
        .where(Competition.id == competition_id)
        .with_for_update()
        .options(selectinload(Competition.results))
        .execution_options(populate_existing=True)
    )
    competition = session.scalars(statement).one_or_none()
    if competition is None:
        raise CompetitionNotFound
    return competition
