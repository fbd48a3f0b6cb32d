"""Each instruction once in effect: at subsidy, at finance and in the bank's own log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.verify.evidence import BANK, FINANCE, Evidence, Rule, Violation

SUBSIDY = ("subsidy",)

RULES = (
    Rule(
        "SELECT entitlement_id AS row, string_agg(id, ', ' ORDER BY id) AS payments FROM payments "
        "WHERE state IN ('planned', 'instructed', 'unknown', 'settled') "
        "GROUP BY entitlement_id HAVING count(*) > 1",
        "同一资格有多笔有效支付：{payments}",
        "one entitlement has several live payments: {payments}",
        SUBSIDY,
    ),
    Rule(
        """SELECT coalesce(p.id, e.id) AS row, p.amount_fen AS paid, e.fen AS told, e.times
           FROM (SELECT * FROM payments WHERE state NOT IN ('planned', 'cancelled')) p
           FULL JOIN (SELECT event->'data'->>'payment_id' AS id, count(*) AS times,
                             min((event->'data'->>'amount_fen')::bigint) AS fen
                      FROM event_log WHERE type = 'subsidy.payment_instructed.v1'
                      GROUP BY 1) e ON e.id = p.id
           WHERE p.id IS NULL OR e.id IS NULL OR e.times <> 1 OR e.fen <> p.amount_fen""",
        "支付与指令事件不是一一对应：支付 {paid} 分，事件 {times} 个、{told} 分",
        "payment and payment_instructed are not one to one: {paid} fen, {times} events of {told}",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, p.state, count(e.sequence) AS times FROM payments p
           LEFT JOIN event_log e ON e.type = 'subsidy.payment_' || p.state || '.v1'
                AND e.event->'data'->>'payment_id' = p.id
           WHERE p.state IN ('settled', 'rejected', 'returned')
           GROUP BY p.id, p.state HAVING count(e.sequence) <> 1""",
        "{state} 应有且只有一个事件，现有 {times} 个",
        "{state} should have one event and has {times}",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, p.amount_fen AS paid, e.amount_fen AS due, e.state FROM payments p
           JOIN entitlements e ON e.id = p.entitlement_id
           WHERE p.amount_fen <> e.amount_fen OR p.person_ref <> e.person_ref
              OR (e.state = 'released' AND p.state IN ('planned', 'instructed', 'settled'))""",
        "支付 {paid} 分与其资格（{due} 分，{state}）不符",
        "the payment of {paid} fen does not fit its entitlement ({due} fen, {state})",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, f.state, p.replaces FROM payments p
           JOIN payments f ON f.id = p.replaces
           WHERE f.state NOT IN ('rejected', 'returned') OR f.entitlement_id <> p.entitlement_id""",
        "所替换的支付 {replaces} 状态为 {state}，不应替换",
        "it replaces {replaces}, which is {state} and needs no repair",
        SUBSIDY,
    ),
    Rule(
        "SELECT end_to_end_id AS row, answer FROM reports "
        "WHERE answer::jsonb->>'outcome' = 'refused'",
        "回执被补贴系统拒绝：{answer}",
        "subsidy refused a report of it: {answer}",
        (FINANCE,),
    ),
)

_INSTRUCTED = """
    SELECT event->'data'->>'payment_id' AS id, event->'data'->>'end_to_end_id' AS end_to_end_id,
           (event->'data'->>'amount_fen')::bigint AS fen,
           event->'data'->>'entitlement_id' AS entitlement
    FROM event_log WHERE type = 'subsidy.payment_instructed.v1'"""
_AT_FINANCE = "SELECT payment_id AS id, end_to_end_id, amount_fen AS fen, state FROM instructions"
_AT_SUBSIDY = "SELECT id, end_to_end_id, amount_fen AS fen, state FROM payments"
_OUTCOME = {"debit": "settled", "refusal": "rejected", "loss": "lost", "credit": "returned"}
# What finance may hold of a payment, by the bank's own last word on it.
_FITS = {
    "settled": {"settled", "sent", "unknown", "sending"},
    "rejected": {"rejected", "sent", "unknown", "sending"},
    "returned": {"returned", "settled"},
    "lost": {"unknown", "rejected", "sending", "sent"},
    None: {"sent", "unknown", "sending", "rejected", "received"},
}


def violations(evidence: Evidence) -> Iterator[Violation]:
    instructed = {row["id"]: row for row in evidence.rows("subsidy", _INSTRUCTED)}
    finance = {row["id"]: row for row in evidence.rows(FINANCE, _AT_FINANCE)}
    subsidy = {row["id"]: row for row in evidence.rows("subsidy", _AT_SUBSIDY)}
    yield from _taken_once(instructed, finance)
    yield from _same_states(subsidy, finance)
    yield from _bank_agrees(evidence, finance)
    yield from _no_double_debit(evidence, instructed)
    yield from _sums_agree(evidence, subsidy, finance)


