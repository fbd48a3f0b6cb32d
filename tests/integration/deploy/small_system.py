"""A system as small as one can be that has every trait of the whole: the real database, bank and
gateway, a one-shot, and a stand-in for what only lives. `python -m … [broken]`."""

from __future__ import annotations

import os
import sys

from deploy.run.processes import Place, gateway, postgres, simulators
from deploy.run.specification import Spec, module
from deploy.run.starting import run
from deploy.run.words import CannotStart

_PREPARE = """
import os, psycopg
dsn = os.environ["GONGJIANG_BUS_URL"].removeprefix("pgmq:").replace("dbname=bus", "dbname=postgres")
with psycopg.connect(dsn, autocommit=True) as session:
    session.execute("create table if not exists starts (at timestamptz default now())")
    session.execute("insert into starts default values")
    print("starts:", session.execute("select count(*) from starts").fetchone()[0])
"""
_LIVE = "import time; print('alive', flush=True); time.sleep(3600)"
_BREAK = "raise SystemExit('it is broken')"


def small(place: Place) -> list[Spec]:
    (bank, _) = simulators(place)
    broken = "broken" in sys.argv
    prepare = (*module("x")[:1], "-c", _PREPARE)
    live = (*module("x")[:1], "-c", _BREAK if broken else _LIVE)
    return [
        postgres(place),
        Spec("databases", "preparation", prepare, needs=("postgres",), one_shot=True),
        bank,
        Spec("worker", "worker", live, needs=("databases",), service="subsidy"),
        gateway(place),
    ]


if __name__ == "__main__":
    try:
        run(os.environ, listed=small)
    except CannotStart as error:
        print(error, file=sys.stderr)
        sys.exit(error.code)
