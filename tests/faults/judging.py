"""Waits until everything has come to rest, then judges it by every check."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tests.faults.campaign import DAYS, DECIDERS, FEN_A_DAY, Campaign
from tests.faults.evidence import SERVICES, Evidence
from tests.faults.treasury import REGION, YEAR
from tests.faults.verdicts import decided_once, ended_once, once_each, paid_once, without_gaps
from tests.servers.system import System

REST_SECONDS = 120.0

Verdicts = dict[str, list[str]]


def judged(system: System, campaign: Campaign) -> Verdicts:
    """Violations by the name of the check; what never came to rest is one."""
    evidence, cases = Evidence(system), campaign.cases()
    unrest = wait_for_rest(lambda: restless(evidence, cases))
    statuses = evidence.statuses(campaign.name)
    told = {
        type: [case for case in evidence.told(f"subsidy.{type}.v1") if case in cases]
        for type in ("case_submitted", "case_closed", "entitlement_granted")
    }
    return {
        "everything came to rest": unrest,
        "no answer that nobody should have had": campaign.refusals,
        "every accepted claim ended once": [
            *ended_once(cases, statuses, told["case_closed"]),
            *once_each("case_submitted", cases, told["case_submitted"]),
            *once_each("entitlement_granted", cases, told["entitlement_granted"]),
        ],
        "every step was decided once": decided_once(
            cases, list(DECIDERS), evidence.decisions(list(cases))
        ),
        "every payment was instructed and debited once": paid_once(
            cases, evidence.paid(list(cases))
        ),
        "the ledger sums to zero": ledger(evidence, list(cases)),
        "the event sequences have no gap": [
            each for name in SERVICES for each in without_gaps(name, *evidence.numbers(name))
        ],
        "the audit chains verify and cover everything": [
            each for name in SERVICES for each in evidence.audit_breaks(name)
        ],
        "deploy.verify agrees": verified(system),
    }


def wait_for_rest(look: Callable[[], list[str]]) -> list[str]:
    """What is still under way when the patience ends."""
    deadline = time.monotonic() + REST_SECONDS
    while (left := look()) and time.monotonic() < deadline:
        time.sleep(0.25)
    return left


def restless(evidence: Evidence, cases: set[str]) -> list[str]:
    counts = {
        f"{service}: {what}": evidence.column(service, query)[0]
        for service in SERVICES
        for what, query in (
            ("not delivered", "SELECT count(*) FROM outbox WHERE delivered_at_utc IS NULL"),
            ("not linked", "SELECT count(*) FROM audit_pending"),
            ("dead letters", "SELECT count(*) FROM dead_letters WHERE replayed_at_utc IS NULL"),
        )
    }
    finance = "SELECT last_sequence FROM positions WHERE source = 'subsidy'"
    last = evidence.numbers("subsidy")[1]
    counts["finance: events not read"] = last - evidence.column("finance", finance)[0]
    unposted = "SELECT count(*) FROM reports WHERE posted_at IS NULL"
    counts["finance: reports not posted"] = evidence.column("finance", unposted)[0]
    nomination = (
        "SELECT last_sequence FROM consumer_positions"
        " WHERE subscription = 'nomination' AND source = 'nomination'"
    )
    behind = evidence.numbers("nomination")[1] - sum(evidence.column("nomination", nomination))
    counts["nomination: events not read"] = behind
    found = [f"{what}: {count}" for what, count in counts.items() if count]
    if not found:
        running = evidence.running_workflows() & cases
        found = [f"workflows still running: {sorted(running)[:5]}"] if running else []
    return found


def ledger(evidence: Evidence, cases: list[str]) -> list[str]:
    """The whole sums to zero, and so does each transaction; what was paid to these cases left the
    budget as what was promised to them, and nothing of it is held back."""
    unbalanced = evidence.column(
        "subsidy",
        "SELECT transaction_id FROM ledger_entries GROUP BY 1 HAVING sum(amount_fen) <> 0",
    )
    [total] = evidence.column("subsidy", "SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries")
    [disbursed] = evidence.column(
        "subsidy",
        "SELECT coalesce(sum(t.amount_fen), 0) FROM ledger_transactions t JOIN payments p"
        " ON t.subject = p.id WHERE t.kind = 'disburse' AND p.case_id = ANY(%s)",
        cases,
    )
    held = evidence.column(
        "subsidy",
        "SELECT sum(e.amount_fen) FROM ledger_entries e JOIN ledger_transactions t"
        " ON t.id = e.transaction_id WHERE e.account = 'committed' AND t.subject IN"
        " (SELECT id FROM payments WHERE case_id = ANY(%s))",
        cases,
    )[0]
    budget = f"employment_fund:{REGION}:{YEAR}"
    wrong = [f"{each}: does not sum to zero" for each in unbalanced]
    wrong += [f"all entries together make {total} fen"] if total else []
    wrong += [f"{budget}: {held} fen committed and not paid"] if held else []
    expected = len(cases) * DAYS * FEN_A_DAY
    return wrong + ([f"{disbursed} fen paid, {expected} due"] if disbursed != expected else [])


def verified(system: System) -> list[str]:
    """`make verify` knows nothing of this test."""
    done = system.make("deploy.run", "with", "--", sys.executable, "-m", "deploy.verify")
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()[-20:]


def violations(verdicts: Verdicts) -> list[str]:
    return [f"{name}: {each}" for name, found in verdicts.items() for each in found]
