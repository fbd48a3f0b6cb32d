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
PANEL_OUTCOME = "score"


@dataclass(frozen=True)
class Opinion:
    """One decision of the step: the seat it was for, what it says, its data."""

    seat: str
    outcome: str
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What follows: `continue` to the next step, `return` to the applicant, `refuse` the case."""

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
        if not isinstance(score, int | float) or isinstance(score, bool) or not (
            0 <= score <= maximum
        ):
            raise ScoreOutOfRange(field="data.score", maximum=maximum)
    if step.kind == "meeting":
        ensure_minutes_carry(step, outcome, data)


def ensure_minutes_carry(step: Step, outcome: str, data: Mapping[str, Any]) -> None:
    if not str(data.get("minutes_no") or "").strip():
        raise MinutesIncomplete(field="data.minutes_no", name="minutes_no 会议纪要编号")
    members = data.get("members") or step.settings.get("members")
    figures = {"members": members} | {
        name: data.get(name, 0) for name in ("present", "in_favour", "against", "abstain")
    }
    for name, figure in figures.items():
        if not isinstance(figure, int) or isinstance(figure, bool) or figure < 0:
            raise MinutesIncomplete(field=f"data.{name}", name=name)
    present, in_favour = figures["present"], figures["in_favour"]
    total = in_favour + figures["against"] + figures["abstain"]
    if total != present or present > figures["members"] or present == 0:
        raise VotesDoNotAddUp(
            field="data.present", sum=total, present=present, members=figures["members"]
        )
    quorum = Fraction(str(step.settings.get("quorum", "2/3")))
    if present < ceil(quorum * figures["members"]):
        raise QuorumNotReached(
            field="data.present", members=figures["members"], present=present, quorum=str(quorum)
        )
    needed = votes_needed(step, present=present, members=figures["members"])
    if (outcome == "approve") != (in_favour >= needed):
        raise VotesDoNotCarry(
            field="data.in_favour", in_favour=in_favour, needed=needed, outcome=outcome
        )


def votes_needed(step: Step, *, present: int, members: int) -> int:
    """More than half must be more than half; a larger share is reached by equality (2/3 of 9 is
    6). `majority` is a fraction of those present, or of all members with `majority_of: members`."""
    base = members if step.settings.get("majority_of") == "members" else present
    share = Fraction(str(step.settings.get("majority", "1/2"))) * base
    is_simple = Fraction(str(step.settings.get("majority", "1/2"))) == Fraction(1, 2)
    return floor(share) + 1 if is_simple else ceil(share)


def judge(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    """None while the step still waits for somebody."""
    if step.kind == "panel":
        return _judge_panel(step, opinions, seats)
    for opinion in opinions:
        if opinion.outcome == "return":
            return Judgement("return", "return", opinion.reason)
        if opinion.outcome == "reject":
            return Judgement("refuse", "reject", opinion.reason)
    if step.kind == "opinions":
        return _judge_opinions(step, opinions, seats)
    return Judgement("continue", opinions[-1].outcome, opinions[-1].reason) if opinions else None


def _judge_panel(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    if len(opinions) < seats:
        return None
    mean = Fraction(0)
    for opinion in opinions:
        mean += Fraction(str(opinion.data["score"])) / len(opinions)
    passed = mean >= Fraction(str(step.settings["pass_mark"]))
    shown = f"{float(mean):.2f}"
    if passed:
        return Judgement("continue", f"score {shown}")
    return Judgement(
        "refuse",
        f"score {shown}",
        f"专家平均分 {shown}，低于合格线 {step.settings['pass_mark']} 分 / "
        f"the experts' mean {shown} is below the pass mark {step.settings['pass_mark']}",
    )


def _judge_opinions(step: Step, opinions: Sequence[Opinion], seats: int) -> Judgement | None:
    """One office against is enough to refuse, unless the document leaves that to a later step
    (`opposed: continue`); it refuses once all have spoken, so that every reason is given."""
    if len(opinions) < seats:
        return None
    against = [o for o in opinions if o.outcome == "oppose"]
    if against and step.settings.get("opposed", "refuse") == "refuse":
        return Judgement("refuse", "oppose", "；".join(f"{o.seat}: {o.reason}" for o in against))
    return Judgement("continue", "oppose" if against else "support")


def judge_silence(step: Step, opinions: Sequence[Opinion]) -> Judgement | None:
    """What the end of the clock means where the document says that silence means something."""
    if step.silence is None:
        return None
    if step.silence == "return":
        return Judgement("return", "silence", "期限内未答复 / no answer within the time limit")
    spoken = judge(step, opinions, len(opinions)) if opinions else None
    return spoken or Judgement("continue", "silence")
