"""How much a case is worth: integers of fen, never a float; per cent is rounded down."""

from __future__ import annotations

from typing import Any

from shared.procedures.evaluate import holds
from shared.procedures.facts import as_whole, is_missing
from shared.procedures.procedure import Procedure
from shared.procedures.rulebook import Facts, RuleBook


def amount_fen(procedure: Procedure, facts: Facts, rules: RuleBook | None = None) -> int | None:
    """None: the procedure pays nothing, the table has no line for these facts, or a fact that the
    amount needs is not known (an uplift of which it is not known whether it applies, too).
    `rules` is needed only where an uplift has a `when`; without it that uplift is not known."""
    amount = procedure.amount
    if amount is None:
        return None
    fen = _table(amount, facts)
    if fen is not None and amount.get("times"):
        count = as_whole(facts.get(amount["times"]))
        if count is None or count < 0:
            return None
        fen *= count if amount["at_most"] is None else min(count, amount["at_most"])
    if fen is None:
        return None
    percent = _uplift_percent(procedure, amount, facts, rules)
    if percent is None:
        return None
    raised = fen * (100 + percent) // 100
    cap = amount.get("cap")
    return raised if cap is None else min(raised, cap)


def _table(amount: Any, facts: Facts) -> int | None:
    if isinstance(amount["fen"], int):
        return amount["fen"]
    key = facts.get(amount["by"])
    found = None if is_missing(key) else amount["fen"].get(str(key).strip())
    return found if isinstance(found, int) else None


def _uplift_percent(
    procedure: Procedure, amount: Any, facts: Facts, rules: RuleBook | None
) -> int | None:
    """The sum of those that apply."""
    total = 0
    for one in amount.get("uplift", ()):
        applies: bool | None = True
        if one["when"] is not None:
            applies = None if rules is None else holds(procedure, one["when"], facts, rules)
        if applies is None:
            return None
        total += one["percent"] if applies else 0
    return total
