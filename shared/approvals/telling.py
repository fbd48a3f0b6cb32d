"""What the timeline says of a deed beside its name: a sentence with its facts, in both languages.
Pure; a service says its own deeds (`CaseEffects.tells`)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared.kernel.clock import shanghai_date
from shared.kernel.text import Text

Teller = Callable[[Mapping[str, Any]], Text | None]


def told(action: str, facts: Mapping[str, Any], own: Mapping[str, Teller]) -> Text | None:
    """None for a deed whose name says all, and for an entry without the facts to tell: entries
    are never changed, also where a later release would have written more of them."""
    teller = own.get(action) or TELLS.get(action)
    with suppress(KeyError):
        return teller(facts) if teller else None
    return None


def _published(facts: Mapping[str, Any]) -> Text:
    number, first, last, days = (facts[it] for it in ("notice", "first_day", "last_day", "days"))
    guessed_zh, guessed_en = _guessed(facts)
    return Text(
        f"公示编号 {number}，自 {first} 至 {last}{guessed_zh}，共 {days} 个工作日。",
        f"Notice {number}, from {first} to {last}{guessed_en}, {days} working days.",
    )


def _ended(facts: Mapping[str, Any]) -> Text:
    number, objections, unsettled = (facts[it] for it in ("notice", "objections", "unsettled"))
    if not objections:
        return Text(
            f"公示编号 {number}，公示期间未收到异议。",
            f"Notice {number}; no objection was received.",
        )
    return Text(
        f"公示编号 {number}，公示期间收到异议 {objections} 件，其中 {unsettled} 件尚未处理。",
        f"Notice {number}; objections received: {objections}, not settled yet: {unsettled}.",
    )


def _lodged(facts: Mapping[str, Any]) -> Text:
    number = facts["notice"]
    if facts["named"]:
        return Text(
            f"对公示 {number} 的署名异议，处理完毕前相关内容暂停办理。",
            f"Against notice {number}, with a name; what it concerns waits until it is settled.",
        )
    return Text(
        f"对公示 {number} 的匿名异议，处理完毕前相关内容暂停办理。",
        f"Against notice {number}, without a name; what it concerns waits until it is settled.",
    )


def _decided(facts: Mapping[str, Any]) -> Text | None:
    if facts["kind"] != "objection":
        return None
    return Text("对公示异议的处理结论。", "On the objection to the public notice.")


def _moved(facts: Mapping[str, Any]) -> Text:
    day = shanghai_date(datetime.fromisoformat(facts["due"]))
    guessed_zh, guessed_en = _guessed(facts)
    return Text(f"新的期限为 {day}{guessed_zh}。", f"It now ends on {day}{guessed_en}.")


def _taken_over(facts: Mapping[str, Any]) -> Text:
    before, after = facts["from"], facts["to"]
    return Text(f"原由 {before} 领取，现由 {after} 接手。", f"{after} took it over from {before}.")


def _lapsed(facts: Mapping[str, Any]) -> Text:
    before = facts["from"]
    return Text(f"原由 {before} 领取。", f"It was reserved by {before}.")


def _doubted(facts: Mapping[str, Any]) -> Text:
    return Text(f"编号 {facts['number']}。", f"Number {facts['number']}.")


def _follows_version(facts: Mapping[str, Any]) -> Text:
    version, left = facts["version"], facts["left"]
    if not left:
        return Text(f"现按 {version} 版办理。", f"Version {version} holds for it now.")
    zh, en = (sep.join(each[lang] for each in left) for lang, sep in (("zh", "、"), ("en", ", ")))
    return Text(
        f"现按 {version} 版办理，该版不再填写：{zh}，原填内容未带入。",
        f"Version {version} holds for it now; it asks no more for: {en}. What was written there "
        "was left behind.",
    )


def _guessed(facts: Mapping[str, Any]) -> tuple[str, str]:
    return ("（暂定）", " (provisional)") if facts["provisional"] else ("", "")


TELLS: Mapping[str, Teller] = {
    "doubt_raised": _doubted,
    "doubt_settled": _doubted,
    "draft_follows_version": _follows_version,
    "due_date_settled": _moved,
    "notice_published": _published,
    "notice_ended": _ended,
    "objection_lodged": _lodged,
    "reservation_lapsed": _lapsed,
    "task_decided": _decided,
    "task_taken_over": _taken_over,
}
