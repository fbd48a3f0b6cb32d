from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.procedures import amount_fen, shared_rules
from tests.unit.procedures.documents import made

RULES = shared_rules()
BY_LEVEL = {"by": "level", "fen": {5: 100000, 4: 150000, 3: 200000}}


def worth(amount: Any, facts: dict[str, Any]) -> int | None:
    return amount_fen(made(amount=amount), facts, RULES)


@pytest.mark.parametrize(("level", "fen"), [(5, 100000), ("4", 150000), (3, 200000), (2, None)])
def test_the_table_pays_by_level_and_nothing_beside_it(level: Any, fen: int | None) -> None:
    assert worth(BY_LEVEL, {"level": level}) == fen


def test_without_the_fact_there_is_no_amount() -> None:
    assert worth(BY_LEVEL, {}) is None
    assert amount_fen(made(), {}) is None


def test_days_are_paid_up_to_the_most() -> None:
    amount = {"fen": 5000, "times": "candidates", "at_most": 15}
    assert worth(amount, {"candidates": 10}) == 50000
    assert worth(amount, {"candidates": 20}) == 75000
    assert worth(amount, {"candidates": 0}) == 0
    assert worth(amount, {"candidates": -1}) is None
    assert worth(amount, {}) is None


@given(st.integers(0, 10**9), st.integers(1, 200), st.integers(0, 10**9))
def test_an_uplift_is_rounded_down_and_capped(fen: int, percent: int, cap: int) -> None:
    found = worth({"fen": fen, "uplift": [{"percent": percent}], "cap": cap}, {})
    assert found == min(cap, int(fen * (100 + percent) // 100))


@pytest.mark.parametrize(("shortage", "fen"), [(True, 260000), (False, 200000), (None, None)])
def test_an_uplift_that_is_not_known_leaves_the_amount_open(
    shortage: bool | None, fen: int | None
) -> None:
    when = {"rule": "field_is_true", "field": "shortage_occupation"}
    amount = {**BY_LEVEL, "uplift": [{"percent": 30, "when": when}]}
    assert worth(amount, {"level": 3, "shortage_occupation": shortage}) == fen
