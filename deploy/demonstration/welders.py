"""The fictional welders of the demonstration, forty a roster, the same every time. Nobody here
exists; the numbers only have a right check digit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from stdnum import luhn
from stdnum.cn import ric

EMPLOYER: Final = "91421281MA4900001X"
SIZE: Final = 40
PASSING: Final = 31
# Who of each roster is refused a subsidy: insured for seven months only, where twelve are needed.
NEWCOMER: Final = 7
NEWCOMERS_MONTHS: Final = (
    *("2023-08", "2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02"),
)

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余"
_GIVEN = "建国志强海涛文斌晓峰俊杰立新永胜国华春生明辉小燕丽娟桂芳秀英红梅玉兰雪琴佳慧思远浩然"
_REGIONS = ("421281", "421281", "421281", "421202", "421221", "421222")
# Nine who do not pass, at fixed places: short in theory, in practice, in both, or absent.
_FAILING: Final = {
    3: ("58.5", "82"),
    8: ("77", "59.5"),
    12: ("缺考", "缺考"),
    17: ("49", "71.5"),
    21: ("80.5", "55"),
    26: ("59.5", "59.5"),
    30: ("88", "47.5"),
    35: ("56", "90"),
    39: ("73", "缺考"),
}


@dataclass(frozen=True, slots=True)
class Welder:
    """One row of a roster with the scores that this person will have."""

    number: int
    name: str
    identity_number: str
    phone: str
    condition: str
    years: int
    previous: tuple[str, str, str] | None  # certificate number, level, date of issue
    graduation: str
    theory: str
    practical: str
    bank_account: str

    @property
    def passes(self) -> bool:
        return self.number not in _FAILING

    def row(self) -> list[str | int | float | None]:
        number, level, issued = self.previous or (None, None, None)
        related = "是" if self.graduation else None
        return [
            self.name,
            self.identity_number,
            self.phone,
            self.condition,
            self.years,
            number,
            level,
            issued,
            self.graduation or None,
            related,
        ]


def welders(roster: int) -> tuple[Welder, ...]:
    """The forty of roster 1, 2, 3, …; no person is on two rosters."""
    chance = random.Random(f"gongjiang roster {roster}")
    names: set[str] = set()
    return tuple(_welder(roster, number, names, chance) for number in range(1, SIZE + 1))


def _welder(roster: int, number: int, names: set[str], chance: random.Random) -> Welder:
    name = _name(names, chance)
    born = date(1972, 1, 1) + timedelta(days=chance.randrange(27 * 365))
    condition, years, previous, graduation = _qualification(roster, number, chance)
    passing = (f"{chance.randrange(120, 196) / 2:g}", f"{chance.randrange(120, 196) / 2:g}")
    theory, practical = _FAILING.get(number, passing)
    return Welder(
        number=number,
        name=name,
        identity_number=_identity_number(chance.choice(_REGIONS), born, roster, number),
        phone=f"139{roster % 1000:03d}{number:02d}{chance.randrange(1000):03d}",
        condition=condition,
        years=years,
        previous=previous,
        graduation=graduation,
        theory=theory,
        practical=practical,
        bank_account=_bank_account(roster, number),
    )


def _name(names: set[str], chance: random.Random) -> str:
    while True:
        given = chance.randrange(0, len(_GIVEN), 2)
        pair = _GIVEN[given : given + 2]
        name = chance.choice(_SURNAMES) + (pair if chance.random() < 0.8 else pair[1])
        if name not in names:
            names.add(name)
            return name


def _identity_number(region: str, born: date, roster: int, number: int) -> str:
    # The place in the roster is in the day's serial; the roster is in the day of birth too, so
    # that two rosters never share a number.
    born += timedelta(days=-born.toordinal() % 97 + roster % 97)
    body = f"{region}{born:%Y%m%d}{number + 40 * (roster // 97):03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def _bank_account(roster: int, number: int) -> str:
    body = f"621785{roster:06d}{number:06d}"
    return body + str(luhn.calc_check_digit(body))


def _qualification(
    roster: int, number: int, chance: random.Random
) -> tuple[str, int, tuple[str, str, str] | None, str]:
    """One of the conditions for level four of the 2023 generation (domain A1)."""
    if number % 5 == 0:
        return "中等职业学校相关专业毕业", chance.randrange(1, 4), None, "中职"
    if number % 4 == 0:
        certificate = f"S000042000017195{roster % 1000:03d}{number:03d}"
        return "取得五级证书后从业满 3 年", 4, (certificate, "五级", "2019-06-18"), ""
    return "累计从业满 5 年", chance.randrange(5, 28), None, ""