def _taken_once(instructed: Mapping[str, Any], finance: Mapping[str, Any]) -> Iterator[Violation]:
    for id, event in instructed.items():
        taken = finance.get(id)
        if taken is None:
            yield Violation(FINANCE, id, "指令事件没有到财政端", "finance has not taken it")
        elif (taken["fen"], taken["end_to_end_id"]) != (event["fen"], event["end_to_end_id"]):
            yield Violation(
                FINANCE, id, f"财政端为 {taken['fen']} 分，事件为 {event['fen']} 分",
                f"finance has {taken['fen']} fen, the event {event['fen']}",
            )  # fmt: skip
    for id in finance.keys() - instructed.keys():
        yield Violation(FINANCE, id, "没有对应的指令事件", "no event instructed it")


def _same_states(subsidy: Mapping[str, Any], finance: Mapping[str, Any]) -> Iterator[Violation]:
    for id, known in finance.items():
        payment = subsidy.get(id)
        ended = known["state"] in ("settled", "rejected", "returned")
        if payment is not None and ended and payment["state"] != known["state"]:
            yield Violation(
                "subsidy", id, f"状态为 {payment['state']}，财政端为 {known['state']}",
                f"it is {payment['state']}, and {known['state']} at finance",
            )  # fmt: skip


def _bank_agrees(evidence: Evidence, finance: Mapping[str, Any]) -> Iterator[Violation]:
    """Each order was instructed with this amount, and its outcome is the one finance knows."""
    known = {row["end_to_end_id"]: row for row in finance.values()}
    outcomes: dict[str, str | None] = {}
    for entry in evidence.bank:
        id = entry.get("end_to_end_id")
        if entry["kind"] == "order":
            outcomes.setdefault(str(id), None)
        if entry["kind"] in ("order", *_OUTCOME) and id in known:
            if entry["amount_fen"] != known[id]["fen"]:
                yield Violation(
                    BANK, str(id), f"银行为 {entry['amount_fen']} 分，指令为 {known[id]['fen']} 分",
                    f"{entry['amount_fen']} fen at the bank, {known[id]['fen']} instructed",
                )  # fmt: skip
        elif entry["kind"] == "order":
            yield Violation(
                BANK, str(id), "银行收到了没有指令的付款", "nobody instructed this order"
            )
        if entry["kind"] in _OUTCOME:
            outcomes[str(id)] = _OUTCOME[entry["kind"]]
    for id, row in known.items():
        state, outcome = row["state"], outcomes.get(id)
        if state not in _FITS[outcome]:
            yield Violation(
                FINANCE, row["id"], f"财政端为 {state}，银行为 {outcome}",
                f"{state} at finance, {outcome} at the bank",
            )  # fmt: skip


def _no_double_debit(evidence: Evidence, instructed: Mapping[str, Any]) -> Iterator[Violation]:
    """One debit an order; and, credits taken off, one amount an entitlement."""
    debits = Counter(e["end_to_end_id"] for e in evidence.bank if e["kind"] == "debit")
    for id, times in debits.items():
        if times > 1:
            yield Violation(BANK, id, f"扣款 {times} 次", f"it was debited {times} times")
    net: dict[str, int] = defaultdict(int)
    for entry in evidence.bank:
        net[str(entry.get("end_to_end_id"))] += _signed(entry)
    paid: dict[str, int] = defaultdict(int)
    due: dict[str, int] = {}
    for event in instructed.values():
        paid[event["entitlement"]] += net[event["end_to_end_id"]]
        due[event["entitlement"]] = event["fen"]
    for entitlement, fen in paid.items():
        if fen > due[entitlement]:
            yield Violation(
                BANK, entitlement, f"同一资格付出 {fen} 分，应为 {due[entitlement]} 分",
                f"{fen} fen were paid for one entitlement of {due[entitlement]}",
            )  # fmt: skip


def _sums_agree(
    evidence: Evidence, subsidy: Mapping[str, Any], finance: Mapping[str, Any]
) -> Iterator[Violation]:
    sums = {
        "subsidy": sum(row["fen"] for row in subsidy.values() if row["state"] == "settled"),
        FINANCE: sum(row["fen"] for row in finance.values() if row["state"] == "settled"),
        BANK: sum(map(_signed, evidence.bank)),
    }
    if len(set(sums.values())) > 1:
        said = "，".join(f"{name} {fen}" for name, fen in sums.items())
        yield Violation("subsidy", "payments", f"到账合计不一致：{said}", f"settled sums: {said}")


def _signed(entry: Mapping[str, Any]) -> int:
    sign = {"debit": 1, "credit": -1}.get(entry["kind"], 0)
    return sign * int(entry.get("amount_fen") or 0)
