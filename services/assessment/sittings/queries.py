"""What pages and lists read of sittings; who may see which of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from services.assessment.certificates.model import Certificate
from services.assessment.scoring.model import Score
from services.assessment.scoring.rules import (
    SCORES_LOCKED,
    StaffingFinding,
    check_staffing,
    is_passed,
)
from services.assessment.sittings.errors import SittingNotFound
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.previous import lost_ground
from services.assessment.sittings.standard import Standard
from shared.approvals.loading import procedure_of
from shared.approvals.model import CLOSED, Case
from shared.approvals.office import CaseOffice
from shared.approvals.queries import may_see
from shared.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """`passed` is None until both parts are entered; `lost` are the findings of who met a condition
    and no longer does (previous.py)."""

    candidate: Candidate
    score: Score | None
    passed: bool | None
    certificate: Certificate | None
    lost: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class SittingView:
    """`own_only`: the reader is a candidate and sees their own line, no other. `scoring`: the
    case waits for the scores."""

    sitting: Sitting
    case: Case
    lines: Sequence[CandidateLine]
    staffing: Sequence[StaffingFinding]
    own_only: bool
    scoring: bool


def visible_sitting(session: Session, sitting_id: str, actor: Actor) -> tuple[Sitting, Case]:
    """Raises SittingNotFound also for one that is not theirs to see."""
    found = session.execute(
        select(Sitting, Case)
        .join(Case, Case.id == Sitting.case_id)
        .where(Sitting.case_id == sitting_id, may_see(actor))
        .options(selectinload(Sitting.staff))
    ).one_or_none()
    if found is None:
        raise SittingNotFound(sitting=sitting_id)
    return found[0], found[1]


def sitting_view(
    session: Session, office: CaseOffice, sitting_id: str, actor: Actor
) -> SittingView:
    """A sitting as this person may see it."""
    sitting, case = visible_sitting(session, sitting_id, actor)
    procedure = procedure_of(session, office, case)
    lost = lost_ground(session, office, case, procedure, sitting)
    lines = [replace(line, lost=lost.get(line.candidate.id)) for line in _lines(session, sitting)]
    own_only = any(_is_of(line, actor) for line in lines)
    if own_only:
        lines = [_to_candidate(sitting, line) for line in lines if _is_of(line, actor)]
    duties = [each.duty for each in sitting.staff]
    count = candidates_in(session, sitting_id)
    standard = Standard.of(procedure)
    staffing = check_staffing(count, sitting.level, duties, standard.staffing)
    scoring = case.current_step == SCORES_LOCKED
    return SittingView(sitting, case, lines, staffing, own_only, scoring)


def candidates_in(session: Session, sitting_id: str) -> int:
    return session.execute(
        select(func.count())
        .select_from(Candidate)
        .where(Candidate.sitting_id == sitting_id, Candidate.withdrawn_on.is_(None))
    ).scalar_one()


def sittings_of(
    session: Session, organisations: Sequence[str], after: str | None, limit: int
) -> list[tuple[Sitting, Case]]:
    """Newest first, one more than `limit`."""
    query = (
        select(Sitting, Case)
        .join(Case, Case.id == Sitting.case_id)
        .where(Sitting.organisation.in_(organisations))
        .order_by(Sitting.case_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Sitting.case_id < after)
    return [(sitting, case) for sitting, case in session.execute(query)]


def open_sittings_of(session: Session, organisation: str) -> Sequence[str]:
    """Ids of those not yet ended."""
    return session.scalars(
        select(Sitting.case_id)
        .join(Case, Case.id == Sitting.case_id)
        .where(Sitting.organisation == organisation, Case.status.not_in(CLOSED))
        .order_by(Sitting.case_id)
    ).all()


def _lines(session: Session, sitting: Sitting) -> list[CandidateLine]:
    rows = session.execute(
        select(Candidate, Score, Certificate)
        .outerjoin(Score, Score.candidate_id == Candidate.id)
        .outerjoin(Certificate, Certificate.candidate_id == Candidate.id)
        .where(Candidate.sitting_id == sitting.case_id)
        .order_by(Candidate.number)
    )
    return [
        CandidateLine(
            candidate,
            score,
            None if score is None else is_passed(score.marks, sitting.pass_mark_tenths),
            certificate,
        )
        for candidate, score, certificate in rows
    ]


def _is_of(line: CandidateLine, actor: Actor) -> bool:
    return line.candidate.person_ref == actor.person_ref


def _to_candidate(sitting: Sitting, line: CandidateLine) -> CandidateLine:
    """Scores are told once they are final."""
    if sitting.locked:
        return line
    return replace(line, score=None, passed=None, certificate=None)
