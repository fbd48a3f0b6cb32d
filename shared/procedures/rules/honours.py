"""Rules about competitions, honours and the employer's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from shared.procedures.facts import as_date, as_whole, is_missing
from shared.procedures.months import add_months
from shared.procedures.rulebook import Facts, RuleBook, Verdict
from shared.procedures.verdicts import decided, missing, unknown, unreadable

rules = RuleBook()
VETOES = {
    "wage_arrears": ("拖欠工资", "wages in arrears"),
    "insurance_arrears": ("欠缴社会保险费", "social insurance in arrears"),
    "no_union": ("未建工会", "no trade union"),
    "no_congress": ("未建职代会", "no workers' congress"),
    "no_collective_contract": ("未签集体合同", "no collective contract"),
    "safety_accident": ("安全生产事故", "a safety accident"),
    "occupational_disease": ("严重职业危害", "a serious occupational disease"),
    "mass_incident": ("群体性事件", "a mass incident"),
    "pollution": ("环境污染", "pollution"),
    "tax_offence": ("涉税违法", "a tax offence"),
    "dishonesty": ("严重失信", "serious dishonesty"),
}

Veto = Literal[
    "wage_arrears",
    "insurance_arrears",
    "no_union",
    "no_congress",
    "no_collective_contract",
    "safety_accident",
    "occupational_disease",
    "mass_incident",
    "pollution",
    "tax_offence",
    "dishonesty",
]


@rules.rule("competition_rank_at_most", needs=("competition_results", "applied_on"))
def competition_rank_at_most(
    facts: Facts,
    rank: int,
    tiers: tuple[str, ...] = (),
    within_months: int | None = None,
    occupation: Literal["same", "any"] = "any",
) -> Verdict:
    """有一次竞赛名次在前 rank 名（含）；可限竞赛级别、年限、职业。
    Ranked at `rank` or better in a competition (of these tiers, within so many months, of the
    same occupation)."""
    if occupation == "same" and is_missing(facts.get("occupation")):
        return missing(facts, ["occupation"])
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")

    found = [
        one
        for one in facts["competition_results"]
        if 1 <= (as_whole(one.get("rank")) or 0) <= rank
        and (not tiers or str(one.get("tier")) in tiers)
        and (occupation == "any" or str(one.get("occupation")) == str(facts["occupation"]))
        and _held_within(one, on, within_months)
    ]
    best: Mapping[str, Any] = min(found, key=lambda one: as_whole(one.get("rank")) or 0, default={})
    title, place, held = best.get("title", ""), best.get("rank"), best.get("held_on", "")
    limits = "" if within_months is None else f"（{within_months} 个月内）"
    return decided(
        bool(found),
        {"competition": {k: best.get(k) for k in ("title", "tier", "rank", "held_on")}}
        if found
        else {"competition_results": len(facts["competition_results"])},
        (f"{held} {title}第 {place} 名。", f"Rank {place} in {title} on {held}."),
        (
            f"没有前 {rank} 名的竞赛成绩{limits}。",
            f"No competition result at rank {rank} or better counts.",
        ),
    )


def _held_within(result: Mapping[str, Any], on: date, within_months: int | None) -> bool:
    """A result without a day counts only where no day is asked for."""
    held = as_date(result.get("held_on"))
    if held is None:
        return within_months is None
    return held <= on and (within_months is None or on <= add_months(held, within_months))


def _is_valid(honour: Mapping[str, Any]) -> bool:
    return honour.get("status", "valid") in ("valid", None)


@rules.rule("holds_honour", needs=("honours", "applied_on"))
def holds_honour(
    facts: Facts, programmes: tuple[str, ...], within_months: int | None = None
) -> Verdict:
    """持有所列项目之一的有效荣誉（可限授予后多少个月内，末日含）。
    Holds a valid honour of one of these programmes, conferred within so many months."""
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")
    held = [
        one for one in facts["honours"] if _is_valid(one) and one.get("programme") in programmes
    ]
    return _in_term(held, on, within_months, "、".join(programmes))


@rules.rule("honour_is_valid", needs=("honours", "honour_no", "applied_on"))
def honour_is_valid(
    facts: Facts, programmes: tuple[str, ...] = (), within_months: int | None = None
) -> Verdict:
    """honour_no 所指荣誉属于本人、有效、属于所列项目、仍在期限内（末日含）。
    The honour of `honour_no` is the applicant's, valid, of these programmes, and still in its
    term."""
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")
    number = str(facts["honour_no"]).strip()
    held = [
        one
        for one in facts["honours"]
        if str(one.get("honour_no")) == number
        and _is_valid(one)
        and (not programmes or one.get("programme") in programmes)
    ]
    return _in_term(held, on, within_months, number)


def _in_term(
    held: list[Mapping[str, Any]], on: date, within_months: int | None, what: str
) -> Verdict:
    dates = [as_date(one.get("conferred_on")) for one in held]
    days = sorted(day for day in dates if day is not None and day <= on)
    used = {"applied_on": on, "conferred_on": days[-1] if days else None}
    if not held or (not days and None not in dates):
        zh, en = f"没有有效的荣誉（{what}）。", f"There is no valid honour ({what})."
        return decided(False, used, ("", ""), (zh, en))
    if not days:
        return unknown("荣誉的授予日期未知。", "The date of conferral is not known.", used)
    if within_months is None:
        zh, en = f"荣誉授予于 {days[-1]}，有效。", f"Conferred on {days[-1]}, valid."
        return decided(True, used, (zh, en), ("", ""))
    last = add_months(days[-1], within_months)
    if on > last and None in dates:
        return unknown("荣誉的授予日期未知。", "The date of conferral is not known.", used)
    return decided(
        on <= last,
        {**used, "last_day": last},
        (
            f"荣誉授予于 {days[-1]}，在期限内（至 {last}）。",
            f"Conferred on {days[-1]}, until {last}.",
        ),
        (
            f"荣誉授予于 {days[-1]}，至 {on} 已过期（至 {last}）。",
            f"Conferred on {days[-1]}; its term ended on {last}, before {on}.",
        ),
    )


@rules.rule("no_same_honour_before", needs=("honours", "procedure", "applied_on"))
def no_same_honour_before(
    facts: Facts, programmes: tuple[str, ...] = (), within_months: int | None = None
) -> Verdict:
    """未获得过同一荣誉（或 programmes 所列荣誉）；写 within_months 时，满期限后可再申报。
    The same honour was not conferred before; with `within_months`, not within them (the last
    day counts)."""
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")
    wanted = programmes or (str(facts["procedure"]),)
    held = [one for one in facts["honours"] if _is_valid(one) and one.get("programme") in wanted]

    def bars(honour: Mapping[str, Any]) -> bool:
        day = as_date(honour.get("conferred_on"))
        return within_months is None or day is None or on <= add_months(day, within_months)

    barring = next((one for one in held if bars(one)), None)
    shown = {} if barring is None else barring
    number, day = shown.get("honour_no"), shown.get("conferred_on")
    return decided(
        barring is None,
        {"applied_on": on, "honour_no": number, "conferred_on": day},
        ("未重复获得同一荣誉。", "The same honour was not conferred before."),
        (
            f"已于 {day} 获得同一荣誉（{number}），不重复授予。",
            f"The same honour ({number}) was conferred on {day}; it is not given twice.",
        ),
    )


@rules.rule("employer_has_no_veto", needs=("employer_vetoes", "applied_on"))
def employer_has_no_veto(
    facts: Facts,
    kinds: tuple[Veto, ...] = (),
    within_months: int | None = None,
    lapsing: tuple[Veto, ...] = (),
) -> Verdict:
    """用人单位没有（within_months 个月内的）一票否决情形；kinds 为空指全部情形；
    写 lapsing 时，期限只对这些情形，其余不论何时。
    The employer has none of these adverse records (of the last so many months; with `lapsing`,
    only these kinds lapse, and any other bars whenever it was found)."""
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")

    def bars(veto: Mapping[str, Any]) -> bool:
        found = as_date(veto.get("found_on"))
        kind = veto.get("kind")
        current = (
            within_months is None
            or found is None
            or (bool(lapsing) and kind not in lapsing)
            or on <= add_months(found, within_months)
        )
        return (not kinds or kind in kinds) and current

    barring = [one for one in facts["employer_vetoes"] if bars(one)]
    named = [VETOES.get(str(one.get("kind")), (str(one.get("kind")),) * 2) for one in barring]
    zh, en = "、".join(one[0] for one in named), ", ".join(one[1] for one in named)
    dates = ", ".join(str(one.get("found_on")) for one in barring if one.get("found_on"))
    return decided(
        not barring,
        {"applied_on": on, "employer_vetoes": [str(one.get("kind")) for one in barring]},
        ("用人单位没有一票否决情形。", "The employer has no barring record."),
        (
            f"用人单位有一票否决情形：{zh}（{dates}）。",
            f"The employer has a barring record: {en} ({dates}).",
        ),
        (
            "请单位整改并取得主管部门证明。",
            "The employer must put it right and have that confirmed.",
        ),
    )
