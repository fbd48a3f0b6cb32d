"""What follows from approval must be something that the service makes."""

from __future__ import annotations

from shared.procedures.checking.whole import Whole
from shared.procedures.model import Step
from shared.procedures.reading.place import Place, listed

# Which service makes what: where a document with another outcome belongs.
MADE_BY = {"honour": "nomination", "certificates": "assessment", "entitlement": "subsidy"}


def check_outcomes(whole: Whole) -> None:
    can = whole.can
    for kind in whole.outcome:
        if kind not in can.outcomes:
            whole.at("outcome", kind).refuse(
                f"{can.service} 服务不产生 {kind}，只产生 {listed(can.outcomes)}；办件通过后什么也"
                f"不会发生。请改 outcome，或把文件放到 {MADE_BY[kind]} 服务的目录。",
                f"The {can.service} service makes no {kind}, only {listed(can.outcomes)}: nothing "
                f"would follow from approval. Change the outcome, or put the document into the "
                f"catalogue of {MADE_BY[kind]}.",
            )
    if not whole.outcome and can.outcome_needed:
        whole.at("outcome").refuse(
            f"缺少 outcome：{can.service} 服务的文件要写 {listed(can.outcomes)}，否则通过后什么也"
            "不会发生。",
            f"outcome is missing: a document of {can.service} has {listed(can.outcomes)}, or "
            "nothing follows from approval.",
        )
    if whole.values["amount"] is not None and whole.entitlement is None:
        whole.at("amount").refuse(
            "amount 只在 outcome 为 entitlement 时读取，这里不会付款。请删去 amount。",
            "amount is read only with the outcome entitlement: nothing would be paid. Leave it "
            "out.",
        )
    for kind, key in can.completed_by.items():
        if kind in whole.outcome:
            _check_completed(whole, kind, key)
    _check_fixed(whole)
    _check_conferred(whole)


def _check_completed(whole: Whole, kind: str, key: str) -> None:
    """Without the step that the service completes, nothing comes of the case."""
    own = whole.can.external[key]
    written = f"{{external: {key}, by: {own.role}, answers: [{own.answer}]}}"
    if kind == "entitlement":
        written = written.replace("}", ", withdrawable: false}")
    found = [(step, place) for step, place in whole.placed_steps() if step.key == key]
    if not found or found[0][0].kind != "external":
        whole.at("steps").refuse(
            f"outcome 是 {kind}，而没有步骤 {key}：通过后什么也得不到。请加 {written}。",
            f"The outcome is {kind}, but there is no step {key}, so nothing would come of an "
            f"approval. Add {written}.",
        )
        return
    step, place = found[0]
    if step.when is not None:
        place.child("when", None).refuse(
            f"步骤 {key} 不能有 when：被跳过的办件通过后什么也得不到。请删去 when。",
            f"Step {key} takes no `when`: where it is passed over, nothing comes of an approval. "
            "Leave it out.",
        )
    if step.silence is not None:
        place.child("silence", None).refuse(
            f"步骤 {key} 不能有 silence：到期不等于办成。请删去 silence。",
            f"Step {key} takes no silence: time running out does not do the thing. Leave it out.",
        )
    _check_own_step(step, place, written, own.role, own.answer, own.level)


def _check_own_step(
    step: Step, place: Place, written: str, role: str, answer: str, level: str | None
) -> None:
    if step.by and step.by != (role,):
        place.child("by", None).refuse(
            f"步骤 {step.key} 由 {role} 办理，by: {listed(step.by)} 不起作用。请写 {written}。",
            f"Step {step.key} is done by {role}; by: {listed(step.by)} has no effect. Write "
            f"{written}.",
        )
    if step.settings["answers"] != (answer,) or step.settings["means"][answer] != "continue":
        place.child("answers", None).refuse(
            f"步骤 {step.key} 的答复只有 {answer}。请写 answers: [{answer}]，"
            "不写 returns、rejects。",
            f"The only answer to step {step.key} is {answer}. Write answers: [{answer}], without "
            "returns and rejects.",
        )
    if level is not None and step.at != level:
        place.child("at", None).refuse(
            f"步骤 {step.key} 在 {level} 办理。请写 at: {level} 或删去 at。",
            f"Step {step.key} is done at {level}. Write at: {level}, or leave it out.",
        )


def _check_fixed(whole: Whole) -> None:
    """Keys of which only one value has a meaning yet."""
    for kind, fixed in whole.can.fixed_outcome.items():
        for key, only in fixed.items():
            if kind in whole.outcome and whole.outcome[kind][key] != only:
                whole.at("outcome", kind, key).refuse(
                    f"{kind} 的 {key} 目前只能是 {only}，写别的不起作用。请写 {only} 或删去。",
                    f"The {key} of {kind} can only be {only} so far; another has no effect. Write "
                    f"{only}, or leave it out.",
                )


def _check_conferred(whole: Whole) -> None:
    """Who confers is who decides: nothing else is done in a role's name."""
    deciding = {
        role for step in whole.steps if step.kind in ("decide", "meeting") for role in step.by
    }
    for role in (whole.outcome.get("honour") or {}).get("conferred_by", ()):
        if role not in deciding:
            whole.at("outcome", "honour", "conferred_by").refuse(
                f"{role} 没有 decide 或 meeting 步骤，不会授予。请给它一个步骤，或从 "
                f"conferred_by 中删去；有步骤的角色：{listed(sorted(deciding))}。",
                f"{role} has no step decide or meeting and would confer nothing. Give it a step, "
                f"or take it out of conferred_by; with a step: {listed(sorted(deciding))}.",
            )
