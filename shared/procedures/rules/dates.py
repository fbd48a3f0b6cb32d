"""Rules about days: periods in months, spans, ages."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.procedures.facts import as_date
from shared.procedures.months import add_months, full_years
from shared.procedures.rulebook import DateName, Facts, RuleBook, Verdict
from shared.procedures.verdicts import decided, label, missing, range_words, unreadable

rules = RuleBook()
_APPLIED_ON = DateName("applied_on")


@rules.rule("date_within_months", needs=("applied_on",))
def date_within_months(
    facts: Facts, field: DateName, months: int, of: DateName = _APPLIED_ON
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


@rules.rule("date_at_least_months_ago", needs=("applied_on",))
def date_at_least_months_ago(
    facts: Facts, field: DateName, months: int, of: DateName = _APPLIED_ON
) -> Verdict:
    """字段日期至 of 日期已满 months 个月（对应日即满），如入职满 3 年写 36。
    At the day `of` (default: of application) `months` months have passed since the field's date;
    the corresponding day is enough. Three years in the unit: 36."""
    start, on = as_date(facts[field]), as_date(facts[of])
    if start is None or on is None:
        return unreadable(facts, field if start is None else of)
    full = add_months(start, months)
    words, then = label(facts, field), label(facts, of)
    return decided(
        on >= full,
        {field: start, of: on, "full_on": full},
        (
            f"{words.zh} {start}，至{then.zh} {on} 已满 {months} 个月（{full} 满）。",
            f"{words.en} {start}: {months} months were full on {full}, by {then.en} {on}.",
        ),
        (
            f"{words.zh} {start}，至{then.zh} {on} 未满 {months} 个月（{full} 才满）。",
            f"{words.en} {start}: {months} months are only full on {full}, after {then.en} {on}.",
        ),
        (f"请在 {full} 或以后办理。", f"Apply on {full} or later."),
    )


@rules.rule("date_between")
def date_between(
    facts: Facts, field: DateName, earliest: date | None = None, latest: date | None = None
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
    zh, en = range_words(minimum, maximum)
    return decided(
        age >= minimum and (maximum is None or age <= maximum),
        used,  # the age, never the birth date: findings are shown
        (f"申请日 {on} 年满 {age} 周岁，符合要求。", f"Aged {age} on {on}, as required."),
        (f"申请日 {on} 年满 {age} 周岁，要求{zh}。", f"Aged {age} on {on}; must be {en}."),
    )
