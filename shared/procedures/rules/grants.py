"""Rules about what the person was granted before. Where it cannot be said whether an earlier grant
counts, the answer is "not known yet": money is not paid twice on a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from shared.kernel.occupation import occupation_name
from shared.procedures.facts import as_date, as_whole, is_missing
from shared.procedures.rulebook import Facts, RuleBook, Verdict
from shared.procedures.verdicts import decided, level_name, missing, unknown, unreadable

rules = RuleBook()
Grant = Mapping[str, Any]
Per = Literal["person", "occupation", "level", "certificate", "year"]
_PER_FACTS = {
    "occupation": "occupation",
    "level": "level",
    "certificate": "certificate_no",
    "year": "applied_on",
}


def _plain(value: Any) -> str:
    return "".join(str(value).split()).upper()


def _in_schemes(grant: Grant, schemes: Iterable[str]) -> bool:
    wanted = set(schemes)
    return not wanted or str(grant.get("scheme")) in wanted


def _equal(left: Any, right: Any) -> bool | None:
    return None if is_missing(left) or is_missing(right) else _plain(left) == _plain(right)


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def _same_year(grant: Grant, facts: Facts) -> bool | None:
    """By the day of application of both: it stands, whenever either is granted."""
    theirs, on = as_date(grant.get("applied_on")), as_date(facts.get("applied_on"))
    return None if theirs is None or on is None else theirs.year == on.year


def _first(grants: list[Grant], matches: list[bool | None]) -> Grant | None:
    return next((grant for grant, match in zip(grants, matches, strict=True) if match), None)


def _named(grant: Grant) -> tuple[str, str]:
    """A grant in a few words: day of application, scheme, occupation, level."""
    level, code = as_whole(grant.get("level")), grant.get("occupation")
    zh = [str(grant.get("applied_on") or ""), str(grant.get("scheme") or "")]
    en = list(zh)
    if code:
        zh.append(occupation_name(str(code), "zh"))
        en.append(occupation_name(str(code), "en"))
    if level:
        zh.append(level_name(level).zh)
        en.append(level_name(level).en)
    return " ".join(one for one in zh if one), " ".join(one for one in en if one)


def _answer(
    grants: list[Grant],
    matches: list[bool | None],
    used: Mapping[str, Any],
    rule: tuple[str, str],
    none: tuple[str, str],
) -> Verdict:
    """No grant matches: passed; one does: failed, and it is named; one may: not known yet."""
    hit = _first(grants, matches)
    if hit is not None:
        zh, en = _named(hit)
        shown = {**used, "grant": {key: hit.get(key) for key in _SHOWN}}
        sentence = (
            f"{rule[0]}：已申请享受（{zh}）。",
            f"{rule[1]}: applied for before ({en}).",
        )
        return decided(False, shown, none, sentence, _REMEDY)
    if None in matches:
        return unknown(
            f"{rule[0]}：以往享受记录不完整，暂不能判断。",
            f"{rule[1]}: an earlier grant's record is incomplete; not known yet.",
            used,
        )
    return decided(True, used, none, none)


_SHOWN = ("scheme", "occupation", "level", "certificate_no", "applied_on")
_REMEDY = (
    "如该笔补贴并非本人领取或已退回，请携带凭证到经办机构核对。",
    "If that grant was not yours, or was paid back, have the office check it.",
)


@rules.rule("not_granted_before", needs=("previous_grants", "scheme"))
def not_granted_before(
    facts: Facts,
    per: tuple[Per, ...] = ("person", "occupation", "level"),
    schemes: tuple[str, ...] = (),
) -> Verdict:
    """同一人（及所列各项：occupation 职业、level 等级、certificate 证书、year 自然年）只享受一次；
    默认按本项目 计，可写 schemes。
    Granted once per person and the things named, in this scheme or in `schemes`."""
    keys = [key for key in dict.fromkeys(per) if key != "person"]
    absent = [_PER_FACTS[key] for key in keys if is_missing(facts.get(_PER_FACTS[key]))]
    if absent:
        return missing(facts, absent)
    wanted = schemes or (str(facts["scheme"]),)
    grants = [one for one in facts["previous_grants"] if _in_schemes(one, wanted)]

    def matches(grant: Grant) -> bool | None:
        return _all(
            _same_year(grant, facts)
            if key == "year"
            else _equal(grant.get(_PER_FACTS[key]), facts[_PER_FACTS[key]])
            for key in keys
        )

    used = {_PER_FACTS[key]: facts[_PER_FACTS[key]] for key in keys}
    used["previous_grants"] = len(grants)
    what, what_en = "、".join(_PER_WORDS[key][0] for key in keys), ", ".join(keys)
    rule = (f"同一{what or '人'}只能享受一次", f"Once per person{', ' if keys else ''}{what_en}")
    none = (f"以往未就同一{what or '人'}享受过。", f"Not granted before ({what_en or 'person'}).")
    return _answer(grants, [matches(one) for one in grants], used, rule, none)


_PER_WORDS = {
    "occupation": ("职业", "occupation"),
    "level": ("等级", "level"),
    "certificate": ("证书", "certificate"),
    "year": ("年度", "year"),
}


@rules.rule("grants_per_year_at_most", needs=("previous_grants", "applied_on", "scheme"))
def grants_per_year_at_most(facts: Facts, count: int, schemes: tuple[str, ...] = ()) -> Verdict:
    """每人每自然年最多享受 count 次，含本次；本次与以往均按申请日计年。
    At most `count` grants a person in a calendar year, this one included; the day of application
    decides the year, of this one and of the earlier ones."""
    on = as_date(facts["applied_on"])
    if on is None:
        return unreadable(facts, "applied_on")
    wanted = schemes or (str(facts["scheme"]),)
    grants = [one for one in facts["previous_grants"] if _in_schemes(one, wanted)]
    matches = [_same_year(one, facts) for one in grants]
    sure, doubtful = matches.count(True), matches.count(None)
    used = {"applied_on": on, "granted_this_year": sure}
    if sure < count <= sure + doubtful:
        return unknown(
            f"{on.year} 年享受次数的记录不完整。",
            f"The record of grants in {on.year} is incomplete.",
            used,
        )
    return decided(
        sure < count,
        used,
        (
            f"{on.year} 年已申请享受 {sure} 次，每年最多 {count} 次。",
            f"{sure} applied for in {on.year}; at most {count} a year.",
        ),
        (
            f"{on.year} 年已申请享受 {sure} 次，已达每年 {count} 次的上限。",
            f"{sure} applied for in {on.year}: the limit of {count} a year is reached.",
        ),
        (
            f"可在 {on.year + 1} 年、证书申请期限内再申请。",
            f"Apply again in {on.year + 1}, while the certificate still allows it.",
        ),
    )


@rules.rule(
    "no_lower_level_after_higher", needs=("previous_grants", "occupation", "level", "scheme")
)
def no_lower_level_after_higher(facts: Facts, schemes: tuple[str, ...] = ()) -> Verdict:
    """同一职业已享受高等级的，不再享受低等级（同等级不在此条）。
    After a grant for a higher level of an occupation, none for a lower one; the same level is
    another rule's affair."""
    level = as_whole(facts["level"])
    if level is None:
        return unreadable(facts, "level")
    wanted = schemes or (str(facts["scheme"]),)
    grants = [one for one in facts["previous_grants"] if _in_schemes(one, wanted)]

    def is_higher(grant: Grant) -> bool | None:
        other = as_whole(grant.get("level"))
        return None if other is None else other < level

    matches = [
        _all((_equal(one.get("occupation"), facts["occupation"]), is_higher(one))) for one in grants
    ]
    words = level_name(level)
    return _answer(
        grants,
        matches,
        {"occupation": facts["occupation"], "level": level},
        (
            f"同一职业已享受高等级补贴的，不再享受{words.zh}补贴",
            f"After a higher level of the occupation, none for {words.en}",
        ),
        (
            "同一职业未享受过更高等级的补贴。",
            "No higher level of this occupation was granted before.",
        ),
    )


@rules.rule("not_funded_for_same_certificate", needs=("previous_grants", "certificate_no"))
def not_funded_for_same_certificate(facts: Facts, schemes: tuple[str, ...] = ()) -> Verdict:
    """同一证书未享受过任何补贴（或 schemes 所列补贴）。
    Nothing was granted for this certificate, in any scheme or in `schemes`."""
    grants = [one for one in facts["previous_grants"] if _in_schemes(one, schemes)]
    matches = [_equal(one.get("certificate_no"), facts["certificate_no"]) for one in grants]
    # A grant that is for no certificate (an allowance of an honour) cannot be for this one.
    matches = [False if match is None else match for match in matches]
    return _answer(
        grants,
        matches,
        {"certificate_no": facts["certificate_no"]},
        ("同一证书不得重复享受补贴", "A certificate is funded once"),
        ("该证书未享受过补贴。", "Nothing was granted for this certificate before."),
    )
