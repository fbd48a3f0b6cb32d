"""The rosters of the demonstration: forty fictional welders each, the same every time.

`python -m deploy.demonstration.rosters` writes roster-N.xlsx, scores-N.xlsx and people-N.yaml (who
may sign in) for the first two, and a roster in which much is wrong. Nobody here exists; the numbers
only have a right check digit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import yaml
from stdnum import luhn
from stdnum.cn import ric

from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.sittings.columns import ROSTER
from services.assessment.spreadsheets.writing import write_sheet

FOLDER: Final = Path(__file__).with_name("rosters")
EMPLOYER: Final = "91421281MA4900001X"
SIZE: Final = 40
PASSING: Final = 31
WRITTEN: Final = (1, 2)

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


def roster_file(roster: int) -> bytes:
    return write_sheet("名单", ROSTER, [each.row() for each in welders(roster)])


def scores_file(roster: int) -> bytes:
    rows: list[list[str | int | float | None]] = [
        [each.number, each.name, each.theory, each.practical] for each in welders(roster)
    ]
    return write_sheet("成绩", SCORE_SHEET, rows)


def people_file(roster: int) -> str:
    """The forty as demonstration people, in the form of people.yaml."""
    people = [
        {
            "username": f"welder-{roster}-{each.number:02d}",
            "name": each.name,
            "identity_number": each.identity_number,
            "memberships": [
                {"role": "worker", "organisation": EMPLOYER, "level": "unit", "region": "421281"}
            ],
            "note": {
                "zh": f"第 {roster} 期焊工名单第 {each.number} 号",
                "en": f"Number {each.number} of the welders' roster {roster}",
            },
        }
        for each in welders(roster)
    ]
    heading = (
        "# Written by `python -m deploy.demonstration.rosters`; fictional. Password: gongjiang.\n"
    )
    return heading + yaml.safe_dump(people, allow_unicode=True, sort_keys=False)


def bad_roster_file() -> bytes:
    """Good rows, and of each kind of fault one: see `tests/integration/assessment`."""
    good = [each.row() for each in welders(0)[:10]]
    wrong_digit = str(good[1][1])
    good[1][1] = wrong_digit[:-1] + ("0" if wrong_digit[-1] != "0" else "1")
    good[2][1] = int(str(good[2][1]).replace("X", "0"))
    good[3][0] = None
    good[4][2] = "12345"
    good[5][1] = good[0][1]
    good[6][8] = "博士后"
    good[7][4] = "六年"
    good[8][5], good[8][6], good[8][7] = "S000042000017205000009", "9级", "2031-02-30"
    return write_sheet("名单", ROSTER, good)


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


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for roster in WRITTEN:
        (FOLDER / f"roster-{roster}.xlsx").write_bytes(roster_file(roster))
        (FOLDER / f"scores-{roster}.xlsx").write_bytes(scores_file(roster))
        people = FOLDER / f"people-{roster}.yaml"
        people.write_text(people_file(roster), encoding="utf-8")
    (FOLDER / "bad-roster.xlsx").write_bytes(bad_roster_file())


if __name__ == "__main__":
    main()
