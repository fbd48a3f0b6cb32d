"""Rules that compare one fact with what the document says: numbers, words, dates, places."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from shared.kernel.region import covers, region_name
from shared.procedures.facts import is_missing
from shared.procedures.rulebook import (
    Facts,
    FieldName,
    FilesName,
    FlagName,
    NumberName,
    RegionCode,
    RegionName,
    RuleBook,
    Verdict,
)
from shared.procedures.verdicts import answer, decided, label, range_words, unreadable

rules = RuleBook()
_REGION = RegionName("region")


def _same(left: Any, right: Any) -> bool:
    """5 and "5" are the same answer of a form; true and 1 are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return str(left).lower() == str(right).lower()
    return str(left).strip() == str(right).strip()


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@rules.rule("field_equals")
def field_equals(facts: Facts, field: FieldName, value: Any) -> Verdict:
    """字段等于某值。
    The field has this value."""
    return field_in(facts, field, (value,))


@rules.rule("field_in")
def field_in(facts: Facts, field: FieldName, values: tuple[Any, ...]) -> Verdict:
    """字段是所列值之一；字段为多个值时须全部在内。
    The field has one of these values; where it holds several, all of them are among these."""
    held = facts[field]
    several = list(held) if isinstance(held, (list, tuple)) else [held]
    words, mine = label(facts, field), [answer(facts, field, one) for one in several]
    wanted = [answer(facts, field, one) for one in values]
    zh, en = "、".join(one.zh for one in mine), ", ".join(one.en for one in mine)
    zh_all, en_all = "、".join(one.zh for one in wanted), ", ".join(one.en for one in wanted)
    return decided(
        bool(several) and all(any(_same(one, value) for value in values) for one in several),
        {field: held},
        (f"{words.zh}为{zh}，符合要求。", f"{words.en} is {en}, as required."),
        (f"{words.zh}为{zh}，要求为{zh_all}。", f"{words.en} is {en}; required: {en_all}."),
        (f"本事项只适用于{words.zh}为{zh_all}的情形。", f"This is only for {words.en}: {en_all}."),
    )


@rules.rule("field_is_true")
def field_is_true(facts: Facts, field: FlagName) -> Verdict:
    """字段为“是”。
    The field is true."""
    return field_in(facts, FieldName(field), (True,))


@rules.rule("field_is_given", absence_answers=True)
def field_is_given(facts: Facts, field: FieldName) -> Verdict:
    """字段已填写。
    The field is filled in."""
    words = label(facts, field)
    value = facts.get(field)
    given = not is_missing(value) and value not in ([], (), {})
    return decided(
        given,
        {field: "given" if given else None},
        (f"已填写{words.zh}。", f"{words.en} is given."),
        (f"未填写{words.zh}。", f"{words.en} is not given."),
        (f"请补充{words.zh}。", f"Give {words.en}."),
    )


@rules.rule("has_evidence", absence_answers=True)
def has_evidence(facts: Facts, field: FilesName, count: int = 1) -> Verdict:
    """附件字段至少上传 count 份材料。
    At least `count` files are attached under the field."""
    value = facts.get(field)
    held = value if isinstance(value, (list, tuple)) else [] if is_missing(value) else [value]
    words = label(facts, field)
    return decided(
        len(held) >= count,
        {field: len(held)},
        (f"已上传{words.zh} {len(held)} 份。", f"{words.en}: {len(held)} attached."),
        (
            f"{words.zh}需上传至少 {count} 份，现有 {len(held)} 份。",
            f"{words.en}: {len(held)} attached, at least {count} needed.",
        ),
        (f"请上传{words.zh}。", f"Attach {words.en}."),
    )


@rules.rule("field_at_least")
def field_at_least(facts: Facts, field: NumberName, minimum: int) -> Verdict:
    """数值不小于 minimum（含）。
    The number is at least `minimum`, inclusive."""
    return _bounded(facts, field, minimum, None)


@rules.rule("field_at_most")
def field_at_most(facts: Facts, field: NumberName, maximum: int) -> Verdict:
    """数值不大于 maximum（含）。
    The number is at most `maximum`, inclusive."""
    return _bounded(facts, field, None, maximum)


@rules.rule("number_between")
def number_between(facts: Facts, field: NumberName, minimum: int, maximum: int) -> Verdict:
    """数值在两者之间（两端都含）。
    The number is between the two, both inclusive."""
    return _bounded(facts, field, minimum, maximum)


def _bounded(facts: Facts, field: str, minimum: int | None, maximum: int | None) -> Verdict:
    number = _number(facts[field])
    if number is None:
        return unreadable(facts, field)
    words = label(facts, field)
    zh, en = range_words(minimum, maximum)
    passed = (minimum is None or number >= minimum) and (maximum is None or number <= maximum)
    return decided(
        passed,
        {field: facts[field]},
        (f"{words.zh}为 {number}，符合{zh}的要求。", f"{words.en} is {number}, {en} as required."),
        (f"{words.zh}为 {number}，要求{zh}。", f"{words.en} is {number}; it must be {en}."),
        (f"{words.zh}应{zh}。", f"{words.en} must be {en}."),
    )


@rules.rule("region_is_within")
def region_is_within(
    facts: Facts, regions: tuple[RegionCode, ...], field: RegionName = _REGION
) -> Verdict:
    """地区在所列地区之内。
    The region lies in one of these."""
    code, words = str(facts[field]), label(facts, field)
    zh = "、".join(region_name(one.ljust(6, "0"), "zh") for one in regions)
    en = ", ".join(region_name(one.ljust(6, "0"), "en") for one in regions)
    mine = region_name(code, "zh"), region_name(code, "en")
    return decided(
        any(covers(one, code) for one in regions),
        {field: code},
        (f"{words.zh}{mine[0]}在{zh}范围内。", f"{words.en} {mine[1]} is within {en}."),
        (f"{words.zh}{mine[0]}不在{zh}范围内。", f"{words.en} {mine[1]} is not within {en}."),
        (f"请向{mine[0]}的主管部门申请。", f"Apply to the office of {mine[1]}."),
    )
