"""What a sitting needs of its document: its day and subject, the parts that are judged, and results
before they are published."""

from __future__ import annotations

from shared.procedures.capabilities import Examination
from shared.procedures.checking.passing import LEVELS, may_pass
from shared.procedures.checking.whole import Whole
from shared.procedures.reading.place import Place, listed


def check_examination(whole: Whole) -> None:
    needed = whole.can.examination
    if needed is None:
        return
    _check_fields(whole, needed)
    _check_parts(whole, needed)
    _check_notices(whole, needed)


def _check_fields(whole: Whole, needed: Examination) -> None:
    for name, kind in needed.fields.items():
        field = whole.form.get(name)
        if field is None or not field.required or field.personal:
            written = f"{{field: {name}, type: {kind}, required: true}}"
            whole.at("form").refuse(
                f"表单缺少必填的、非个人信息的 {name}：没有它不能开出考核批次。请写 {written}。",
                f"The form does not ask for {name} (required, not personal): no sitting can be "
                f"opened without it. Write {written}.",
            )


def _check_parts(whole: Whole, needed: Examination) -> None:
    """Each judged part once, for every level that the document admits; what it leaves out would be
    demanded and judged all the same."""
    settings = whole.place.get("settings")
    parts = None if settings is None else settings.get("parts")
    if parts is None or any(path.startswith(parts.path) for path in parts.report.paths):
        return
    written = [(one.value["part"], one) for one in parts.items()]
    names = [name for name, _ in written]
    for name, place in written:
        if names.count(name) > 1:
            place.refuse(
                f"科目 {name} 写了两次。请删去一个。",
                f"Part {name} is written twice. Leave one out.",
            )
            return
    admitted = [level for level in LEVELS if may_pass(whole, "level", level)]
    for name in needed.judged:
        if name not in names:
            _refuse_partial(parts, name, admitted)
    for name, place in written:
        under = place.get("levels")
        levels = LEVELS if under is None else [str(one.value) for one in under.items()]
        lacking = [level for level in admitted if level not in levels]
        if name in needed.judged and lacking:
            _refuse_partial(place.child("levels", None), name, lacking)


def _refuse_partial(place: Place, name: str, levels: list[str]) -> None:
    place.refuse(
        f"parts 中没有 {listed(levels)} 级的 {name}，但各级考生都要考、都要合格，目前还不能免考。"
        f"请给 {name} 补上这些等级，或用规则 level_in 排除这些等级。",
        f"parts has no {name} for level {listed(levels)}, though everybody must take and pass it; "
        f"a part cannot be left out yet. Add these levels to {name}, or refuse them by a rule "
        "level_in.",
    )


def _check_notices(whole: Whole, needed: Examination) -> None:
    keys = [step.key for step in whole.steps]
    if needed.known_after not in keys:  # refused elsewhere
        return
    for step, place in whole.placed_steps():
        if step.kind == "notice" and keys.index(step.key) < keys.index(needed.known_after):
            place.refuse(
                f"公示 {step.key} 公布合格人员，而此时成绩尚未锁定，无人可公示，办件会停在这里。"
                f"请把它移到步骤 {needed.known_after} 之后。",
                f"Notice {step.key} shows those who passed, and before the scores are locked there "
                f"is nobody to show: cases would stop here. Move it after step "
                f"{needed.known_after}.",
            )
