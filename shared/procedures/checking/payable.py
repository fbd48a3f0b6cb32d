"""An entitlement must be paid in the end: to a person, into an account, an amount that is known."""

from __future__ import annotations

from typing import Any

from shared.procedures.checking.passing import always, may_pass, possible_values
from shared.procedures.checking.supplies import ensure_known
from shared.procedures.checking.whole import Whole, calls_of
from shared.procedures.reading.place import Place, listed

# What one certificate or honour settles: who names it has said these too.
_BY_EVIDENCE = frozenset({"occupation", "level", "certificate_no", "honour_no"})


def check_payable(whole: Whole) -> None:
    if whole.entitlement is None or "entitlement" not in whole.can.outcomes:
        return
    _check_last(whole)
    _check_account(whole)
    _check_subject(whole)
    if whole.values["amount"] is None:
        whole.at("amount").refuse(
            "outcome 是 entitlement 时要写 amount，如 {fen: 150000}（分）。",
            "An entitlement needs an amount, such as {fen: 150000}.",
        )
    else:
        _check_amount(whole, whole.values["amount"], whole.at("amount"))


def _check_last(whole: Whole) -> None:
    key = whole.can.completed_by["entitlement"]
    for number, (step, place) in enumerate(whole.placed_steps(), start=1):
        if step.key != key:
            continue
        if number != len(whole.steps):
            place.refuse(
                f"步骤 {key} 须是最后一步：款项拨付后不再有人决定。请移到 steps 的末尾。",
                f"Step {key} must be the last: nobody decides after the money is on its way. Move "
                "it to the end of steps.",
            )
        if step.settings["withdrawable"]:
            place.refuse(
                f"步骤 {key} 要写 withdrawable: false：款项在途时不得撤回，条件须在此之前核对。",
                f"Step {key} needs withdrawable: false: nobody withdraws while money is on its "
                "way, and the findings are checked before.",
            )


def _check_account(whole: Whole) -> None:
    accounts = [field for field in whole.form.values() if field.type == "bank_account"]
    if len(accounts) > 1:
        whole.at("form").refuse(
            f"表单有几个收款账号（{listed(field.name for field in accounts)}），不知道付到哪一个。"
            "请只留一个。",
            f"The form has several accounts ({listed(field.name for field in accounts)}), and it "
            "is not said which is paid. Keep one.",
        )
    elif not accounts or not accounts[0].required:
        whole.at("form").refuse(
            "outcome 是 entitlement，表单要有必填的收款账号，否则通过后无处付款：{field: "
            "payee_account, type: bank_account, required: true}。",
            "With an entitlement the form must ask for the account, or there is nowhere to pay: "
            "{field: payee_account, type: bank_account, required: true}.",
        )


def _check_subject(whole: Whole) -> None:
    entitlement = whole.entitlement or {}
    place = whole.at("outcome", "entitlement", "subject")
    supplied = [name for name in whole.can.subject_facts if _is_supplied(whole, name)]
    known = [*(f.name for f in whole.form.values() if f.required and not f.personal), *supplied]
    for name in entitlement["subject"]:
        if name not in known:
            place.refuse(
                f"subject 中的 {name} 不是必填的、非个人信息的表单字段，也不是已知的事实；同一事项"
                f"会被重复支付或张冠李戴。可用：{listed(known)}。",
                f"{name} under subject is no form field that is required and not personal, nor a "
                f"fact that is known: one thing could be paid twice. Use: {listed(known)}.",
            )
    beyond = [name for name in entitlement["subject"] if name not in _BY_EVIDENCE]
    evidence = [f for f in whole.form.values() if f.type in ("certificate_no", "honour_no")]
    if beyond and evidence:
        place.refuse(
            f"同一证书或荣誉（{evidence[0].name}）只给付一次，"
            f"subject 中的 {listed(beyond)} 不起作用：第二次会被拒绝。"
            "请从 subject 中删去；按月、分期给付目前还不能写。",
            f"For one certificate or honour ({evidence[0].name}) one grant is made; "
            f"{listed(beyond)} under subject has no effect and the second claim is refused. Take "
            "it out; payments by the month or in parts cannot be said yet.",
        )


