"""The social insurance and benefit registry: `python -m deploy.simulators.registry`.

GET /insurance/<person_ref> (also /persons/<person_ref>/insurance); POST /control."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from deploy.demonstration.welders import NEWCOMER, NEWCOMERS_MONTHS, welders
from deploy.simulators.running import (
    asked_from_this_machine,
    body,
    business_clock,
    new_simulator,
    problem,
    serve,
)
from shared.kernel.clock import Clock
from shared.kernel.identity_number import person_ref

MODES = ("normal", "slow", "unavailable", "unknown")
DEFAULT_PLACE = "421281"
MOST_SLOW_SECONDS = 60.0
ROSTERS = 200  # of the demonstration, whose newcomers the registry knows
Seed = Mapping[str, Mapping[str, Any]]


def create_registry(seed: Seed, clock: Clock) -> Flask:
    """`seed`: what differs from the default, by person reference. `modes` are set by control, for
    one person or (None) for all, and last as long as the process."""
    app = new_simulator("registry")
    modes: dict[str | None, tuple[str, float]] = {}
    statuses: dict[str, str] = {}

    @app.get("/insurance/<ref>")
    @app.get("/persons/<ref>/insurance")
    def insurance(ref: str) -> ResponseReturnValue:
        mode, seconds = modes.get(ref) or modes.get(None) or ("normal", 0.0)
        if mode == "slow":
            time.sleep(seconds)
        if mode == "unavailable":
            return problem(503, "unavailable", "the registry is closed for now")
        own = {**seed.get(ref, {})}
        if ref in statuses:
            own["employment_status"] = statuses[ref]
        if mode == "unknown" or own.get("unknown"):
            return problem(404, "not_found", "the registry does not know this person")
        return jsonify(record(ref, own, clock.today()))

    @app.post("/control")
    def control() -> ResponseReturnValue:
        if not asked_from_this_machine():
            return problem(403, "forbidden", "only from the machine itself")
        wanted = body()
        status, ref = wanted.get("employment_status"), wanted.get("person_ref")
        if isinstance(status, str) and isinstance(ref, str):
            statuses[ref] = status  # retired, deceased, whatever happens to a person
            return jsonify({"person_ref": ref, "employment_status": status})
        mode, seconds = wanted.get("mode"), wanted.get("seconds", 10)
        if mode not in MODES or not isinstance(seconds, (int, float)):
            return problem(422, "invalid_field", "mode: " + ", ".join(MODES))
        modes[wanted.get("person_ref")] = (mode, min(MOST_SLOW_SECONDS, max(0.0, seconds)))
        return jsonify({"mode": mode})

    return app


def record(ref: str, own: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Without an entry of their own somebody has paid since a year that follows from the
    reference, without a gap, and draws no benefit: two to six years by the demonstration's day."""
    first = f"{today.year - 2 - _number(ref) % 5}-01"
    months = months_between(str(own.get("contributed_from") or first), f"{today:%Y-%m}")
    until = str(own.get("contributed_until") or f"{today:%Y-%m}")
    contributed = own.get("contributed_months") or [month for month in months if month <= until]
    benefit = list(map(str, own.get("benefit_months") or []))
    return {
        "person_ref": ref,
        "insured_place": str(own.get("insured_place") or DEFAULT_PLACE),
        "insured_months": sum(1 for month in contributed if month <= f"{today:%Y-%m}"),
        "contributed_months": list(map(str, contributed)),
        "benefit_months": benefit,
        "draws_benefit": f"{today:%Y-%m}" in benefit,
        "employment_status": str(own.get("employment_status") or "employed"),
        "household_region": str(own.get("household_region") or DEFAULT_PLACE),
    }


def months_between(first: str, last: str) -> list[str]:
    """2023-11, 2024-02 -> the four months."""
    (year, month), (last_year, last_month) = (tuple(map(int, m.split("-"))) for m in (first, last))
    count = (last_year - year) * 12 + last_month - month + 1
    return [f"{year + (month - 1 + i) // 12}-{(month - 1 + i) % 12 + 1:02}" for i in range(count)]


def load_seed(path: Path, key: bytes) -> Seed:
    """Entries name a person by `identity_number`, which stays in this process, or `person_ref`."""
    if not path.exists():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {
        str(entry.get("person_ref") or person_ref(str(entry["identity_number"]), key)): entry
        for entry in entries
    }


def newcomers(key: bytes) -> Seed:
    """One of each of the demonstration's rosters has not been insured for a year."""
    return {
        person_ref(welders(roster)[NEWCOMER - 1].identity_number, key): {
            "contributed_months": list(NEWCOMERS_MONTHS)
        }
        for roster in range(1, ROSTERS + 1)
    }


def registry_from_environ() -> Flask:
    folder = Path(__file__).parents[1] / "demonstration"
    path = Path(os.environ.get("GONGJIANG_REGISTRY_SEED") or folder / "insurance.yaml")
    key = bytes.fromhex(os.environ["GONGJIANG_PERSON_REF_KEY"])
    return create_registry({**newcomers(key), **load_seed(path, key)}, business_clock())


def _number(ref: str) -> int:
    return hashlib.sha256(ref.encode()).digest()[0]


if __name__ == "__main__":
    serve("deploy.simulators.registry:registry_from_environ")
