"""Words that a step's kind does not act on, and words that contradict each other."""

from __future__ import annotations

from shared.procedures.checking.whole import Whole
from shared.procedures.model import Step
from shared.procedures.reading.place import Place, listed

_SAID_OF_A_DECISION = ("approve", "return", "reject", "confirm", "dispute")
_OPINIONS = ("support", "oppose")


def check_answers(whole: Whole) -> None:
    vetoed = whole.can.veto_offices is not None and any(
        call.rule == "employer_has_no_veto" for call, _ in whole.calls()
    )
    for step, place in whole.placed_steps():
        _check_may(step, place)
        _check_clock(step, place)
        if step.kind == "notice":
            _check_notice(step, place)
        if step.kind == "meeting":
            _check_meeting(place)
        if step.kind == "external":
            _check_external(step, place)
        if step.kind == "opinions":
            _check_opinions(whole, step, place, vetoed)


def _check_may(step: Step, place: Place) -> None:
    read = _OPINIONS if step.kind == "opinions" else _SAID_OF_A_DECISION
    wrong = [word for word in step.may if word not in read]
    if wrong:
        place.child("may", None).refuse(
            f"{step.kind} 步骤的 may 不能写 {listed(wrong)}（写了也会当作同意往下走）。"
            f"可用：{listed(read)}。",
            f"A {step.kind} step does not act on {listed(wrong)}: the case would go on as if "
            f"agreed. Use: {listed(read)}.",
        )


def _check_clock(step: Step, place: Place) -> None:
    if step.silence and not step.within:
        place.child("silence", None).refuse(
            "写了 silence 就要写 within（几个工作日），否则永远不会到期。",
            "silence needs within (how many working days), or it never comes.",
        )
    if step.kind == "notice":
        for key in ("silence", "late", "may"):
            if place.get(key) is not None:
                place.child(key, None).refuse(
                    f"公示没有 {key}：公示期满自动结束，异议由 objections 办理。请删去。",
                    f"A notice has no {key}: it ends with its length, objections are settled under "
                    "objections. Leave it out.",
                )


def _check_notice(step: Step, place: Place) -> None:
    for first, second in (("length", "within"), ("publishes", "by")):
        if place.get(first) is not None and place.get(second) is not None:
            place.child(second, None).refuse(
                f"公示的 {first} 与 {second} 是同一件事，只写 {first}。",
                f"On a notice {first} and {second} are the same thing; write {first} alone.",
            )

    by = place.get("by")
    if by is not None and len(by.items()) > 1:
        by.refuse(
            f"公示只由一个角色发布，{listed(by.value[1:])} 不起作用。请写 "
            f"publishes: {by.value[0]}。",
            f"One role publishes a notice; {listed(by.value[1:])} would have no effect. Write "
            f"publishes: {by.value[0]}.",
        )


def _check_meeting(place: Place) -> None:
    majority, of = place.get("majority"), place.get("majority_of")
    if majority is not None and of is not None and " of " in str(majority.value):
        of.refuse(
            f"majority: {majority.value} 已说明按什么计算，majority_of 不起作用。请只写一处。",
            f"majority: {majority.value} says already of whom; majority_of would have no effect. "
            "Write it in one place.",
        )


def _check_external(step: Step, place: Place) -> None:
    """A word that means no to people would let the case go on like any other."""
    onward = [word for word, means in step.settings["means"].items() if means == "continue"]
    if len(onward) > 1 and place.get("rejects") is None:
        place.child("answers", None).refuse(
            f"没有写明哪个答复表示不予通过，{listed(onward)} 都会当作同意往下走。请写 rejects: "
            f"[{onward[-1]}]（退回的写在 returns）；确实都往下走时写 rejects: []。",
            f"It is not said which answer refuses the case: {listed(onward)} would all let it go "
            f"on. Write rejects: [{onward[-1]}] (and under returns what sends it back); where all "
            "of them let it go on, write rejects: [].",
        )


def _check_opinions(whole: Whole, step: Step, place: Place, vetoed: bool) -> None:
    if place.get("offices") is not None and place.get("by") is not None:
        place.child("by", None).refuse(
            "opinions 步骤的 offices 与 by 只写一个：请写 offices。",
            "An opinions step has offices or by, not both: write offices.",
        )
    if not vetoed or step.settings["opposed"] != "continue":
        return
    if place.get("opposed") is not None:
        place.child("opposed", None).refuse(
            "opposed: continue 与规则 employer_has_no_veto 矛盾：部门反对即为一票否决，办件不能"
            "通过。请删去 opposed（反对由该规则判断），或写 opposed: reject、return，"
            "或删去该规则。",
            "opposed: continue contradicts the rule employer_has_no_veto, by which an office that "
            "opposes bars the case. Leave opposed out (the rule judges the opposition), write "
            "opposed: reject or return, or leave the rule out.",
        )
        return
    known = whole.can.veto_offices or frozenset()
    others = [role for role in step.settings["offices"] if role not in known]
    if others:
        place.child("offices", None).refuse(
            f"{listed(others)} 的反对不对应任何一票否决情形，而规则 employer_has_no_veto 仍会据此"
            "否决。请为这些单位另写一个 opinions 步骤并写 opposed: reject 或 return。",
            f"The opposition of {listed(others)} stands for no kind of veto, and the rule "
            "employer_has_no_veto would bar the case all the same. Give these offices an opinions "
            "step of their own with opposed: reject or return.",
        )
