"""Counting a meeting's votes and a panel's scores, exactly: fractions, no floats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from shared.kernel.text import Text, half_width

# What `Fraction` reads beyond it is no score: "85/2", "1/0", and "1e999999999", which never ends.
_SCORE = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class MeetingResult:
    """`quorate`: enough members came for the vote to count. `votes_needed`: the least that pass."""

    quorate: bool
    passed: bool
    members_needed: int
    votes_needed: int
    says: Text


def meeting_result(
    settings: Mapping[str, Any], *, present: int, votes_for: int, members: int | None = None
) -> MeetingResult:
    """`settings` of a meeting step; `members` is used where the document names no number. A
    majority of 1/2 is more than half (过半数); any other fraction is at least that much.
    Raises ValueError where the figures cannot be."""
    whole = settings["members"] or members or present
    if not 0 <= votes_for <= present <= whole:
        raise ValueError("votes_for <= present <= members")
    members_needed = max(1, ceil(settings["quorum"] * whole))
    base = whole if settings["majority_of"] == "members" else present
    majority: Fraction = settings["majority"]
    votes_needed = base // 2 + 1 if majority == Fraction(1, 2) else max(1, ceil(majority * base))
    quorate, passed = present >= members_needed, votes_for >= votes_needed
    return MeetingResult(
        quorate,
        quorate and passed,
        members_needed,
        votes_needed,
        Text(
            f"应到 {whole} 人，实到 {present} 人（法定 {members_needed} 人），"
            f"同意 {votes_for} 票（需 {votes_needed} 票）。",
            f"{present} of {whole} present (quorum {members_needed}), "
            f"{votes_for} in favour ({votes_needed} needed).",
        ),
    )


@dataclass(frozen=True, slots=True)
class PanelResult:
    """`complete`: every expert has scored. `mean` of the scores, exact; text with two decimals."""

    complete: bool
    passed: bool | None
    mean: Fraction | None
    says: Text


def panel_result(settings: Mapping[str, Any], scores: Sequence[int | str]) -> PanelResult:
    """The mean against the pass mark, inclusive; a trimmed mean is without one highest and one
    lowest score. `passed` is None until all have scored. A score is a whole number or decimal text
    ("85.5"). Raises ValueError for anything else."""
    exact = [_exact(score) for score in scores]
    if any(not 0 <= score <= settings["maximum"] for score in exact):
        raise ValueError(f"a score is between 0 and {settings['maximum']}")
    needed, mark = settings["experts"], settings["pass_mark"]
    complete = len(exact) >= needed
    trimmed = settings.get("combine") == "trimmed_mean" and complete and len(exact) > 2
    counted = sorted(exact)[1:-1] if trimmed else exact
    mean = sum(counted, Fraction(0)) / len(counted) if counted else None
    shown = shown_mean(mean)
    how, how_en = ("去掉最高分和最低分后", "trimmed ") if trimmed else ("", "")
    return PanelResult(
        complete,
        mean >= mark if complete and mean is not None else None,
        mean,
        Text(
            f"{len(exact)}/{needed} 位专家已评分，{how}平均 {shown} 分（合格 {mark} 分）。",
            f"{len(exact)} of {needed} experts scored, {how_en}mean {shown} (pass mark {mark}).",
        ),
    )


def shown_mean(mean: Fraction | None) -> str:
    """Two decimals, the rest cut off: what is shown as 70.00 has reached 70."""
    if mean is None:
        return "—"
    whole, hundredths = divmod(int(mean * 100), 100)
    return f"{whole}.{hundredths:02d}"


def _exact(score: int | str) -> Fraction:
    text = half_width(str(score))
    if not _SCORE.fullmatch(text):
        raise ValueError(f"not a score: {text[:20]!r}")
    return Fraction(text)
