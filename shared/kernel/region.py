"""Administrative regions (行政区划, GB/T 2260): six digits, province, city and county in pairs."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

LEVELS = ("unit", "county", "city", "province", "nation")
NATION = "000000"
_DIGITS_KEPT = {"unit": 6, "county": 6, "city": 4, "province": 2, "nation": 0}
_SHAPE = re.compile(r"[0-9]{6}")
_TABLE = Path(__file__).with_name("data") / "regions.csv"


class InvalidRegion(DomainError):
    code = "invalid_region"
    zh = "行政区划代码不正确，应为 6 位数字，如 421281。"
    en = "This is not a region code; six digits are expected, such as 421281."


def parse_region(text: str, *, field: str | None = None, row: int | None = None) -> str:
    code = without_spaces(text) if isinstance(text, str) else ""
    if not _SHAPE.fullmatch(code):
        raise InvalidRegion(field=field, row=row)
    return code


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
    """Its name, or the code itself where the table (data/regions.csv) has none."""
    row = _regions().get(code)
    return code if row is None else row[1 if lang == "en" else 0]


def is_known(code: str) -> bool:
    """Whether the table has it."""
    return code in _regions()


def regions_within(code: str) -> list[str]:
    """The known regions that `code` covers, in order, itself included."""
    return [known for known in _regions() if covers(code, known)]


@cache
def _regions() -> dict[str, tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}
