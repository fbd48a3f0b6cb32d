"""python -m shared.messaging dead-letters list|replay URL [ID …]
python -m shared.messaging parked list|free URL [CASE …]

URL is a service's database. Without ids, replay and free take all. 无编号时处理全部。"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shared.messaging.backlog import free_cases, parked_cases
from shared.messaging.dead_letters import dead_letters, request_replay
from shared.persistence import open_engine


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="shared.messaging",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=["dead-letters", "parked"])
    parser.add_argument("action", choices=["list", "replay", "free"])
    parser.add_argument("url", metavar="URL")
    parser.add_argument("ids", nargs="*", metavar="ID")
    chosen = parser.parse_args(arguments)
    commands = {
        ("dead-letters", "list"): _list_letters,
        ("dead-letters", "replay"): _replay_letters,
        ("parked", "list"): _list_parked,
        ("parked", "free"): _free_parked,
    }
    command = commands.get((chosen.what, chosen.action))
    if command is None:
        parser.error(f"{chosen.what} knows no {chosen.action}")
    engine = open_engine(chosen.url, "gongjiang messaging command", pool_size=1)
    try:
        command(engine, chosen.ids)
    finally:
        engine.dispose()
    return 0


def _list_letters(engine: Engine, _: list[str]) -> None:
    with Session(engine) as session:
        letters = dead_letters(session)
        for letter in letters:
            asked = "  replay asked for / 已要求重放" if letter.replay_requested_at_utc else ""
            print(
                f"{letter.id}  {letter.died_at_utc:%Y-%m-%d %H:%M:%S}  {letter.subscription}  "
                f"{letter.type}  {letter.event_id}  attempts={letter.attempts}  "
                f"{letter.reason}{asked}"
            )
    print(f"{len(letters)} dead letters / 死信 {len(letters)} 条")


def _replay_letters(engine: Engine, ids: list[str]) -> None:
    with Session(engine) as session, session.begin():
        asked = request_replay(session, [int(id) for id in ids] or None)
    print(f"{asked} will be tried again by the running consumer / {asked} 条将由消费者重试")


def _list_parked(engine: Engine, _: list[str]) -> None:
    with engine.connect() as connection:
        cases = parked_cases(connection)
    for case in cases:
        print(f"{case[0]}  outbox={case[1]}  attempts={case[2]}  {case[3]}  since {case[4]}")
    print(f"{len(cases)} parked cases / 停放案件 {len(cases)} 个")


def _free_parked(engine: Engine, ids: list[str]) -> None:
    with engine.begin() as connection:
        freed = free_cases(connection, ids or None)
    print(f"{freed} will be tried again by the relay / {freed} 个将由中继重试")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
