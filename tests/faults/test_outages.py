"""With Temporal or the bus stopped, submissions and decisions are still accepted, and afterwards
everything catches up: the database decides, Temporal coordinates, the bus informs. And a bank that
dies with orders unread is sent nothing twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.faults.caller import Caller
from tests.faults.campaign import Campaign
from tests.faults.evidence import Evidence
from tests.faults.judging import judged, violations
from tests.faults.killing import frozen, process, send
from tests.faults.meanwhile import act_meanwhile, half_submitted
from tests.servers.system import System, until

CLAIMS, FEW = 24, 6
BEFORE = CLAIMS // 2
SECONDS = 180.0


def test_without_temporal_submissions_and_decisions_are_accepted_and_catch_up(
    system: System, caller: Caller
) -> None:
    campaign, evidence = half_submitted(caller, "NO-TEMPORAL", CLAIMS), Evidence(system)
    with frozen(system, "temporal"):
        act_meanwhile(campaign, decisions=BEFORE)
        assert waiting(evidence, campaign, "start") == CLAIMS - BEFORE
        assert waiting(evidence, campaign, "signal") == BEFORE
    catch_up(system, campaign)


def test_without_the_bus_submissions_and_decisions_are_accepted_and_catch_up(
    system: System, caller: Caller
) -> None:
    campaign, evidence = half_submitted(caller, "NO-BUS", CLAIMS), Evidence(system)
    with closed(evidence):
        # Workflows start without the bus, so the second half's first tasks open meanwhile.
        act_meanwhile(campaign, decisions=CLAIMS)
        assert waiting(evidence, campaign, "event") == CLAIMS - BEFORE
        assert "消息总线没有应答" in system.make("deploy.run", "doctor").stdout
    catch_up(system, campaign)


def test_an_order_that_died_with_the_bank_is_asked_about_never_sent_again_and_repaired(
    system: System, caller: Caller
) -> None:
    """The bank takes connections and dies before it reads: what became of the orders is not
    known, then known not to be, and other payments under the same entitlements replace them."""
    campaign, evidence = Campaign(caller, "NO-BANK", FEW), Evidence(system)
    bank = process(system, "bank")
    send(bank, signal.SIGSTOP)
    with campaign.under_way() as check:

        def sent() -> bool:
            check()
            query = (
                "SELECT count(*) FROM instructions WHERE state = 'unknown' AND case_id = ANY(%s)"
            )
            return bool(evidence.column("finance", query, list(campaign.cases()))[0])

        until(sent, "an order without an answer", SECONDS)
        send(bank, signal.SIGKILL)
        campaign.wait_until_paid(check, SECONDS)
    assert campaign.treasury.repaired
    assert violations(judged(system, campaign)) == []


def waiting(evidence: Evidence, campaign: Campaign, kind: str) -> int:
    """Rows of the campaign's cases that the relay could not deliver yet."""
    query = (
        "SELECT count(*) FROM outbox"
        " WHERE delivered_at_utc IS NULL AND kind = %s AND case_id = ANY(%s)"
    )
    return int(evidence.column("subsidy", query, kind, list(campaign.cases()))[0])


def catch_up(system: System, campaign: Campaign) -> None:
    with campaign.under_way(submitters=0) as check:
        campaign.wait_until_paid(check, SECONDS)
    assert violations(judged(system, campaign)) == []


@contextmanager
def closed(evidence: Evidence) -> Iterator[None]:
    """The database of the bus lets nobody in, and everybody in it is sent away."""
    maintenance = evidence.url("bus").replace("postgresql+psycopg://", "postgresql://")
    server = psycopg.conninfo.make_conninfo(maintenance, dbname="postgres")

    def allow(yes: bool) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            word = sql.SQL("true" if yes else "false")
            connection.execute(sql.SQL("ALTER DATABASE bus ALLOW_CONNECTIONS {}").format(word))
            if not yes:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bus'"
                )

    allow(False)
    try:
        yield
    finally:
        allow(True)
