"""What the decisions taken so far mean for their step. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from shared.approvals.errors import (
    MembersDiffer,
    MinutesIncomplete,
    OutcomeNotAllowed,
    QuorumNotReached,
    ReasonRequired,
    ScoreOutOfRange,
    VetoUnknown,
    VotesDoNotAddUp,
    VotesDoNotCarry,
)
from shared.procedures.model import Step
from shared.procedures.rules.honours import VETOES
from shared.procedures.tallies import meeting_result, panel_result, shown_mean

NEEDS_REASON = ("return", "reject", "dispute", "oppose", "uphold", "dismiss")

SCORED = "score "  # a panel's outcome: this, and the score by which it was decided

Consequence = Literal["continue", "return", "reject"]


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

    follows: Consequence
    outcome: str
    reason: str = ""


def ensure_answerable(
    may: Sequence[str], outcome: str, reason: str, means: Mapping[str, Any] | None = None
) -> None:
    """`means`: what an external step's own words stand for."""
    if outcome not in may:
        raise OutcomeNotAllowed(field="outcome", outcome=outcome, allowed=may)
    if (means or {}).get(outcome, outcome) in NEEDS_REASON and not reason.strip():
        raise ReasonRequired(field="reason", outcome=outcome)


def ensure_data_fits(step: Step, outcome: str, data: Mapping[str, Any]) -> None:
    """The figures of a score or of a meeting's vote hold together, and a veto is one that there is.
    Raises what is wrong."""
    if step.kind == "opinions":
        _ensure_vetoes(outcome, data)
    if step.kind == "panel":
        _ensure_score(step, data)
    if step.kind == "meeting":
        _ensure_minutes_carry(step, outcome, data)


def _ensure_vetoes(outcome: str, data: Mapping[str, Any]) -> None:
    """A kind that nobody knows would bar nobody."""
    named = data.get("vetoes")
    if named is None:
        return
    known = isinstance(named, list) and all(each in VETOES for each in named)
    if not known or (named and outcome != "oppose"):
        raise VetoUnknown(field="data.vetoes", allowed=tuple(VETOES))


def _ensure_score(step: Step, data: Mapping[str, Any]) -> None:
    try:
        panel_result(step.settings, [_score(data)])
    except ValueError:
        raise ScoreOutOfRange(field="data.score", maximum=step.settings["maximum"]) from None


def _score(data: Mapping[str, Any]) -> str:
    """A score as exact decimal text; JSON numbers and text are both accepted."""
    score = data.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float | str):
        raise ValueError("not a number")
    return str(score)


def _ensure_minutes_carry(step: Step, outcome: str, data: Mapping[str, Any]) -> None:
    """The minutes are numbered, their votes add up, a quorum was there, and the outcome is the one
    that the votes give."""
    if not str(data.get("minutes_no") or "").strip():
        raise MinutesIncomplete(field="data.minutes_no", name="minutes_no")
    figures = _figures(step, data)
    members, present, in_favour = figures["members"], figures["present"], figures["in_favour"]
    total = in_favour + figures["against"] + figures["abstain"]
    if total != present or present > members or present == 0:
        raise VotesDoNotAddUp(field="data.present", sum=total, present=present, members=members)
    result = meeting_result(step.settings, present=present, votes_for=in_favour, members=members)
    if not result.quorate:
        raise QuorumNotReached(
            field="data.present", members=members, present=present, quorum=result.members_needed
        )
    if (outcome == "approve") != result.passed:
        raise VotesDoNotCarry(
            field="data.in_favour",
            in_favour=in_favour,
            needed=result.votes_needed,
            outcome=outcome,
        )


def _figures(step: Step, data: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of the minutes; `members` is the document's where it says how many they are."""
    given = {name: data.get(name, 0) for name in ("present", "in_favour", "against", "abstain")}
    known = step.settings["members"]
    given["members"] = data.get("members", known) if known else data.get("members")
    for name, figure in given.items():
        if not isinstance(figure, int) or isinstance(figure, bool) or figure < 0:
            raise MinutesIncomplete(field=f"data.{name}", name=name)
    if known and given["members"] != known:
        raise MembersDiffer(field="data.members", members=given["members"], known=known)
    return given


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
        return _judge_panel(step, opinions)
    if step.kind == "opinions":
        return _judge_opinions(step, opinions, seats)
    if not opinions:
        return None
    last = opinions[-1]
    return Judgement(_follows(step, last.outcome), last.outcome, last.reason)


def alone(step: Step, outcome: str) -> Judgement | None:
    """What one answer means where one is enough; None in a step of several."""
    if step.kind in ("panel", "opinions"):
        return None
    return Judgement(_follows(step, outcome), outcome)


def _follows(step: Step, outcome: str) -> Consequence:
    if step.kind == "external":
        return cast(Consequence, step.settings["means"][outcome])
    if step.kind == "meeting" and outcome == "reject":
        return cast(Consequence, step.settings["fails"])
    return cast(Consequence, outcome) if outcome in ("return", "reject") else "continue"


def _judge_panel(step: Step, opinions: Sequence[Opinion]) -> Judgement | None:
    result = panel_result(step.settings, [_score(opinion.data) for opinion in opinions])
    if not result.complete:
        return None
    outcome = f"{SCORED}{shown_mean(result.mean)}"
    if result.passed:
        return Judgement("continue", outcome)
    return Judgement(step.settings["below"], outcome, f"{result.says.zh} / {result.says.en}")


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
