"""Rules that compare one fact with what the document says: numbers, words, dates, places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.kernel.region import covers, region_name
from shared.procedures.facts import as_date, is_missing
from shared.procedures.months import add_months, full_years
from shared.procedures.rulebook import Facts, FieldName, RegionCode, RuleBook, Verdict
from shared.procedures.verdicts import answer, decided, label, missing, unreadable

rules = RuleBook()
_APPLIED_ON, _REGION = FieldName("applied_on"), FieldName("region")


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
def field_is_true(facts: Facts, field: FieldName) -> Verdict:
    """字段为“是”。
    The field is true."""
    return field_in(facts, field, (True,))


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
def has_evidence(facts: Facts, field: FieldName, count: int = 1) -> Verdict:
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
def field_at_least(facts: Facts, field: FieldName, minimum: int) -> Verdict:
    """数值不小于 minimum（含）。
    The number is at least `minimum`, inclusive."""
    return _bounded(facts, field, minimum, None)


@rules.rule("field_at_most")
def field_at_most(facts: Facts, field: FieldName, maximum: int) -> Verdict:
    """数值不大于 maximum（含）。
    The number is at most `maximum`, inclusive."""
    return _bounded(facts, field, None, maximum)


@rules.rule("number_between")
def number_between(facts: Facts, field: FieldName, minimum: int, maximum: int) -> Verdict:
    """数值在两者之间（两端都含）。
    The number is between the two, both inclusive."""
    return _bounded(facts, field, minimum, maximum)


def _bounded(facts: Facts, field: str, minimum: int | None, maximum: int | None) -> Verdict:
    number = _number(facts[field])
    if number is None:
        return unreadable(facts, field)
    words = label(facts, field)
    zh, en = _range(minimum, maximum)
    passed = (minimum is None or number >= minimum) and (maximum is None or number <= maximum)
    return decided(
        passed,
        {field: facts[field]},
        (f"{words.zh}为 {number}，符合{zh}的要求。", f"{words.en} is {number}, {en} as required."),
        (f"{words.zh}为 {number}，要求{zh}。", f"{words.en} is {number}; it must be {en}."),
        (f"{words.zh}应{zh}。", f"{words.en} must be {en}."),
    )


def _range(minimum: Any, maximum: Any) -> tuple[str, str]:
    if maximum is None:
        return f"不小于 {minimum}", f"at least {minimum}"
    if minimum is None:
        return f"不大于 {maximum}", f"at most {maximum}"
    return f"在 {minimum} 至 {maximum} 之间", f"between {minimum} and {maximum}"


@rules.rule("date_within_months", needs=("applied_on",))
def date_within_months(
    facts: Facts, field: FieldName, months: int, of: FieldName = _APPLIED_ON
) -> Verdict:
    """字段日期至 of 日期不超过 months 个月（末日含）。
    The day `of` (default: of application) is not before the field's date nor more than `months`
    months after it; the last day counts."""
    start, on = as_date(facts[field]), as_date(facts[of])
    if start is None or on is None:
        return unreadable(facts, field if start is None else of)
    last = add_months(start, months)
    words, then = label(facts, field), label(facts, of)
    used = {field: start, of: on, "last_day": last}
    remedy = (f"最迟应在 {last} 办理。", f"The last day was {last}.")
    if on < start:
        zh = f"{words.zh} {start} 晚于{then.zh} {on}。"
        return decided(False, used, ("", ""), (zh, f"{words.en} {start} is after {then.en} {on}."))
    return decided(
        on <= last,
        used,
        (
            f"{words.zh} {start}，至{then.zh} {on} 未超过 {months} 个月（最迟 {last}）。",
            f"{words.en} {start}: {then.en} {on} is within {months} months (last day {last}).",
        ),
        (
            f"{words.zh} {start}，至{then.zh} {on} 已超过 {months} 个月（最迟 {last}）。",
            f"{words.en} {start}: {then.en} {on} is past {months} months (last day {last}).",
        ),
        remedy,
    )


@rules.rule("date_between")
def date_between(
    facts: Facts, field: FieldName, earliest: date | None = None, latest: date | None = None
) -> Verdict:
    """日期在两者之间（两端都含，可只写一端）。
    The date is between the two, both inclusive; either may be left out."""
    day = as_date(facts[field])
    if day is None:
        return unreadable(facts, field)
    words = label(facts, field)
    span = f"{earliest or '…'} – {latest or '…'}"
    return decided(
        (earliest is None or day >= earliest) and (latest is None or day <= latest),
        {field: day},
        (f"{words.zh} {day}，在 {span} 之内。", f"{words.en} {day} is within {span}."),
        (f"{words.zh} {day}，不在 {span} 之内。", f"{words.en} {day} is not within {span}."),
    )


@rules.rule("age_between", needs=("birth_date", "applied_on"))
def age_between(
    facts: Facts,
    minimum: int = 0,
    maximum: int | None = None,
    maximum_male: int | None = None,
    maximum_female: int | None = None,
) -> Verdict:
    """申请日的周岁在两者之间（两端都含，生日当天满岁）；可按性别设上限。
    Full years of age on the day of application, both ends inclusive (60 lasts until the day
    before the 61st birthday)."""
    born, on = as_date(facts["birth_date"]), as_date(facts["applied_on"])
    if born is None or on is None:
        return unreadable(facts, "birth_date" if born is None else "applied_on")
    limits = {"male": maximum_male, "female": maximum_female}
    used: dict[str, Any] = {"applied_on": on}
    if maximum_male is not None or maximum_female is not None:
        sex = facts.get("sex")
        if sex not in limits:
            return missing(facts, ["sex"])
        used["sex"] = sex
        maximum = limits[sex] if limits[sex] is not None else maximum
    age = full_years(born, on)
    used["age"] = age
    zh, en = _range(minimum, maximum)
    return decided(
        age >= minimum and (maximum is None or age <= maximum),
        used,  # the age, never the birth date: findings are shown
        (f"申请日 {on} 年满 {age} 周岁，符合要求。", f"Aged {age} on {on}, as required."),
        (f"申请日 {on} 年满 {age} 周岁，要求{zh}。", f"Aged {age} on {on}; must be {en}."),
    )


@rules.rule("region_is_within")
def region_is_within(
    facts: Facts, regions: tuple[RegionCode, ...], field: FieldName = _REGION
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
