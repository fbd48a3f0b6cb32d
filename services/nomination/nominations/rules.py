"""The rules that only honours have, and what a department's opposition stands for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.procedures.facts import as_date, is_missing
from shared.procedures.rulebook import Facts, FieldName, RuleBook, Verdict
from shared.procedures.verdicts import decided

rules = RuleBook()

# What an office vetoes when it opposes without naming the kind (domain.md A6, opinion sheet).
VETO_OF_OFFICE = {
    "department.tax": "tax_offence",
    "department.market_regulation": "dishonesty",
    "department.human_resources": "wage_arrears",
    "department.emergency": "safety_accident",
    "department.environment": "pollution",
}


@dataclass(frozen=True)
class DepartmentOpinion:
    """The last word of one office in one opinions step. `kinds` are the vetoes it named."""

    office: str
    outcome: str
    kinds: tuple[str, ...]
    given_on: str


def vetoes_of(opinions: Iterable[DepartmentOpinion]) -> list[dict[str, Any]]:
    """The fact `employer_vetoes` of shared/procedures/README.md."""
    return [
        {"kind": kind, "found_on": opinion.given_on, "source": opinion.office}
        for opinion in opinions
        if opinion.outcome == "oppose"
        for kind in opinion.kinds or (VETO_OF_OFFICE.get(opinion.office, opinion.office),)
    ]


@rules.rule(
    "new_contribution_since_same_honour",
    needs=("honours", "competition_results", "certificates", "procedure", "applied_on"),
)
def new_contribution_since_same_honour(
    facts: Facts, programmes: tuple[str, ...] = (), field: FieldName | None = None
) -> Verdict:
    """已获同一荣誉的，任期须已满，且授予之后有新贡献（竞赛成绩、证书、其他荣誉，或 field 所述）。
    Who holds the same honour applies after its term, with a contribution made since it was
    conferred: a competition result, a certificate, another honour, or what `field` says."""
    wanted = programmes or (str(facts["procedure"]),)
    held = [
        one
        for one in facts["honours"]
        if one.get("programme") in wanted and one.get("status", "valid") == "valid"
    ]
    if not held:
        words = ("未获得过同一荣誉。", "The same honour was not conferred before.")
        return decided(True, {"honour_no": None}, words, ("", ""))
    last = max(held, key=lambda one: str(one.get("conferred_on")))
    since, number = str(last.get("conferred_on")), last.get("honour_no")
    ends, on = as_date(last.get("term_ends_on")), as_date(facts["applied_on"])
    new = _newer(facts, since, wanted, field)
    used = {"honour_no": number, "conferred_on": since, "term_ends_on": ends, "new": new}
    if ends is not None and on is not None and on <= ends:
        zh = f"已于 {since} 获得同一荣誉（{number}），任期至 {ends}，任期内不重复授予。"
        en = f"The same honour ({number}) is held until {ends}; it is not given twice in a term."
        return decided(False, used, ("", ""), (zh, en))
    return decided(
        bool(new),
        used,
        (
            f"已于 {since} 获得同一荣誉（{number}），此后有新贡献：{'、'.join(new)}。",
            f"The same honour ({number}) was conferred on {since}; new since: {', '.join(new)}.",
        ),
        (
            f"已于 {since} 获得同一荣誉（{number}），此后没有新的贡献，不重复授予。",
            f"The same honour ({number}) was conferred on {since}, with nothing new since.",
        ),
        (
            "请在取得新的竞赛成绩、证书、荣誉后再申报。",
            "Apply once there is a newer competition result, certificate or honour.",
        ),
    )


def _newer(
    facts: Facts, since: str, programmes: tuple[str, ...], field: FieldName | None
) -> list[str]:
    """What was achieved after `since`, each named in a word or two."""
    found = [
        *_after(facts["competition_results"], "held_on", "title", since),
        *_after(facts["certificates"], "issued_on", "certificate_no", since),
        *_after(
            [one for one in facts["honours"] if one.get("programme") not in programmes],
            "conferred_on",
            "honour_no",
            since,
        ),
    ]
    if field is not None and not is_missing(facts.get(field)):
        found.append(str(field))
    return found


def _after(things: Iterable[Mapping[str, Any]], dated: str, named: str, since: str) -> list[str]:
    return [str(one.get(named)) for one in things if str(one.get(dated) or "") > since]
