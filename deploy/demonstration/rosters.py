"""The rosters of the demonstration: forty fictional welders each, the same every time.

`python -m deploy.demonstration.rosters` writes roster-N.xlsx, scores-N.xlsx and people-N.yaml (who
may sign in) for the first two, and a roster in which much is wrong. Nobody here exists; the numbers
only have a right check digit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from deploy.demonstration.welders import EMPLOYER, PASSING, SIZE, Welder, welders
from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.sittings.columns import ROSTER
from services.assessment.spreadsheets.writing import write_sheet

FOLDER: Final = Path(__file__).with_name("rosters")
WRITTEN: Final = (1, 2)

__all__ = ["PASSING", "SIZE", "Welder", "welders"]


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
