"""What one entry of a document's rules says of facts, with three-valued logic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.kernel.text import Text
from shared.procedures.facts import is_missing
from shared.procedures.model import FormField, RuleCall, RuleEntry, RuleGroup
from shared.procedures.rulebook import Facts, Finding, RuleBook, Verdict
from shared.procedures.verdicts import FactSheet, missing, unknown

NO_CLAUSE = Text("", "")


def sheet_of(form: Iterable[FormField], facts: Facts) -> FactSheet:
    """The facts under the labels of the form."""
    fields = tuple(form)
    return FactSheet(
        facts,
        {one.name: one.label for one in fields},
        {one.name: {o.value: o.label for o in one.options} for one in fields},
    )


def find(entry: RuleEntry, facts: Facts, rules: RuleBook, clause: Text) -> Finding | None:
    """None: the entry does not apply."""
    clause = entry.clause or clause
    applies: bool | None = True
    if entry.when is not None:
        condition = find(entry.when, facts, rules, clause)
        applies = True if condition is None else condition.passed
    if applies is False:
        return None
    found = (
        _group(entry, facts, rules, clause)
        if isinstance(entry, RuleGroup)
        else _finding(entry.rule, call(entry, facts, rules), clause, entry.blocks)
    )
    if found is None or applies is True or found.passed is True:
        return found
    doubt = unknown(
        f"尚不能确定是否适用：{found.zh}", f"Not known yet whether this applies: {found.en}"
    )
    return _finding(found.rule, doubt, clause, entry.blocks)


def call(entry: RuleCall, facts: Facts, rules: RuleBook) -> Verdict:
    if entry.rule not in rules:  # a case under an old document, after the rule was renamed
        return unknown(
            f"规则 {entry.rule} 已不存在，请人工核对。",
            f"The rule {entry.rule} no longer exists; check by hand.",
        )
    rule = rules[entry.rule]
    absent = [name for name in rule.facts_needed(entry.params) if is_missing(facts.get(name))]
    if absent and not rule.absence_answers:
        return missing(facts, absent)
    return rule.check(facts, **entry.params)


def _finding(rule: str, verdict: Verdict, clause: Text, blocks: str | None) -> Finding:
    return Finding(
        rule=rule,
        passed=verdict.passed,
        facts=verdict.facts,
        clause=clause.zh,
        zh=verdict.zh,
        en=verdict.en,
        remedy_zh=verdict.remedy_zh,
        remedy_en=verdict.remedy_en,
        clause_en=clause.en,
        blocks=blocks,
    )


def _group(group: RuleGroup, facts: Facts, rules: RuleBook, clause: Text) -> Finding | None:
    found = [find(entry, facts, rules, clause) for entry in group.entries]
    members = tuple(finding for finding in found if finding is not None)
    if not members:
        return None
    passed = _PASSED[group.op]([one.passed for one in members])
    zh, en = _sentence(group.op, passed, members)
    remedies = [one for one in members if one.passed is False] if passed is False else []
    joint = ("；或：", "; or: ") if group.op == "any" else ("；", "; ")
    used: dict[str, Any] = {}
    for one in members:
        used.update(one.facts)
    return Finding(
        rule=group.op,
        passed=passed,
        facts=used,
        clause=clause.zh,
        zh=zh,
        en=en,
        remedy_zh=joint[0].join(one.remedy_zh for one in remedies if one.remedy_zh) or None,
        remedy_en=joint[1].join(one.remedy_en for one in remedies if one.remedy_en) or None,
        clause_en=clause.en,
        blocks=group.blocks,
        members=members,
    )


def passed_any(members: Sequence[bool | None]) -> bool | None:
    if True in members:
        return True
    return None if None in members else False


def passed_all(members: Sequence[bool | None]) -> bool | None:
    if False in members:
        return False
    return None if None in members else True


def passed_not(members: Sequence[bool | None]) -> bool | None:
    return None if members[0] is None else not members[0]


_PASSED = {"any": passed_any, "all": passed_all, "not": passed_not}


def _reversed(passed: bool | None, member: Finding) -> tuple[str, str]:
    # The member says "as required" of what must not hold here.
    zh, en = member.zh.replace("，符合要求", ""), member.en.replace(", as required", "")
    if passed is None:
        return f"下列情形不得存在，尚不能确定：{zh}", f"This must not hold; not known yet: {en}"
    if passed:
        return f"下列情形不得存在，经核不存在：{zh}", f"This must not hold, and does not: {en}"
    return f"下列情形不得存在，但已存在：{zh}", f"This must not hold, but does: {en}"


def _sentence(op: str, passed: bool | None, members: Sequence[Finding]) -> tuple[str, str]:
    """The members that decided: those that passed an `any`, those that failed an `all`."""
    if op == "not":
        return _reversed(passed, members[0])
    telling = [one for one in members if one.passed is passed] or list(members)
    zh = "；".join(one.zh.rstrip("。") for one in telling) + "。"
    en = "; ".join(one.en.rstrip(".") for one in telling) + "."
    if passed is None:
        return f"尚不能确定：{zh}", f"Not known yet: {en}"
    heading: Mapping[tuple[str, bool], tuple[str, str]] = {
        ("any", True): ("满足其中之一：", "One is met: "),
        ("any", False): ("各项条件均不满足：", "None is met: "),
        ("all", True): ("全部满足：", "All are met: "),
        ("all", False): ("有条件不满足：", "Not all are met: "),
    }
    before = heading[op, passed]
    return before[0] + zh, before[1] + en
