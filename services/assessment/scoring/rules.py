"""Scores, pass and staffing as pure rules. A score is an integer of tenths: 87.5 is 875."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shared.kernel.errors import DomainError
from shared.kernel.text import Text, half_width

SCORES_LOCKED: Final = "scores_locked"  # the key of the external step that locking completes
HIGHEST: Final = 1000
_SCORE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,10})?")
ABSENT_WORDS: Final = frozenset({"缺考", "absent"})
DUTIES: Final = {
    "invigilator": Text("监考人员", "invigilator"),
    "assessor": Text("考评员", "assessor"),
    "senior_assessor": Text("高级考评员", "senior assessor"),
    "supervisor": Text("质量督导员", "quality supervisor"),
}


class InvalidScore(DomainError):
    code = "invalid_score"
    zh = "“{value}”不是有效成绩：应为 0 至 100，最多一位小数，缺考填“缺考”。"
    en = '"{value}" is not a score: 0 to 100 with at most one decimal, or "absent".'
    remedy_zh = "请改为如 87 或 87.5 的数字；缺考填“缺考”。"
    remedy_en = 'Write a number such as 87 or 87.5; for a person who did not come, "absent".'


class ScoreMissing(DomainError):
    code = "score_missing"
    zh = "缺少成绩：{candidate}。"
    en = "There is no score for {candidate}."
    remedy_zh = "请录入成绩，缺考者填“缺考”，然后再锁定。"
    remedy_en = 'Enter the score, or "absent", before locking.'


@dataclass(frozen=True, slots=True)
class Marks:
    """The two parts in tenths; None is absent (缺考)."""

    theory: int | None
    practical: int | None


def parse_score(value: object, *, field: str, row: int | None = None) -> int | None:
    """A cell or a JSON value as tenths, None when absent; raises InvalidScore."""
    text = half_width(str(value)) if isinstance(value, str | int | float | Decimal) else ""
    if text.lower() in ABSENT_WORDS:
        return None
    if isinstance(value, bool) or not _SCORE.fullmatch(text):
        raise InvalidScore(field=field, row=row, value=(text or str(value))[:20])
    tenths = Decimal(text) * 10
    if tenths > HIGHEST or tenths != tenths.to_integral_value():
        raise InvalidScore(field=field, row=row, value=text[:20])
    return int(tenths)


def format_score(tenths: int | None) -> str:
    if tenths is None:
        return "缺考"
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def is_passed(marks: Marks, pass_mark_tenths: int) -> bool:
    """Each part on its own reaches the pass mark (domain A1: >= 60 EACH)."""
    return all(
        part is not None and part >= pass_mark_tenths for part in (marks.theory, marks.practical)
    )


@dataclass(frozen=True, slots=True)
class StaffingRatios:
    """Per standard, from the procedure's document (domain A1: 1:15 and 2, 1:5 and odd >= 3)."""

    candidates_per_invigilator: int = 15
    invigilators_at_least: int = 2
    candidates_per_assessor: int = 5
    assessors_at_least: int = 3
    assessors_odd: bool = True
    supervisors_at_least: int = 1

    def invigilators_needed(self, candidates: int) -> int:
        return max(self.invigilators_at_least, -(-candidates // self.candidates_per_invigilator))

    def assessors_needed(self, candidates: int) -> int:
        needed = max(self.assessors_at_least, -(-candidates // self.candidates_per_assessor))
        return needed + 1 if self.assessors_odd and needed % 2 == 0 else needed


def counted_twice(people: Sequence[tuple[str, str | None]]) -> int | None:
    """The place of the first of `people` (duty, who; None where that is not told) who is there
    before with the same duty: one person does not make up two of a ratio. A senior assessor's
    duty is an assessor's."""
    seen: set[tuple[str, str]] = set()
    for place, (duty, who) in enumerate(people):
        if who is None:
            continue
        one = (duty.removeprefix("senior_"), who)
        if one in seen:
            return place
        seen.add(one)
    return None


@dataclass(frozen=True, slots=True)
class StaffingFinding:
    rule: str
    passed: bool
    text: Text


def check_staffing(
    candidates: int, level: str, duties: Sequence[str], ratios: StaffingRatios
) -> list[StaffingFinding]:
    """`duties`: one entry a person. Levels two and one need senior assessors (domain A1)."""
    invigilators = duties.count("invigilator")
    senior = duties.count("senior_assessor")
    assessors = duties.count("assessor") + senior
    need_i = ratios.invigilators_needed(candidates)
    need_a = ratios.assessors_needed(candidates)
    odd = not ratios.assessors_odd or assessors % 2 == 1
    findings = [
        StaffingFinding(
            "invigilators_enough",
            invigilators >= need_i,
            Text(
                f"监考人员 {invigilators} 人，应不少于 {need_i} 人。",
                f"{invigilators} invigilators; at least {need_i} are needed.",
            ),
        ),
        StaffingFinding(
            "assessors_enough",
            assessors >= need_a and odd,
            Text(
                f"考评员 {assessors} 人，应不少于 {need_a} 人"
                + ("且为奇数。" if not odd else "。"),
                f"{assessors} assessors; at least {need_a}"
                + (" and an odd number are needed." if not odd else " are needed."),
            ),
        ),
        StaffingFinding(
            "supervisor_present",
            duties.count("supervisor") >= ratios.supervisors_at_least,
            Text(
                f"质量督导员 {duties.count('supervisor')} 人，"
                f"应不少于 {ratios.supervisors_at_least} 人。",
                f"{duties.count('supervisor')} quality supervisors; "
                f"at least {ratios.supervisors_at_least} needed.",
            ),
        ),
    ]
    if level in {"1", "2"}:
        findings.append(
            StaffingFinding(
                "assessors_senior",
                assessors > 0 and senior == assessors,
                Text(
                    "二级、一级的考评员应均为高级考评员。",
                    "Levels two and one need senior assessors only.",
                ),
            )
        )
    return findings
