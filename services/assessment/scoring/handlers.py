"""Enters scores, locks them once, records who staffs a sitting. Nobody changes a locked score."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assessment.scoring.model import Score
from services.assessment.scoring.rules import (
    SCORES_LOCKED,
    Marks,
    ScoreMissing,
    format_score,
    parse_score,
)
from services.assessment.sittings.errors import (
    CandidateHasLeft,
    GroundLost,
    NotReadyForScores,
    PartCarried,
)
from services.assessment.sittings.handlers import ensure_acts_for, locked_sitting
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.previous import lost_ground
from shared.approvals.barring import ensure_all_met
from shared.approvals.decisions import answer_external_step
from shared.approvals.errors import DecidedAnotherStep, OwnCase, WrongState
from shared.approvals.findings import evaluate_case
from shared.approvals.judging import Judgement
from shared.approvals.loading import procedure_of
from shared.approvals.model import CasePerson
from shared.approvals.office import CaseOffice
from shared.approvals.separation import deciders_of
from shared.audit import record
from shared.kernel.actor import Actor
from shared.kernel.characters import read_name
from shared.kernel.errors import DomainError, Errors
from shared.kernel.text import half_width

CARRIED_WORDS = frozenset({"", "免考", "carried"})


class UnknownCandidate(DomainError):
    code = "unknown_candidate"
    zh = "本批次没有序号为 {number} 的考生。"
    en = "This sitting has no candidate number {number}."
    remedy_zh = "请使用本批次下载的成绩表。"
    remedy_en = "Use the score sheet downloaded from this sitting."


class NameDiffers(DomainError):
    code = "name_differs"
    zh = "序号 {number} 的姓名与名单不一致。"
    en = "The name at number {number} is not the one on the roster."
    remedy_zh = "请核对是否错行，名单上的姓名不可在成绩表中更改。"
    remedy_en = "Check that no row has slipped; a name cannot be changed in the score sheet."


class ScoredTwice(DomainError):
    code = "scored_twice"
    zh = "序号 {number} 出现了两次。"
    en = "Candidate number {number} appears twice."


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """By the candidate's number in the sitting; values as written. `name`, where given, is
    compared with the roster, so that a slipped row is noticed."""

    number: object
    theory: object
    practical: object
    name: str | None = None
    row: int | None = None


def enter_scores(
    session: Session, office: CaseOffice, sitting_id: str, entries: Sequence[ScoreEntry], by: Actor
) -> int:
    """All of them or none; entering again replaces, until they are locked. Raises ScoresLocked,
    NotReadyForScores, OwnCase, DecidedAnotherStep, or Errors with the row and field of everything
    wrong."""
    case, sitting = locked_sitting(session, sitting_id)
    ensure_acts_for(by, sitting)
    _take_the_scores_in_hand(session, sitting, by)
    sitting.ensure_open()
    if case.current_step != SCORES_LOCKED:
        raise NotReadyForScores(sitting=sitting_id)
    candidates = {each.number: each for each in sitting.candidates}
    known = {each.candidate_id: each for each in scores_of(session, sitting_id)}
    now = office.clock.now()
    for candidate, marks in _read(entries, candidates):
        former = known.get(candidate.id)
        if former is None:
            session.add(Score.enter(sitting, candidate, marks, by, now))
        elif former.marks != marks:
            former.change(sitting, marks, by, now)
    record(
        session,
        at=now,
        actor=by,
        action="scores_entered",
        case_id=sitting_id,
        facts={"scores": len(entries)},
    )
    session.flush()
    return len(entries)


def lock_scores(session: Session, office: CaseOffice, sitting_id: str, by: Actor) -> Sitting:
    """Once, when the case waits for it, every candidate has a score and still a ground, and no
    finding is open, of the staff for one; completes that step. Raises ScoresLocked,
    NotReadyForScores, FindingNotMet, FindingUnknown, or Errors with every candidate who stands
    against it."""
    case, sitting = locked_sitting(session, sitting_id)
    ensure_acts_for(by, sitting)
    _take_the_scores_in_hand(session, sitting, by)
    sitting.ensure_open()
    scored = {each.candidate_id for each in scores_of(session, sitting_id)}
    missing: list[DomainError] = [
        ScoreMissing(field="scores", row=each.number, candidate=f"{each.number} {each.name}")
        for each in sitting.present
        if each.id not in scored
    ]
    procedure = procedure_of(session, office, case)
    lost = lost_ground(session, office, case, procedure, sitting)
    missing += [
        GroundLost(field="number", row=each.number, candidate=f"{each.number} {each.name}")
        for each in sitting.present
        if each.id in lost
    ]
    if missing:
        raise Errors(missing)
    sitting.lock_scores(by, office.clock.now())
    session.flush()
    evaluate_case(session, office, case, procedure)
    ensure_all_met(session, case)
    try:
        answer_external_step(
            session, office, sitting_id, SCORES_LOCKED, Judgement("continue", "locked"), by
        )
    except WrongState as state:
        raise NotReadyForScores(sitting=sitting_id) from state
    return sitting


def _take_the_scores_in_hand(session: Session, sitting: Sitting, by: Actor) -> None:
    """Nobody has their own scores in hand; who has those of others decides no step of the sitting,
    and the other way round. Raises OwnCase, DecidedAnotherStep."""
    if any(each.person_ref == by.person_ref for each in sitting.candidates):
        raise OwnCase(case=sitting.case_id)
    if by.person_ref in deciders_of(session, sitting.case_id):
        raise DecidedAnotherStep(case=sitting.case_id)
    person = {"case_id": sitting.case_id, "person_ref": by.person_ref, "part": "scorer"}
    session.execute(insert(CasePerson).values(person).on_conflict_do_nothing())


def scores_of(session: Session, sitting_id: str) -> Sequence[Score]:
    return session.scalars(select(Score).where(Score.sitting_id == sitting_id)).all()


def _read(
    entries: Sequence[ScoreEntry], candidates: dict[int, Candidate]
) -> list[tuple[Candidate, Marks]]:
    """Raises Errors with everything wrong in all of the entries."""
    errors: list[DomainError] = []
    found: list[tuple[Candidate, Marks]] = []
    seen: set[int] = set()
    for entry in entries:
        try:
            candidate = _candidate(entry, candidates)
            if candidate.number in seen:
                raise ScoredTwice(field="number", row=entry.row, number=candidate.number)
            seen.add(candidate.number)
        except DomainError as error:
            errors.append(error)
            continue
        marks: list[int | None] = []
        for part, value in (("theory", entry.theory), ("practical", entry.practical)):
            try:
                marks.append(_mark(candidate, part, value, entry.row or candidate.number))
            except DomainError as error:
                errors.append(error)
        if len(marks) == 2:
            found.append((candidate, Marks(*marks)))
    if errors:
        raise Errors(errors)
    return found


def _mark(candidate: Candidate, part: str, value: object, row: int) -> int | None:
    """A part that was passed before is as it was. Raises InvalidScore, PartCarried."""
    carried: int | None = candidate.carried.get(part)
    if carried is None:
        return parse_score(value, field=part, row=row)
    written = "" if value is None else half_width(str(value)).lower()
    if written not in CARRIED_WORDS and parse_score(value, field=part, row=row) != carried:
        raise PartCarried(field=part, row=row, score=format_score(carried))
    return carried


def _candidate(entry: ScoreEntry, candidates: dict[int, Candidate]) -> Candidate:
    text = str(entry.number).strip().removesuffix(".0")
    candidate = candidates.get(int(text)) if text.isascii() and text.isdigit() else None
    if candidate is None:
        raise UnknownCandidate(field="number", row=entry.row, number=text[:10])
    if candidate.withdrawn_on is not None:
        raise CandidateHasLeft(field="number", row=entry.row, number=candidate.number)
    if entry.name is not None and read_name(entry.name, field="name") != candidate.name:
        raise NameDiffers(field="name", row=entry.row, number=candidate.number)
    return candidate
