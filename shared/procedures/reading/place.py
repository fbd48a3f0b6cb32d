"""A place in a document: its value, where it stands, and readers that say what is wrong there."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from shared.kernel.text import Text
from shared.procedures.reading.report import Report
from shared.procedures.reading.shares import read_share
from shared.procedures.reading.yaml_source import child_path

T = TypeVar("T")
D = TypeVar("D")

# Words for the human reader, allowed anywhere and not looked at.
_FREE_KEYS = ("note", "comment", "description")
LARGEST = 2**53
_WORKING_DAYS = re.compile(r"([0-9]+)\s*(wd|个?工作日|working days?)?", re.IGNORECASE)
_FLAGS = {"yes": True, "是": True, "no": False, "否": False}


def nearest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """(" 是否想写…？", " Did you mean …?"), or two empty strings. Full-width marks are named."""
    words = list(known)
    narrow = unicodedata.normalize("NFKC", word).replace("、", ",").strip()
    if narrow != word and not narrow.isalpha():
        return (
            f"其中有全角标点或字母，请改用半角，如 {narrow}（列表用半角逗号分开）。",
            f" It has full-width marks or letters; write {narrow}, with ASCII marks (commas "
            "between the members of a list).",
        )
    word = narrow
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.75)
    if not close and len(word) > 2:
        close = [one for one in words if one.startswith(word)][:1]
    return (f"是否想写 {close[0]}？", f" Did you mean {close[0]}?") if close else ("", "")


def listed(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words)


@dataclass(frozen=True)
class Place:
    value: Any
    path: str
    report: Report

    def refuse(self, zh: str, en: str) -> None:
        self.report.add(self.path, zh, en)

    def warn(self, zh: str, en: str) -> None:
        self.report.add(self.path, zh, en, warning=True)

    def object_to(self, zh: str, en: str) -> None:
        """An error in a document that is offered; nothing in the stored text of a case."""
        if self.report.strict:
            self.refuse(zh, en)

    def doubt(self, zh: str, en: str) -> None:
        """An error in a document that is offered; a warning in one checked without its service."""
        self.report.add(self.path, zh, en, warning=not self.report.strict)

    def child(self, key: str | int, value: Any) -> Place:
        return Place(value, child_path(self.path, key), self.report)

    def get(self, key: str) -> Place | None:
        """The place under `key`; None where it is left out or empty."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return None if value is None else self.child(key, value)

    def read(self, key: str, how: Callable[[Place], T | None], default: D) -> T | D:
        """What `how` makes of the place under `key`; `default` where it is left out or refused."""
        place = self.get(key)
        found = None if place is None else how(place)
        return default if found is None else found

    def need(self, key: str, how: Callable[[Place], T | None], zh: str, en: str) -> T | None:
        """As `read`, but leaving it out is a problem; `zh` and `en` say what to write."""
        place = self.get(key)
        if place is None:
            if not self.is_refused(key):
                self.report.add(
                    child_path(self.path, key), f"缺少 {key}：{zh}", f"{key} is missing: {en}"
                )
            return None
        return how(place)

    def is_refused(self, key: str) -> bool:
        """Whether something is wrong there already, such as a day that does not exist."""
        return child_path(self.path, key) in self.report.paths

    def is_mapping(self, known: Sequence[str]) -> bool:
        """Whether this is a mapping; keys that nobody reads are refused, since a misspelt key that
        is passed over in silence would change what the document decides."""
        if not isinstance(self.value, dict):
            self.refuse(
                f"应为键值对，可用的键：{listed(known)}。", f"Keys expected: {listed(known)}."
            )
            return False
        for key in self.value:
            if key not in known and key not in _FREE_KEYS and not str(key).startswith("x-"):
                zh, en = nearest(str(key), known)
                self.child(key, None).refuse(
                    f"不认识的键 {key}。{zh}可用的键：{listed(known)}。",
                    f"Unknown key {key}.{en} Known keys: {listed(known)}.",
                )
        return True

    def items(self) -> list[Place]:
        """The members of a list; a single value counts as a list of one."""
        if isinstance(self.value, list):
            return [self.child(i, one) for i, one in enumerate(self.value)]
        return [self]

    def words(self) -> tuple[str, ...]:
        found = [one.word() for one in self.items()]
        return tuple(word for word in found if word is not None)

    def word(self) -> str | None:
        """Text on one line; numbers are taken as they are written."""
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int)):
            self.refuse(
                "应为文字；数字、日期、是否等请加引号，列表请只写一个词。",
                'Text is expected; put a number, a date or true in quotes ("2024"); of a list '
                "write one word.",
            )
            return None
        text = str(self.value).strip()
        if not text:
            self.refuse("不能为空。", "This must not be empty.")
            return None
        return text

    def shaped(self, pattern: re.Pattern[str], zh: str, en: str) -> str | None:
        word = self.word()
        if word is not None and not pattern.fullmatch(word):
            self.refuse(f"{word}：{zh}", f"{word}: {en}")
            return None
        return word

    def one_of(self, known: Sequence[str]) -> str | None:
        word = self.word()
        if word is not None and word not in known:
            zh, en = nearest(word, known)
            self.refuse(
                f"不认识 {word}。{zh}可用：{listed(known)}。",
                f"Unknown word {word}.{en} Use one of: {listed(known)}.",
            )
            return None
        return word

    def some_of(self, known: Sequence[str]) -> tuple[str, ...]:
        found = [one.one_of(known) for one in self.items()]
        return tuple(dict.fromkeys(word for word in found if word is not None))

    def text(self) -> Text | None:
        """{zh, en}; one language, or plain text, stands for both."""
        if not isinstance(self.value, dict):
            word = self.word()
            return None if word is None else Text(word, word)
        if not self.is_mapping(("zh", "en")):
            return None
        zh, en = self.read("zh", Place.word, ""), self.read("en", Place.word, "")
        if not zh and not en:
            self.refuse("请写 {zh: 中文, en: English}。", "Write {zh: 中文, en: English}.")
            return None
        return Text(zh or en, en or zh)

    def flag(self) -> bool | None:
        if isinstance(self.value, bool):
            return self.value
        if str(self.value).lower() in _FLAGS:
            return _FLAGS[str(self.value).lower()]
        self.refuse("应为 true 或 false。", "true or false is expected.")
        return None

    def whole(self, least: int = 0, most: int = LARGEST) -> int | None:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.refuse(
                "应为整数，不带小数和单位。",
                "A whole number is expected, without decimals or unit.",
            )
            return None
        if not least <= self.value <= most:
            top = "" if most == LARGEST else f"–{most}"
            self.refuse(
                f"{self.value} 超出范围，应为 {least}{top or ' 或以上'}。",
                f"{self.value} is out of range: {least}{top or ' or more'} is expected.",
            )
            return None
        return self.value

    def day(self) -> date | None:
        if type(self.value) is date:
            return self.value
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            self.refuse("应为日期，如 2024-03-04。", "A date is expected, such as 2024-03-04.")
            return None

    def working_days(self) -> int | None:
        """5wd, 5 or 5个工作日."""
        match = None if isinstance(self.value, bool) else _WORKING_DAYS.fullmatch(str(self.value))
        days = int(match.group(1)[:9]) if match else 0
        if not 1 <= days <= 1000:
            self.refuse(
                f"{self.value}：期限按工作日计，写作 5wd（1 至 1000 个工作日）。",
                f"{self.value}: time limits are in working days, written 5wd (1 to 1000).",
            )
            return None
        if match and (match.group(2) or "wd").lower() != "wd":
            self.object_to(
                f"{self.value}：期限请写作 {days}wd（{days} 个工作日）。",
                f"{self.value}: write {days}wd ({days} working days).",
            )
        return days

    def fraction(self) -> Fraction | None:
        """2/3 or 60%; more than nothing and at most all."""
        text = str(self.value).strip()
        found = read_share(text)
        if isinstance(found, Fraction):
            return found
        zh, en = found
        self.refuse(f"{text}：{zh}", f"{text}: {en}")
        return None
