"""What a document reads must be there: facts of rules, fields, events, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared.procedures.capabilities import Supply
from shared.procedures.checking.whole import Whole, calls_of
from shared.procedures.facts import FACT_TYPES, FACTS
from shared.procedures.model import FormField, RuleCall
from shared.procedures.reading.place import Place, listed, nearest

# What a field may be that bears the name of a fact; the lists are no form's.
_TYPES_OF_FACT: Mapping[str, tuple[str, ...]] = {
    **{name: (kind,) for name, kind in FACT_TYPES.items()},
    "employer": ("credit_code",),
    "level": ("level", "choice"),
    "occupation": ("occupation",),
    "certificate_no": ("certificate_no",),
    "honour_no": ("honour_no",),
    "sex": ("choice",),
    "employment_status": ("choice",),
    "graduation": ("choice",),
    "title_level": ("choice",),
}
_LEVELS = ("1", "2", "3", "4", "5")


def check_supplies(whole: Whole) -> None:
    _check_fields(whole)
    _check_facts(whole)
    _check_row_facts(whole)
    _check_values(whole)
    _check_proposal(whole)
    _check_settings(whole)


def _placed_fields(whole: Whole) -> Iterator[tuple[FormField, Place]]:
    written = whole.place.get("form")
    return zip(whole.form.values(), [] if written is None else written.items(), strict=True)


def _check_fields(whole: Whole) -> None:
    region = whole.form.get("region")
    if region is None or region.type != "region" or not region.required:
        whole.at("form").refuse(
            "表单要有必填的地区字段：{field: region, type: region, required: true}；由它决定哪个"
            "地方的单位办理。",
            "The form needs its region, filled in: {field: region, type: region, required: true}; "
            "it says which place's offices decide.",
        )
    for field, place in _placed_fields(whole):
        if field.name in FACTS and not _fits(field):
            kinds = _TYPES_OF_FACT.get(field.name, ())
            zh = f"类型应为 {listed(kinds)}" if kinds else "由系统提供，不由申请人填写"
            en = f"use type {listed(kinds)}" if kinds else "the system supplies it"
            place.refuse(
                f"{field.name} 也是系统事实的名字（{FACTS[field.name].zh}），{zh}；"
                "否则请换一个字段名。",
                f"{field.name} is also the name of a known fact ({FACTS[field.name].en}): "
                f"{en}; else "
                "give the field another name.",
            )


def _fits(field: FormField) -> bool:
    if field.name == "level" and field.type == "choice":
        return all(option.value in _LEVELS for option in field.options)
    return field.type in _TYPES_OF_FACT.get(field.name, ())


def _check_facts(whole: Whole) -> None:
    for call, place in whole.calls():
        for name in whole.needs_of(call):
            ensure_known(whole, place, f"规则 {call.rule}", f"Rule {call.rule}", name)


def ensure_known(whole: Whole, place: Place, zh: str, en: str, name: str) -> None:
    """Refuse the place where a case would never know the fact `name`; `zh`, `en`: who asks."""
    field = whole.form.get(name)
    if field is not None:
        if field.personal and name not in ("birth_date", "sex"):
            place.refuse(
                f"{zh} 读取个人信息字段 {name}；规则看不到个人信息，结论会一直是“尚不能确定”，"
                "不能通过。请删去这条规则，或在该字段不写 personal: true（类型 identity_number、"
                "phone、bank_account 总是个人信息）。",
                f"{en} reads the personal field {name}. Rules never see personal data, so no case "
                "would be approved. Leave the rule out, or the field's `personal: true` (fields of "
                "type identity_number, phone, bank_account are always personal).",
            )
        return
    supply = whole.can.facts.get(name)
    lacking = _unknown_here(whole) if supply is None else _lacking(whole, supply)
    if lacking is not None:
        what = FACTS[name]
        place.refuse(
            f"{zh} 需要 {name}（{what.zh}），{lacking[0]}",
            f"{en} needs {name} ({what.en}): {lacking[1]}",
        )


def _unknown_here(whole: Whole) -> tuple[str, str]:
    service = whole.can.service
    return (
        f"而 {service} 服务不提供它，结论会一直是“尚不能确定”，不能通过。请删去这条规则，改用表单"
        "字段（field_…、date_… 等规则），或改由能提供它的服务办理。",
        f"the {service} service does not know it, so no case would be approved. Leave the rule "
        "out, ask a form field instead (rules field_…, date_…), or use another service.",
    )


def _lacking(whole: Whole, supply: Supply) -> tuple[str, str] | None:
    kind = supply.field_type
    if kind is not None and not whole.has_field(kind):
        written = f"{{field: {kind}, type: {kind}, required: true}}"
        return (
            f"它来自类型 {kind} 的表单字段，而表单中没有。请在 form 中加 {written}。",
            f"it is known by a form field of type {kind}, and there is none. Add {written}.",
        )
    if supply.step_kind is not None and not any(s.kind == supply.step_kind for s in whole.steps):
        step = supply.step_kind
        return (
            f"它来自 {step} 步骤，而文件中没有。请加一个 {step} 步骤，或删去这条规则。",
            f"it comes of a step of kind {step}, and there is none. Add one, or leave the rule "
            "out.",
        )
    if supply.setting is not None and supply.setting not in whole.values["settings"]:
        return (
            f"它来自 settings.{supply.setting}，而文件中没有。请在 settings 中写上。",
            f"it comes of settings.{supply.setting}, which is missing. Write it under settings.",
        )
    return None


def _check_row_facts(whole: Whole) -> None:
    written = whole.place.get("row_rules")
    if written is not None and not whole.can.row_facts:
        written.refuse(
            f"{whole.can.service} 服务没有名单，不读取 row_rules。请删去；逐人的条件只能在 "
            "assessment 服务中使用。",
            f"The {whole.can.service} service has no rosters and does not read row_rules. Leave "
            "it out; rules for each row are for the assessment service.",
        )
        return
    for entry, place in whole.row_conditions():
        for call in calls_of(entry):
            for name in whole.needs_of(call):
                if name not in whole.can.row_facts:
                    place.refuse(
                        f"规则 {call.rule} 需要 {name}，名单的行中没有它。可用："
                        f"{listed(sorted(whole.can.row_facts))}。",
                        f"Rule {call.rule} needs {name}, which no row of a roster has. Use: "
                        f"{listed(sorted(whole.can.row_facts))}.",
                    )


def _check_values(whole: Whole) -> None:
    """Words that a rule compares with, where all the words that there are are known."""
    for call, place in whole.calls():
        if call.rule in ("field_equals", "field_in"):
            _check_options(whole, call, place)
        for tier in call.params.get("tiers", ()) if whole.can.tiers else ():
            if tier not in whole.can.tiers:
                zh, en = nearest(tier, whole.can.tiers)
                place.refuse(
                    f"没有竞赛级别 {tier}。{zh}可用：{listed(whole.can.tiers)}。",
                    f"There is no tier {tier}.{en} Use: {listed(whole.can.tiers)}.",
                )


def _check_options(whole: Whole, call: RuleCall, place: Place) -> None:
    field = whole.form.get(str(call.params.get("field")))
    known = [option.value for option in field.options] if field is not None else []
    given = call.params.get("values", (call.params.get("value"),))
    for value in given if field is not None and field.type == "choice" else ():
        if str(value) not in known:
            zh, en = nearest(str(value), known)
            place.refuse(
                f"字段 {call.params['field']} 没有选项 {value}。{zh}可用：{listed(known)}。",
                f"Field {call.params['field']} has no option {value}.{en} Use: {listed(known)}.",
            )


def _check_proposal(whole: Whole) -> None:
    proposal = whole.values["proposed_from"]
    if proposal is None:
        return
    if not whole.can.proposals:
        whole.at("proposed_from").refuse(
            f"{whole.can.service} 服务不由事件提出办件，不读取 proposed_from。请删去，由本人申报。",
            f"The {whole.can.service} service proposes nothing from events and does not read "
            "proposed_from. Leave it out; people apply themselves.",
        )
        return
    event = proposal["event"]
    carried = whole.can.proposals.get(event)
    if carried is None:
        zh, en = nearest(event, whole.can.proposals)
        whole.at("proposed_from", "event").refuse(
            f"没有可以提出办件的事件 {event}。{zh}可用：{listed(whole.can.proposals)}。",
            f"No event {event} proposes cases.{en} Use: {listed(whole.can.proposals)}.",
        )
        return
    named = [("where", key, key) for key in proposal["where"]]
    named += [("fields", key, value) for key, value in proposal["fields"].items()]
    for part, key, name in [*named, ("person", "", proposal["person"])]:
        if name not in carried:
            zh, en = nearest(name, sorted(carried))
            whole.at("proposed_from", part, *([key] if key else [])).refuse(
                f"事件 {event} 没有 {name}。{zh}可用：{listed(sorted(carried))}。",
                f"Event {event} carries no {name}.{en} Use: {listed(sorted(carried))}.",
            )
    for name in proposal["fields"]:
        field = whole.form.get(name)
        if field is None:
            whole.at("proposed_from", "fields", name).refuse(
                f"表单中没有字段 {name}。可用：{listed(whole.form)}。",
                f"The form has no field {name}. Fields: {listed(whole.form)}.",
            )
        elif field.personal:
            whole.at("proposed_from", "fields", name).refuse(
                f"{name} 是个人信息，不能由事件填写。请删去，由本人填写。",
                f"{name} is personal and not filled in from an event. Leave it to the person.",
            )


def _check_settings(whole: Whole) -> None:
    place = whole.place.get("settings")
    if place is None:
        return
    known = tuple(whole.can.settings)
    if not known and any(not str(key).startswith("x-") for key in place.value):
        place.refuse(
            f"{whole.can.service} 服务不读取 settings。请删去；备注请写在 note 或 x-… 中。",
            f"The {whole.can.service} service reads no settings. Leave them out; remarks go under "
            "note or x-….",
        )
        return
    place.is_mapping(known)
    for key, check in whole.can.settings.items():
        under = place.get(key)
        if under is not None:
            check(under)
