"""Sittings, candidates and row errors as they are shown, by the API and the pages alike."""

from collections.abc import Sequence
from typing import Any

from services.assessment.scoring.model import Score
from services.assessment.scoring.rules import format_score
from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.sittings.columns import BY_KEY
from services.assessment.sittings.model import Sitting
from services.assessment.sittings.queries import CandidateLine, SittingView
from shared.approvals.model import Case
from shared.kernel.errors import DomainError
from shared.kernel.identity_number import mask_identity_number
from shared.kernel.occupation import occupation_name
from shared.kernel.text import Text
from shared.web.languages import language

SHEET = {column.key: column for column in SCORE_SHEET}


def sitting_shown(
    sitting: Sitting, case: Case, candidates: int | None = None, passed: int | None = None
) -> dict[str, Any]:
    names = (
        "case_id",
        "organisation",
        "organisation_name",
        "occupation",
        "level",
        "held_on",
        "place",
        "region",
        "employer",
        "employer_name",
        "scores_locked_at_utc",
        "version",
    )
    shown = {name: getattr(sitting, name) for name in names}
    return shown | {
        "occupation_name": occupation_name(sitting.occupation, language()),
        "status": str(case.status),
        "current_step": case.current_step,
        **({} if candidates is None else {"candidates": candidates}),
        **({} if passed is None else {"passed": passed}),
    }


def view_shown(view: SittingView) -> dict[str, Any]:
    """To a candidate the counts say nothing: they see one line."""
    if view.own_only:
        return sitting_shown(view.sitting, view.case)
    passed = sum(1 for line in view.lines if line.passed) if view.sitting.locked else None
    return sitting_shown(view.sitting, view.case, len(view.lines), passed)


def _shown(score: Score | None, part: str, carried: dict[str, int]) -> str | None:
    """What was entered; before that, what was passed before."""
    if score is None:
        return format_score(carried[part]) if part in carried else None
    return format_score(getattr(score.marks, part))


def line_shown(line: CandidateLine) -> dict[str, Any]:
    candidate, score = line.candidate, line.score
    return {
        "number": candidate.number,
        "name": candidate.name,
        "identity_number": mask_identity_number(candidate.identity_number),
        "condition": candidate.condition,
        "meets_condition": candidate.meets_condition if line.lost is None else False,
        "findings": candidate.findings if line.lost is None else line.lost,
        "lost_ground": line.lost is not None,
        "theory": _shown(score, "theory", candidate.carried),
        "practical": _shown(score, "practical", candidate.carried),
        "carried": sorted(candidate.carried),
        "withdrawn_on": candidate.withdrawn_on,
        "passed": line.passed,
        "certificate_no": None if line.certificate is None else line.certificate.number,
        "certificate_state": None if line.certificate is None else line.certificate.state,
        "certificate_name": None if line.certificate is None else line.certificate.holder_name,
    }


def _column(key: str | None) -> Text:
    found = BY_KEY.get(key or "") or SHEET.get(key or "")
    return Text(found.zh, found.en) if found else Text(key or "", key or "")


def errors_shown(errors: Sequence[DomainError]) -> list[dict[str, Any]]:
    """Row, column, reason and remedy, in both languages."""
    return [
        {
            "row": each.row,
            "field": each.field,
            "column_name": _column(each.field).zh,
            "column_name_en": _column(each.field).en,
            "code": each.code,
            "reason_zh": each.text("zh"),
            "reason_en": each.text("en"),
            "remedy_zh": each.remedy("zh"),
            "remedy_en": each.remedy("en"),
        }
        for each in errors
    ]


def staffing_shown(view: SittingView) -> list[dict[str, Any]]:
    return [
        {"rule": each.rule, "passed": each.passed, "zh": each.text.zh, "en": each.text.en}
        for each in view.staffing
    ]
