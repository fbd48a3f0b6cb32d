"""Rules about who may be assessed: years of work, schooling, titles (national standards)."""

from __future__ import annotations

from typing import Literal

from shared.procedures.facts import as_whole
from shared.procedures.rulebook import Facts, RuleBook, Verdict
from shared.procedures.verdicts import decided, missing, unreadable

rules = RuleBook()
_GRADUATIONS = ("none", "vocational", "senior_technical", "college", "university")
_GRADUATION_WORDS = {
    "none": ("无", "none"),
    "vocational": ("技工院校/中等职业学校", "a vocational school"),
    "senior_technical": ("技工院校高级工班", "a senior technical class"),
    "college": ("高职/大专", "a junior college"),
    "university": ("大学本科", "a university"),
}
School = Literal["vocational", "senior_technical", "college", "university"]
_TITLES = ("none", "junior", "intermediate", "senior")
_TITLE_WORDS = {
    "none": ("无职称", "no title"),
    "junior": ("初级职称", "junior title"),
    "intermediate": ("中级职称", "intermediate title"),
    "senior": ("高级职称", "senior title"),
}


@rules.rule("years_in_occupation_at_least", needs=("years_in_occupation",))
def years_in_occupation_at_least(facts: Facts, years: int) -> Verdict:
    """累计从事本职业或相关职业满 years 年（含）。
    At least `years` years in this or a related occupation."""
    worked = as_whole(facts["years_in_occupation"])
    if worked is None:
        return unreadable(facts, "years_in_occupation")
    return decided(
        worked >= years,
        {"years_in_occupation": worked},
        (
            f"从事本职业或相关职业 {worked} 年，满 {years} 年。",
            f"{worked} years in the occupation; {years} are needed.",
        ),
        (
            f"从事本职业或相关职业 {worked} 年，不满 {years} 年。",
            f"{worked} years in the occupation, fewer than {years}.",
        ),
        ("请由用人单位出具工作年限证明。", "Have the employer confirm the years of work."),
    )


@rules.rule("graduated_at_least", needs=("graduation",))
def graduated_at_least(
    facts: Facts,
    level: School,
    related: bool = True,
) -> Verdict:
    """毕业于该类及以上院校（related：限本专业或相关专业）。
    Graduated from such a school or above, in a related specialty unless `related` is false."""
    held = str(facts["graduation"])
    if held not in _GRADUATIONS:
        return unreadable(facts, "graduation")
    enough = _GRADUATIONS.index(held) >= _GRADUATIONS.index(level)
    zh, en = _GRADUATION_WORDS[level]
    return _graduated(facts, held, enough, related, (f"{zh}及以上", f"{en} or above"))


@rules.rule("graduated_from", needs=("graduation",))
def graduated_from(facts: Facts, kinds: tuple[School, ...], related: bool = True) -> Verdict:
    """毕业于所列类别的院校之一，不含更高学历（related：限本专业或相关专业）。
    Graduated from one of these kinds of school and from no other, in a related specialty unless
    `related` is false."""
    held = str(facts["graduation"])
    if held not in _GRADUATIONS:
        return unreadable(facts, "graduation")
    wanted = [_GRADUATION_WORDS[one] for one in kinds]
    words = "或".join(one[0] for one in wanted), " or ".join(one[1] for one in wanted)
    return _graduated(facts, held, held in kinds, related, words)


def _graduated(
    facts: Facts, held: str, enough: bool, related: bool, required: tuple[str, str]
) -> Verdict:
    if enough and related and facts.get("graduation_related") is None:
        return missing(facts, ["graduation_related"])
    specialty = not related or facts.get("graduation_related") is True
    (mine, mine_en), (zh, en) = _GRADUATION_WORDS[held], required
    subject, subject_en = ("本专业或相关专业", " in a related specialty") if related else ("", "")
    return decided(
        enough and specialty,
        {"graduation": held, "graduation_related": facts.get("graduation_related")},
        (f"毕业于{mine}，符合要求。", f"Graduated from {mine_en}, as required."),
        (
            f"毕业院校：{mine}；要求{zh}{subject}。",
            f"Graduated from {mine_en}; required: {en}{subject_en}.",
        ),
    )


@rules.rule("holds_title_at_least", needs=("title_level",))
def holds_title_at_least(
    facts: Facts, level: Literal["junior", "intermediate", "senior"], years: int = 0
) -> Verdict:
    """取得该级或更高职称满 years 年。
    Holds this professional title (职称) or a higher one for `years` years."""
    held = str(facts["title_level"])
    if held not in _TITLES:
        return unreadable(facts, "title_level")
    enough = _TITLES.index(held) >= _TITLES.index(level)
    since = as_whole(facts.get("title_years"))
    if enough and years and since is None:
        return missing(facts, ["title_years"])
    (mine, mine_en), (zh, en) = _TITLE_WORDS[held], _TITLE_WORDS[level]
    return decided(
        enough and (since or 0) >= years,
        {"title_level": held, "title_years": since},
        (f"{mine}，取得 {since or 0} 年，符合要求。", f"{mine_en} for {since or 0} years."),
        (
            f"{mine}，取得 {since or 0} 年；要求{zh}满 {years} 年。",
            f"{mine_en} for {since or 0} years; required: {en} for {years} years.",
        ),
    )


@rules.rule("apprenticeship_is_finished", needs=("apprenticeship_finished",))
def apprenticeship_is_finished(facts: Facts) -> Verdict:
    """学徒期满。
    The apprenticeship is finished."""
    return decided(
        facts["apprenticeship_finished"] is True,
        {"apprenticeship_finished": facts["apprenticeship_finished"]},
        ("学徒期已满。", "The apprenticeship is finished."),
        ("学徒期未满。", "The apprenticeship is not finished."),
    )


@rules.rule("organisation_scope_covers", needs=("organisation_scope_covers",))
def organisation_scope_covers(facts: Facts) -> Verdict:
    """评价机构的备案范围覆盖该职业、等级和日期。
    The organisation's filing covers occupation, level and day."""
    return decided(
        facts["organisation_scope_covers"] is True,
        {"organisation_scope_covers": facts["organisation_scope_covers"]},
        ("在评价机构备案范围内。", "Within the organisation's filed scope."),
        (
            "不在评价机构备案范围内，或备案已过期。",
            "Outside the filed scope, or the filing lapsed.",
        ),
        ("请先办理备案扩项或续期。", "Have the scope extended or the filing renewed first."),
    )