def _is_supplied(whole: Whole, name: str) -> bool:
    supply = whole.can.facts.get(name)
    return supply is not None and (supply.field_type is None or whole.has_field(supply.field_type))


def _check_amount(whole: Whole, amount: dict[str, Any], place: Place) -> None:
    if isinstance(amount["fen"], dict):
        _check_table(whole, amount, place)
    elif amount["fen"] == 0:
        _refuse_zero(place.child("fen", None))
    for key in ("at_most", "cap"):
        if amount[key] == 0:
            _refuse_zero(place.child(key, None))
    for key in ("by", "times"):
        if amount[key] is not None:
            _check_filled_in(whole, place.child(key, None), amount[key])
    if amount["times"] is not None:
        _check_times(whole, amount["times"], place.child("times", None))
    for uplift in amount["uplift"]:
        for call in calls_of(uplift["when"]) if uplift["when"] is not None else ():
            for name in whole.needs_of(call):
                _check_filled_in(whole, place.child("uplift", None), name)


def _refuse_zero(place: Place) -> None:
    place.refuse(
        "金额不能是 0：通过的办件会无款可付。请写大于 0 的金额；不给付的情形请用规则排除。",
        "An amount is never 0: an approved case would have nothing to be paid. Write more than 0; "
        "refuse by a rule what is not to be paid.",
    )


def _check_filled_in(whole: Whole, place: Place, name: str) -> None:
    ensure_known(whole, place, "金额", "The amount", name)
    field = whole.form.get(name)
    if field is not None and not field.required:
        place.refuse(
            f"金额取决于字段 {name}，而它可以不填，金额会不确定。请给该字段写 required: true。",
            f"The amount depends on field {name}, which may be left blank: it would not be known. "
            "Write required: true there.",
        )


def _check_table(whole: Whole, amount: dict[str, Any], place: Place) -> None:
    name, table = str(amount["by"]), amount["fen"]
    possible = possible_values(whole, name)
    if possible is None:
        place.child("by", None).refuse(
            f"{name} 的取值无法列全，可能没有对应的金额。按表给付请用 choice 字段或 level。",
            f"The values of {name} cannot be listed, so some would have no amount. For a table use "
            "a choice field or level.",
        )
        return
    passing = [value for value in possible if may_pass(whole, name, value)]
    for value in [one for one in passing if one not in table]:
        place.child("fen", None).refuse(
            f"{name} 为 {value} 时通过全部规则，却没有金额。请补上金额，或用规则排除（如 "
            f"{_excluding(name, list(table))}）。",
            f"With {name} {value} every rule passes, but there is no amount. Add one, or refuse it "
            f"by a rule, such as {_excluding(name, list(table))}.",
        )
    for value, fen in table.items():
        if value not in possible:
            place.child("fen", None).child(value, None).refuse(
                f"{name} 没有 {value} 这个值，这一行不起作用。可用：{listed(possible)}。",
                f"{name} is never {value}; this line has no effect. Use: {listed(possible)}.",
            )
        elif fen == 0:
            _refuse_zero(place.child("fen", None).child(value, None))


def _excluding(name: str, values: list[str]) -> str:
    if name == "level":
        return f"{{rule: level_in, levels: [{listed(values)}]}}"
    return f"{{rule: field_in, field: {name}, values: [{listed(values)}]}}"


def _check_times(whole: Whole, name: str, place: Place) -> None:
    field = whole.form.get(name)
    at_least = [field.minimum or 0] if field is not None else [0]
    for call in always(whole):
        if call.params.get("field") == name and call.rule in ("field_at_least", "number_between"):
            at_least.append(call.params["minimum"])
        elif call.rule == f"{name}_at_least":
            at_least.append(max(value for value in call.params.values() if isinstance(value, int)))
    if max(at_least) < 1:
        place.refuse(
            f"times: {name} 可能是 0，通过的办件会无款可付。请给该字段写 minimum: 1。",
            f"times: {name} may be 0, and an approved case would have nothing to be paid. Write "
            "minimum: 1 at that field.",
        )
