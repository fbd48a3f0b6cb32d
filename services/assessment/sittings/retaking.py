"""Taking one failed part again (补考): a part that was passed before counts for as long as the
document says, and only the other is sat (domain A1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assessment.scoring.model import Score
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.rules import Entrant
from services.assessment.sittings.standard import Standard
from shared.approvals.model import Case, CaseStatus
from shared.procedures.months import add_months


def parts_carried(
    session: Session, sitting: Sitting, entrants: Sequence[Entrant], standard: Standard
) -> dict[str, dict[str, int]]:
    """By person: the one part, in tenths, of their latest approved sitting of this occupation and
    level in which the other part was failed. It counts from the day on which it was sat, however
    often it was carried since. One query."""
    if not standard.retake_months:
        return {}
    rows = session.execute(
        select(Candidate.person_ref, Candidate.carried, Score, Sitting)
        .join(Score, Score.candidate_id == Candidate.id)
        .join(Sitting, Sitting.case_id == Candidate.sitting_id)
        .join(Case, Case.id == Sitting.case_id)
        .where(
            Candidate.person_ref.in_([each.person_ref for each in entrants]),
            Candidate.sitting_id != sitting.case_id,
            Sitting.occupation == sitting.occupation,
            Sitting.level == sitting.level,
            Sitting.held_on <= sitting.held_on,
            Case.status == CaseStatus.APPROVED,
        )
        .order_by(Sitting.held_on, Sitting.case_id)
    )
    latest: dict[str, dict[str, Passed]] = {}
    for person_ref, carried, score, held in rows:
        before = latest.get(person_ref, {})
        kept = carried.keys() & before.keys()
        latest[person_ref] = {
            part: before[part] if part in kept else Passed(tenths, held.held_on)
            for part, tenths in _passed(score, held.pass_mark_tenths).items()
        }
    earliest = add_months(sitting.held_on, -standard.retake_months)
    return {
        person_ref: {part: passed.tenths for part, passed in parts.items()}
        for person_ref, parts in latest.items()
        if len(parts) == 1 and all(each.sat_on >= earliest for each in parts.values())
    }


@dataclass(frozen=True)
class Passed:
    """A part that was passed, and the day on which it was sat."""

    tenths: int
    sat_on: date


def _passed(score: Score, pass_mark: int) -> dict[str, int]:
    marks = {"theory": score.marks.theory, "practical": score.marks.practical}
    return {
        part: value for part, value in marks.items() if value is not None and value >= pass_mark
    }
