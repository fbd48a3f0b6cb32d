"""Rules about skill-level certificates and what a case's level and occupation may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from shared.kernel.occupation import occupation_name
from shared.kernel.text import Text
from shared.procedures.facts import as_date, as_whole, is_missing
from shared.procedures.months import add_months
from shared.procedures.rulebook import Facts, Level, RuleBook, Verdict
from shared.procedures.verdicts import decided, level_name, missing, unknown, unreadable

rules = RuleBook()

_ISSUERS = {
    "Y": ("用人单位", "an employer"),
    "S": ("社会培训评价组织", "a third-party assessment organisation"),
}

_STATUS = {
    "valid": ("有效", "valid"),
    "revoked": ("已被撤销", "revoked"),
    "suspended": ("暂停使用", "suspended"),
    "not_found": ("在全国联网查询中未查到", "not found in the national register"),
    "other_holder": ("不属于申请人本人", "somebody else's"),
}


@rules.rule("certificate_is_valid", needs=("certificate_status",))
def certificate_is_valid(facts: Facts) -> Verdict:
    """证书可查、有效且属于本人。
    The certificate is found, valid and the applicant's own."""
    status = str(facts["certificate_status"])
    zh, en = _STATUS.get(status, (f"状态为 {status}", status))
    number = facts.get("certificate_no")
    name = f"证书 {number} " if number else "证书"
    return decided(
        status == "valid",
        {"certificate_status": status, "certificate_no": number},
        (f"{name}{zh}。", f"The certificate {number or ''} is valid.".replace("  ", " ")),
        (f"{name}{zh}。", f"The certificate {number or ''} is {en}.".replace("  ", " ")),
        (
            "请核对证书编号；如信息有误，请联系发证机构更正后再申请。",
            "Check the number; if the record is wrong, have the issuing organisation correct it.",
        ),
    )


@rules.rule("certificate_issued_by", needs=("certificate_no",))
def certificate_issued_by(facts: Facts, kinds: tuple[Literal["Y", "S"], ...]) -> Verdict:
    """证书由所列类别的评价机构颁发，按编号首位：Y 用人单位，S 社会培训评价组织。
    The certificate was issued by such an organisation, by the first letter of its number: Y an
    employer, S a third-party organisation."""
    number = str(facts["certificate_no"]).strip().upper()
    zh, en = _ISSUERS.get(number[:1], ("其他机构", "another kind of issuer"))
    wanted = [_ISSUERS[kind] for kind in kinds]
    all_zh, all_en = "、".join(one[0] for one in wanted), ", ".join(one[1] for one in wanted)
    return decided(
        number[:1] in kinds,
        {"certificate_no": number},
        (f"证书由{zh}颁发。", f"Issued by {en}."),
        (f"证书由{zh}颁发，本项仅限{all_zh}颁发的证书。", f"Issued by {en}; only {all_en} count."),
    )


@rules.rule("applied_within_months_of_issue", needs=("certificate_issued_on", "applied_on"))
def applied_within_months_of_issue(facts: Facts, months: int) -> Verdict:
    """自证书签发之日起 months 个月内申请（对应日为最后一天，含）。
    Applied within `months` months of issue; the corresponding day is the last one and counts."""
    issued, on = as_date(facts["certificate_issued_on"]), as_date(facts["applied_on"])
    if issued is None or on is None:
        return unreadable(facts, "certificate_issued_on" if issued is None else "applied_on")
    last = add_months(issued, months)
    used = {"certificate_issued_on": issued, "applied_on": on, "last_day": last}
    if on < issued:
        zh = f"证书签发于 {issued}，晚于申请日 {on}。"
        en = f"The certificate was issued on {issued}, after the application of {on}."
        return decided(False, used, ("", ""), (zh, en), ("请待证书签发后申请。", "Apply after."))
    return decided(
        on <= last,
        used,
        (
            f"证书签发于 {issued}，申请日 {on} 在 {months} 个月内（最迟 {last}）。",
            f"Issued on {issued}; applied on {on}, within {months} months (last day {last}).",
        ),
        (
            f"证书签发于 {issued}，至申请日 {on} 已超过 {months} 个月（最迟 {last}）。",
            f"Issued on {issued}; applied on {on}, past {months} months (last day {last}).",
        ),
        (
            f"本证书的申请期限已于 {last} 届满，不能补办；"
            f"以后取得新证书请在签发后 {months} 个月内申请。",
            f"The time for this certificate ended on {last} and cannot be reopened; apply for a "
            f"new certificate within {months} months of its issue.",
        ),
    )


