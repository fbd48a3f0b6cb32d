"""A bare Flask handler that inserts given rows in one transaction with SQLAlchemy Core.

`python -m tests.bench.floors.bare_handler` with PORT, FLOOR_DATABASE_URL and FLOOR_ROWS, a file
`[{"table": name, "rows": [{column: value}]}]` in the order of insertion. A value `{"fresh": "id"}`
is the request's own id, `{"fresh": "row"}` an id of its own, `{"fresh": "number"}` a new number."""

from __future__ import annotations

import itertools
import json
import os
import uuid
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import DateTime, MetaData, Table, create_engine, insert

SCHEMA = "floor"


def create_app() -> Flask:
    engine = create_engine(os.environ["FLOOR_DATABASE_URL"], pool_size=10)
    with open(os.environ["FLOOR_ROWS"], encoding="utf-8") as file:
        parts = json.load(file)
    metadata, plan = MetaData(schema=SCHEMA), []
    for part in parts:
        table = Table(part["table"], metadata, autoload_with=engine, resolve_fks=False)
        plan.append((insert(table), [with_types(table, row) for row in part["rows"]]))
    numbers = itertools.count(1)
    app = Flask("floor")

    @app.post("/rows")
    def add() -> tuple[Response, int]:
        body = request.get_json()
        id = str(uuid.uuid1())
        with engine.begin() as connection:
            for statement, rows in plan:
                connection.execute(statement, [fresh(row, id, numbers) for row in rows])
        return jsonify({"id": id, "fields": len(body["form"])}), 201

    @app.get("/health")
    def health() -> str:
        return "ok"

    return app


def with_types(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if isinstance(table.c[name].type, DateTime) and isinstance(value, str)
        else value
        for name, value in row.items()
    }


def fresh(row: dict[str, Any], id: str, numbers: itertools.count[int]) -> dict[str, Any]:
    made = {"id": lambda: id, "row": lambda: str(uuid.uuid1()), "number": lambda: next(numbers)}
    return {
        name: made[value["fresh"]]() if isinstance(value, dict) and "fresh" in value else value
        for name, value in row.items()
    }


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "tests.bench.floors.bare_handler:create_app",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        factory=True,
        log_access=False,
    ).serve()
