"""Occupation codes of the national classification (职业分类大典): class-group-family-occupation."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

_SHAPE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_TABLE = Path(__file__).with_name("data") / "occupations.csv"


class InvalidOccupation(DomainError):
    code = "invalid_occupation"
    zh = "职业代码不正确，应如 6-18-02-04。"
    en = "This is not an occupation code; it looks like 6-18-02-04."


def parse_occupation(text: str, *, field: str | None = None, row: int | None = None) -> str:
    """The code as N-NN-NN-NN. The table below is no authority (no complete list was reachable), so
    an unknown code of the right shape is accepted. Raises InvalidOccupation."""
    code = without_spaces(text).translate(_DASHES)
    if not _SHAPE.fullmatch(code):
        raise InvalidOccupation(field=field, row=row)
    return code


def occupation_name(code: str, lang: str) -> str:
    """Its name, or the code itself where the table (data/occupations.csv) has none."""
    row = _occupations().get(code)
    return code if row is None else row[1 if lang == "en" else 0]


@cache
def _occupations() -> dict[str, tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}
