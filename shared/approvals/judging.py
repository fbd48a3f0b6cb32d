"""What the decisions taken so far mean for their step. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from shared.approvals.errors import (
    MinutesIncomplete,
    OutcomeNotAllowed,
    QuorumNotReached,
    ReasonRequired,
    ScoreOutOfRange,
    VotesDoNotAddUp,
    VotesDoNotCarry,
)
from shared.procedures import Step

NEEDS_REASON = ("return", "reject", "dispute", "oppose", "uphold", "dismiss")


@dataclass(frozen=True)
class Opinion:
    """One decision of the step: the seat it was for, what it says, its data."""

    seat: str
    outcome: str
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What follows: `continue` to the next step, `return` to the applicant, `reject` the case."""

    follows: str
    outcome: str
    reason: str = ""


def ensure_answerable(may: Sequence[str], outcome: str, reason: str) -> None:
    if outcome not in may:
        raise OutcomeNotAllowed(field="outcome", outcome=outcome, allowed=", ".join(may))
    if outcome in NEEDS_REASON and not reason.strip():
        raise ReasonRequired(field="reason", outcome=outcome)


def ensure_data_fits(step: Step, outcome: str, data: Mapping[str, Any]) -> None:
    """The figures of a score or of a meeting's vote hold together. Raises what is wrong."""
    if step.kind == "panel":
        maximum = step.settings["maximum"]
        score = data.get("score")
        if (
            not isinstance(score, int | float)
            or isinstance(score, bool)
            or not (0 <= score <= maximum)
        ):
            raise ScoreOutOfRange(field="data.score", maximum=maximum)
    if step.kind == "meeting":
        ensure_minutes_carry(step, outcome, data)


def ensure_minutes_carry(step: Step, outcome: str, data: Mapping[str, Any]) -> None:
    if not str(data.get("minutes_no") or "").strip():
        raise MinutesIncomplete(field="data.minutes_no", name="minutes_no 会议纪要编号")
    figures = _figures(step, data)
    present, in_favour = figures["present"], figures["in_favour"]
    total = in_favour + figures["against"] + figures["abstain"]
    if total != present or present > figures["members"] or present == 0:
        raise VotesDoNotAddUp(
            field="data.present", sum=total, present=present, members=figures["members"]
        )
    quorum = step.settings["quorum"]
    if present < ceil(quorum * figures["members"]):
        raise QuorumNotReached(
            field="data.present", members=figures["members"], present=present, quorum=str(quorum)
        )
    needed = votes_needed(step, present=present, members=figures["members"])
    if (outcome == "approve") != (in_favour >= needed):
        raise VotesDoNotCarry(
            field="data.in_favour", in_favour=in_favour, needed=needed, outcome=outcome
        )


def _figures(step: Step, data: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of the minutes; `members` is the document's where it says how many they are."""
    given = {name: data.get(name, 0) for name in ("present", "in_favour", "against", "abstain")}
    given["members"] = step.settings["members"] or data.get("members")
    for name, figure in given.items():
        if not isinstance(figure, int) or isinstance(figure, bool) or figure < 0:
            raise MinutesIncomplete(field=f"data.{name}", name=name)
    return given


def votes_needed(step: Step, *, present: int, members: int) -> int:
    """More than half must be more than half; a larger share is reached by equality (2/3 of 9 is
    6). The share is of those present, or of all members where the document says so."""
    share: Fraction = step.settings["majority"]
    base = members if step.settings["majority_of"] == "members" else present
    return floor(share * base) + 1 if share == Fraction(1, 2) else ceil(share * base)


def outcomes_of(step: Step) -> tuple[str, ...]:
    """What the step's tasks may answer."""
    if step.kind == "panel":
        return ("score",)
    if step.kind == "meeting":
        return ("approve", "reject")
    if step.kind == "external":
        return tuple(step.settings["answers"])
    return step.may


def judge(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    """None while the step still waits for somebody."""
    if step.kind == "panel":
        return _judge_panel(step, opinions, seats)
    if step.kind == "opinions":
        return _judge_opinions(step, opinions, seats)
    if not opinions:
        return None
    last = opinions[-1]
    return Judgement(_follows(step, last.outcome), last.outcome, last.reason)


def _follows(step: Step, outcome: str) -> str:
    if step.kind == "external":
        return str(step.settings["means"][outcome])
    if step.kind == "meeting" and outcome == "reject":
        return str(step.settings["fails"])
    return outcome if outcome in ("return", "reject") else "continue"


def _judge_panel(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    if len(opinions) < seats:
        return None
    total = sum((Fraction(str(opinion.data["score"])) for opinion in opinions), Fraction(0))
    mean = total / len(opinions)
    pass_mark = step.settings["pass_mark"]
    shown = f"{float(mean):.2f}"
    if mean >= pass_mark:
        return Judgement("continue", f"score {shown}")
    reason = (
        f"专家平均分 {shown}，低于合格线 {pass_mark} 分 / "
        f"the experts' mean {shown} is below the pass mark {pass_mark}"
    )
    return Judgement(step.settings["below"], f"score {shown}", reason)


def _judge_opinions(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    """Judged once all have spoken, so that every reason is given."""
    if len(opinions) < seats:
        return None
    against = [o for o in opinions if o.outcome == "oppose"]
    if not against:
        return Judgement("continue", "support")
    reason = "；".join(f"{o.seat}: {o.reason}" for o in against)
    return Judgement(step.settings["opposed"], "oppose", reason)


def judge_silence(step: Step, opinions: Sequence[Opinion]) -> Judgement | None:
    """What the end of the clock means where the document says that silence means something."""
    if step.silence is None:
        return None
    if step.silence == "return":
        return Judgement("return", "silence", "期限内未答复 / no answer within the time limit")
    spoken = judge(step, opinions, len(opinions)) if opinions else None
    return spoken or Judgement("continue", "silence")
