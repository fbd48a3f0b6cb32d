"""`python -m shared.calendar enter URL YEAR FILE.csv SOURCE`: columns day (2027-01-01) and working
(yes or no), one row for each day that differs from the rule of the week."""

from __future__ import annotations

import argparse
import csv
from datetime import date
from pathlib import Path

from shared.calendar.handlers import enter_year
from shared.kernel.actor import SYSTEM
from shared.kernel.clock import wall_now
from shared.persistence.database import open_engine, open_sessions


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.calendar")
    commands = parser.add_subparsers(dest="command", required=True)
    enter = commands.add_parser("enter", help="录入一年的放假安排 / enter the table of a year")
    enter.add_argument("url")
    enter.add_argument("year", type=int)
    enter.add_argument("file", type=Path)
    enter.add_argument("source", help="国办发明电文号 / the State Council's notice")
    options = parser.parse_args(arguments)
    days = _read(options.file)
    engine = open_engine(options.url, "gongjiang-calendar")
    try:
        with open_sessions(engine).begin() as session:
            enter_year(
                session,
                year=options.year,
                days=days,
                source=options.source,
                at=wall_now(),
                actor=SYSTEM,
            )
    finally:
        engine.dispose()
    print(f"已录入 {options.year} 年 {len(days)} 天 / {len(days)} days of {options.year} entered")
    return 0


def _read(path: Path) -> dict[date, bool]:
    words = {"yes": True, "no": False}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            date.fromisoformat(row["day"].strip()): words[row["working"].strip().lower()]
            for row in csv.DictReader(file)
        }


if __name__ == "__main__":
    raise SystemExit(main())
