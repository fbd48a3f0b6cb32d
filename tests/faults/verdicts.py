"""What must be true whatever died: pure checks over evidence, each giving its violations. The tests
that take the inbox or the outbox's transaction away use the same ones, and must fail by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from tests.faults.evidence import Paid

NOT_BOOKED = "NOT_BOOKED"  # the order never went out; a repair replaced the payment


def once_each(what: str, expected: Iterable[str], found: Iterable[str]) -> list[str]:
    """Everything expected is found once, and nothing else is."""
    wanted, counts = set(expected), Counter(found)
    missing = [f"{each}: no {what}" for each in sorted(wanted - counts.keys())]
    return missing + [
        f"{each}: {what} {times} times" if each in wanted else f"{each}: {what} of nobody"
        for each, times in sorted(counts.items())
        if times > 1 or each not in wanted
    ]


def ended_once(
    accepted: Collection[str], statuses: Mapping[str, str], closed: Iterable[str]
) -> list[str]:
    """Every accepted claim is there once and approved; `closed`: the cases of the events that say
    so. A case that nobody was told of, a second one for a repeated request, is a violation too."""
    lost = [f"{case}: accepted and not there" for case in sorted(set(accepted) - statuses.keys())]
    open = [f"{case}: {status}" for case, status in statuses.items() if status != "approved"]
    doubled = once_each("case", accepted, list(statuses))
    return lost + open + doubled + once_each("case_closed", accepted, closed)


def decided_once(
    accepted: Iterable[str], steps: Sequence[str], decisions: Iterable[tuple[str, str]]
) -> list[str]:
    expected = (f"{case} {step}" for case in accepted for step in steps)
    return once_each("decision", expected, (f"{case} {step}" for case, step in decisions))


def paid_once(accepted: Iterable[str], paid: Paid) -> list[str]:
    """Each payment is instructed, received, ordered and debited once; what the bank never booked
    was never ordered either, and its replacement pays."""
    settled = [payment for payment in paid.payments if payment.state == "settled"]
    ends = [payment.end_to_end_id for payment in settled]
    strange = [
        f"{payment.id}: {payment.state} {payment.reason_code}"
        for payment in paid.payments
        if payment.state != "settled"
        and (payment.state, payment.reason_code) != ("rejected", NOT_BOOKED)
    ]
    ids = [payment.id for payment in paid.payments]
    return [
        *strange,
        *once_each("settled payment", accepted, (payment.case_id for payment in settled)),
        *once_each("payment_instructed", ids, paid.instructed),
        *once_each("instruction in the finance system", ids, paid.received),
        *once_each("order at the bank", ends, paid.orders),
        *once_each("debit at the bank", ends, paid.debits),
        *(f"{end}: sent to the bank again" for end in paid.repeated),
    ]


def without_gaps(service: str, numbers: Sequence[int], last: int) -> list[str]:
    if list(numbers) == list(range(1, last + 1)):
        return []
    missing = sorted(set(range(1, last + 1)) - set(numbers))
    return [f"{service}: {len(numbers)} events, last number {last}, missing {missing[:10]}"]
