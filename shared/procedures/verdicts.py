"""How the shared rules say yes, no and not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.kernel.text import Text
from shared.procedures.facts import as_json, fact_label
from shared.procedures.rulebook import Facts, Verdict


class FactSheet(dict[str, Any]):
    """Facts with the words for them: `labels` of the form's fields, `answers` of its choices."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        labels: Mapping[str, Text] | None = None,
        answers: Mapping[str, Mapping[str, Text]] | None = None,
    ) -> None:
        super().__init__(facts)
        self.labels = dict(labels or {})
        self.answers = {name: dict(words) for name, words in (answers or {}).items()}


def label(facts: Facts, name: str) -> Text:
    return fact_label(name, facts.labels if isinstance(facts, FactSheet) else None)


def answer(facts: Facts, name: str, value: Any) -> Text:
    """How a value of a field is read: the option's label, or the value itself."""
    words = facts.answers.get(name, {}) if isinstance(facts, FactSheet) else {}
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    return words.get(str(value)) or Text(str(value), str(value))


def decided(
    passed: bool,
    used: Mapping[str, Any],
    yes: tuple[str, str],
    no: tuple[str, str],
    remedy: tuple[str, str] | None = None,
) -> Verdict:
    """Yes or no, each as (Chinese, English); the remedy is given with a no."""
    zh, en = yes if passed else no
    if passed or remedy is None:
        return Verdict(passed, zh, en, as_json(used))
    return Verdict(passed, zh, en, as_json(used), *remedy)


def unknown(zh: str, en: str, used: Mapping[str, Any] | None = None) -> Verdict:
    return Verdict(None, zh, en, as_json(used or {}))


def missing(facts: Facts, names: Iterable[str]) -> Verdict:
    """Which facts are not there yet."""
    labels = [label(facts, name) for name in names]
    return unknown(
        f"尚缺：{'、'.join(one.zh for one in labels)}，暂不能判断。",
        f"Not known yet, missing: {', '.join(one.en for one in labels)}.",
    )


def unreadable(facts: Facts, name: str) -> Verdict:
    words = label(facts, name)
    return unknown(
        f"{words.zh}的内容无法识别，暂不能判断。",
        f"Not known yet: {words.en} cannot be read.",
    )


def range_words(minimum: Any, maximum: Any) -> tuple[str, str]:
    if maximum is None:
        return f"不小于 {minimum}", f"at least {minimum}"
    if minimum is None:
        return f"不大于 {maximum}", f"at most {maximum}"
    return f"在 {minimum} 至 {maximum} 之间", f"between {minimum} and {maximum}"


LEVEL_NAMES = {
    5: Text("五级/初级工", "level 5"),
    4: Text("四级/中级工", "level 4"),
    3: Text("三级/高级工", "level 3"),
    2: Text("二级/技师", "level 2"),
    1: Text("一级/高级技师", "level 1"),
}


def level_name(level: int) -> Text:
    return LEVEL_NAMES.get(level, Text(f"{level} 级", f"level {level}"))
