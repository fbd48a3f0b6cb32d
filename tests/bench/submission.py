"""Figure 2: a submission over HTTP against a bare handler that inserts the same rows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from tests.bench.calling import Caller, rate
from tests.bench.claims import APPLICANTS, claim
from tests.bench.figures import Figure, in_pairs
from tests.bench.floors.bare_handler import SCHEMA
from tests.bench.world import API, World

WARM_UP = 200  # each connection has prepared its statements by then
FLOOR = ("-m", "tests.bench.floors.bare_handler")


def measure(world: World, size: int, say: Callable[[str], None]) -> Figure:
    """`size`: requests in one round of a side. No relay and no worker runs on this database."""
    url = world.new_database("bench_submission")
    tokens = [world.token(username) for username in APPLICANTS]
    numbers = itertools.count(1)

    def submit(caller: Caller) -> dict[str, Any]:
        number = next(numbers)
        body = claim(number, "submission")
        case: dict[str, Any] = caller.call(
            "POST", f"{API}/cases", tokens[number % len(tokens)], body
        )
        return case

    with world.another_web(url) as ours:
        rate(lambda _: submit(ours), WARM_UP)
        template = rows_of_one(world, url, lambda: submit(ours)["id"])
        say("  rows a submission: " + ", ".join(f"{p['table']} {len(p['rows'])}" for p in template))
        make_floor_tables(world, url, [part["table"] for part in template])
        path = world.folder / "bench-rows.json"
        path.write_text(json.dumps(template), encoding="utf-8")
        more = {"FLOOR_DATABASE_URL": url, "FLOOR_ROWS": str(path)}
        body = claim(0, "submission")
        with world.serving(FLOOR, "/health", more) as floor:
            rate(lambda _: floor.call("POST", "/rows", body=body), WARM_UP)
            pairs = in_pairs(
                lambda: rate(lambda _: submit(ours), size),
                lambda: rate(lambda _: floor.call("POST", "/rows", body=body), size),
                say,
            )
    count = sum(len(part["rows"]) for part in template)
    against = f"bare Flask handler, the same {count} rows in {len(template)} tables"
    return Figure("submission", against, "/s", 0.3, *pairs)


def rows_of_one(world: World, url: str, submit: Callable[[], str]) -> list[dict[str, Any]]:
    """What one submission leaves in the database, as a template for the floor: every row that was
    not there before it, from every table."""
    tables = [str(name) for (name,) in world.rows(url, "SELECT tablename FROM pg_tables "
                                                  "WHERE schemaname = 'public'")]  # fmt: skip
    before = {table: set(texts(world, url, table)) for table in tables}
    case_id = submit()
    template = []
    for table in tables:
        fresh = [text for text in texts(world, url, table) if text not in before[table]]
        if fresh and (columns := writable(world, url, table)):
            rows = [as_template(json.loads(text), columns, case_id) for text in fresh]
            template.append({"table": table, "rows": rows})
    return template


def texts(world: World, url: str, table: str) -> list[str]:
    return [str(text) for (text,) in world.rows(url, f"SELECT row_to_json(t)::text FROM {table} t")]


def writable(world: World, url: str, table: str) -> dict[str, bool]:
    """{column: whether it is in a unique index}; identities are the database's to give."""
    found = world.rows(
        url,
        """SELECT a.attname, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid
                  AND i.indisunique AND a.attnum = ANY(i.indkey))
           FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0
             AND NOT a.attisdropped AND a.attidentity = ''""",
        table,
    )
    return {str(name): bool(unique) for name, unique in found}


def as_template(row: dict[str, Any], columns: dict[str, bool], case_id: str) -> dict[str, Any]:
    """The same values and sizes; only what must differ from request to request does."""

    def value(name: str) -> Any:
        given = row[name]
        if given == case_id:
            return {"fresh": "id"}
        if columns[name] and isinstance(given, int) and name.endswith("_id"):
            return {"fresh": "number"}
        if columns[name] and isinstance(given, str) and len(given) == 36:
            return {"fresh": "row"}
        return given

    return {name: value(name) for name in columns if row[name] is not None}


def make_floor_tables(world: World, url: str, tables: list[str]) -> None:
    """The same columns, keys and indexes, without triggers and foreign keys."""
    world.rows(url, f"CREATE SCHEMA {SCHEMA}")
    for table in tables:
        made = f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)"
        world.rows(url, made)