@rules.rule("level_in", needs=("level",))
def level_in(facts: Facts, levels: tuple[Level, ...]) -> Verdict:
    """技能等级在所列等级之内（5 初级工 … 1 高级技师）。
    The level is one of these."""
    level = as_whole(facts["level"])
    if level is None:
        return unreadable(facts, "level")
    mine, wanted = level_name(level), [level_name(one) for one in levels]
    zh, en = "、".join(one.zh for one in wanted), ", ".join(one.en for one in wanted)
    return decided(
        level in levels,
        {"level": level},
        (f"技能等级为{mine.zh}，在范围内。", f"The level is {mine.en}, one of those covered."),
        (f"技能等级为{mine.zh}，本项仅限{zh}。", f"The level is {mine.en}; covered: {en}."),
    )


@rules.rule("occupation_in", needs=("occupation",))
def occupation_in(facts: Facts, occupations: tuple[str, ...]) -> Verdict:
    """职业在所列职业之内；可写大类、中类，如 6-18。
    The occupation is one of these, or lies in one of these groups (6-18)."""
    code = str(facts["occupation"]).strip()
    inside = any(code == one or code.startswith(one.rstrip("-") + "-") for one in occupations)
    zh, en = occupation_name(code, "zh"), occupation_name(code, "en")
    wanted = "、".join(f"{one} {occupation_name(one, 'zh')}" for one in occupations)
    wanted_en = ", ".join(f"{one} {occupation_name(one, 'en')}" for one in occupations)
    return decided(
        inside,
        {"occupation": code},
        (f"职业 {code} {zh} 在范围内。", f"The occupation {code} {en} is covered."),
        (
            f"职业 {code} {zh} 不在范围内（{wanted}）。",
            f"The occupation {code} {en} is not covered ({wanted_en}).",
        ),
    )


def _is_valid(certificate: Mapping[str, Any]) -> bool:
    return certificate.get("status", "valid") in ("valid", None)


def _held(facts: Facts, level: int, occupation: str) -> list[Mapping[str, Any]]:
    """Valid certificates of this level or a higher one."""
    return [
        one
        for one in facts["certificates"]
        if _is_valid(one)
        and (as_whole(one.get("level")) or 9) <= level
        and (occupation == "any" or str(one.get("occupation")) == str(facts["occupation"]))
    ]


@rules.rule("holds_certificate_at_least", needs=("certificates", "applied_on"))
def holds_certificate_at_least(
    facts: Facts,
    level: Level,
    years: int = 0,
    occupation: Literal["same", "any"] = "same",
) -> Verdict:
    """持有本职业该等级或更高等级的有效证书，取得后满 years 年（对应日即满）。
    Holds a valid certificate of this level or a higher one for `years` full years; the
    anniversary itself is enough."""
    if occupation == "same" and is_missing(facts.get("occupation")):
        return missing(facts, ["occupation"])
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")
    dates = [as_date(one.get("issued_on")) for one in _held(facts, level, occupation)]
    first = min((day for day in dates if day is not None and day <= on), default=None)
    full = None if first is None else add_months(first, 12 * years)
    if None in dates and (full is None or full > on):  # the undated one may be old enough
        used = {"applied_on": on, "earliest_issued_on": first}
        return unknown("证书签发日期未知。", "A certificate's date of issue is not known.", used)
    return _held_since(level_name(level), first, full, years, on)


def _held_since(
    level: Text, first: date | None, full: date | None, years: int, on: date
) -> Verdict:
    used = {"applied_on": on, "earliest_issued_on": first, "full_on": full}
    if first is None or full is None:
        zh = f"未持有{level.zh}及以上的有效证书。"
        en = f"No valid certificate of {level.en} or above is held."
        remedy = (f"请先取得{level.zh}。", f"Obtain {level.en} first.")
        return decided(False, used, ("", ""), (zh, en), remedy)
    needed = f"（需满 {years} 年）" if years else ""
    return decided(
        full <= on,
        used,
        (
            f"{level.zh}及以上证书取得于 {first}，至 {on} 符合要求{needed}。",
            f"{level.en} or above held since {first}, enough on {on} ({years} years needed).",
        ),
        (
            f"{level.zh}及以上证书取得于 {first}，至 {on} 不满 {years} 年（{full} 满）。",
            f"{level.en} or above held since {first}; {years} years are full on {full}, not {on}.",
        ),
        (f"请于 {full} 及以后申请。", f"Apply on {full} or later."),
    )


@rules.rule("holds_no_such_level_yet", needs=("certificates", "occupation", "level"))
def holds_no_such_level_yet(facts: Facts) -> Verdict:
    """尚未取得本职业同等级或更高等级的有效证书。
    No valid certificate of this occupation at this level or above is held yet."""
    level = as_whole(facts["level"])
    if level is None:
        return unreadable(facts, "level")
    held = _held(facts, level, "same")
    number = held[0].get("certificate_no") if held else None
    words = level_name(level)
    return decided(
        not held,
        {"level": level, "occupation": facts["occupation"], "certificate_no": number},
        (f"尚未取得{words.zh}及以上证书。", f"{words.en} or above is not held yet."),
        (
            f"已持有{words.zh}或以上证书 {number}。",
            f"Already holds {number} at {words.en} or above.",
        ),
    )
