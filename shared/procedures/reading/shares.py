"""Shares of a vote: 2/3, 60%, 过半数."""

from __future__ import annotations

import re
from fractions import Fraction

_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})")
_PERCENT = re.compile(r"([0-9]{1,9})\s*%")
_DECIMAL = re.compile(r"[0-9]*\.[0-9]+%?")
_SHARES = {
    "half": Fraction(1, 2),
    "more than half": Fraction(1, 2),
    "过半数": Fraction(1, 2),
    "半数以上": Fraction(1, 2),
    "two thirds": Fraction(2, 3),
    "三分之二": Fraction(2, 3),
    "三分之二以上": Fraction(2, 3),
    "all": Fraction(1),
    "全体": Fraction(1),
}


def read_share(text: str) -> Fraction | tuple[str, str]:
    """More than nothing and at most all; else what is wrong, in Chinese and English."""
    found = _SHARES.get(text.lower())
    if match := _FRACTION.fullmatch(text):
        if int(match[2]) == 0:
            return "分母不能是 0，应为分数，如 2/3。", "the number below the line is 0; write 2/3."
        found = Fraction(int(match[1]), int(match[2]))
    elif match := _PERCENT.fullmatch(text):
        found = Fraction(int(match[1]), 100)
    if found is None:
        if _DECIMAL.fullmatch(text):
            return (
                "小数不能准确表示三分之二等比例；请写分数（2/3）或整数百分比（66%）。",
                "a decimal does not hold shares such as two thirds exactly; write a fraction (2/3) "
                "or whole per cent (66%).",
            )
        return "应为分数，如 2/3 或 60%。", "a fraction is expected, such as 2/3 or 60%."
    if found == 0:
        return "比例须大于 0，如 1/2。", "a share is more than nothing, such as 1/2."
    if found > 1:
        return "比例大于全体（1）；如 3/5。", "this is more than all (1); write for example 3/5."
    return found
