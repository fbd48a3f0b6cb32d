"""A small world that adds up, and the hand that plants a fault in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine, text

from deploy.finance.inbox import take
from deploy.simulators.ledger import Ledger, Order
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.lines import StatusReport
from shared import audit
from shared.contracts import make_event
from shared.messaging.numbering import number_events
from tests.integration.subsidy.counter import ACCOUNT, EMPLOYER, REGION, Counter, person

SITTING = "ASM-2024-000001"


class World:
    def __init__(
        self, counter: Counter, engines: Mapping[str, Engine], bank: Ledger, folder: Path
    ) -> None:
        self.counter, self.engines, self.bank, self.folder = counter, engines, bank, folder
        self.certificates: list[str] = []
        self.cases: list[str] = []

    @property
    def environ(self) -> dict[str, str]:
        urls = {
            f"GONGJIANG_{name.upper()}_DATABASE_URL": engine.url.render_as_string(
                hide_password=False
            )
            for name, engine in self.engines.items()
        }
        return {**urls, "GONGJIANG_STATE": str(self.folder)}

    def issue_certificates(self, count: int) -> None:
        """Rows and events of assessment, heard by subsidy and nomination."""
        for number in range(1, count + 1):
            certificate_no = self.counter.certificate(number)
            self.certificates.append(certificate_no)
            self._issue(number, certificate_no)
        with self.engines["assessment"].connect() as connection:
            number_events(connection)
        self.plant("assessment", "UPDATE outbox SET delivered_at_utc = now()")
        self._heard("subsidy")
        self._heard("nomination")

    def pay_claims(self) -> None:
        """Decided, allocated, taken by finance, debited by the bank, reported and settled."""
        counter = self.counter
        counter.grant(10_000_000)
        self.cases = [
            counter.audited(number, certificate_no)
            for number, certificate_no in enumerate(self.certificates, start=1)
        ]
        batch = counter.allocated()
        for case_id in self.cases:
            counter.advance(case_id)
        self.deliver()
        payments = [counter.payments(case_id)[0] for case_id in self.cases]
        for payment in payments:
            self.bank.order(
                Order(payment.end_to_end_id, payment.amount_fen, ACCOUNT, payment.payee_name)
            )
        self.bank.log()
        now = counter.clock.now()
        counter.report(
            batch,
            *(
                StatusReport(
                    end_to_end_id=payment.end_to_end_id,
                    status=PaymentState.SETTLED,
                    reason_code=None,
                    reported_at=now,
                    report_id=f"bank-{payment.end_to_end_id}",
                )
                for payment in payments
            ),
        )
        self.plant("finance", "UPDATE instructions SET state = 'settled'")
        self.deliver()

    def deliver(self) -> None:
        """What the relay and the finance consumer do."""
        with self.engines["subsidy"].connect() as connection:
            number_events(connection)
            with connection.begin():
                connection.execute(text("UPDATE outbox SET delivered_at_utc = now()"))
                audit.link(connection)
            feed = connection.execute(text("SELECT event FROM event_log ORDER BY sequence"))
            events = list(feed.scalars())
        url = self.engines["finance"].url.set(drivername="postgresql")
        plain = url.render_as_string(hide_password=False)
        with psycopg.connect(plain, row_factory=dict_row, autocommit=True) as finance:
            for event in events:
                take(finance, event, doubted=False)

    def plant(self, database: str, statement: str, **values: Any) -> None:
        """Changes a row behind the back of every trigger."""
        with self.engines[database].begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement), values)

    def forge_bank(self, entry: Mapping[str, Any]) -> None:
        with (self.folder / "bank.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def value(self, database: str, statement: str) -> Any:
        with self.engines[database].connect() as connection:
            return connection.execute(text(statement)).scalar()

    def _issue(self, number: int, certificate_no: str) -> None:
        holder, now = person(number), self.counter.clock.now()
        facts = {
            "certificate_no": certificate_no,
            "person_ref": holder.person_ref,
            "holder_name": holder.name,
            "occupation": "6-18-02-04",
            "occupation_name": "焊工",
            "level": 4,
            "issued_on": self.counter.clock.today(),
            "organisation": "52421200MJ4900004E",
            "organisation_name": "评价机构",
            "employer": EMPLOYER,
            "employer_name": "赤壁精工",
            "region": REGION,
            "sitting_id": SITTING,
        }
        event = make_event(
            "assessment.certificate_issued.v1", subject=certificate_no, data=facts, at=now
        )
        self.plant(
            "assessment",
            "INSERT INTO certificates (number, candidate_id, sitting_id, person_ref, holder_name, "
            "occupation, occupation_name, level, organisation, organisation_name, employer, "
            "employer_name, region, issued_on, issued_at_utc, state) VALUES (:certificate_no, "
            ":certificate_no, :sitting_id, :person_ref, :holder_name, :occupation, "
            ":occupation_name, :level, :organisation, :organisation_name, :employer, "
            ":employer_name, :region, :issued_on, :now, 'valid')",
            **{**facts, "level": "4", "now": now},
        )
        self.plant(
            "assessment",
            "INSERT INTO outbox (case_id, kind, content) "
            "VALUES (:case_id, 'event', cast(:content AS jsonb))",
            case_id=SITTING,
            content=json.dumps(event),
        )
        self.plant(
            "nomination",
            "INSERT INTO held_certificates (certificate_no, person_ref, holder_name, occupation, "
            "occupation_name, level, issued_on, organisation_name, received_at_utc) VALUES "
            "(:certificate_no, :person_ref, :holder_name, :occupation, :occupation_name, :level, "
            ":issued_on, :organisation_name, :now)",
            **{**facts, "now": now},
        )

    def _heard(self, service: str) -> None:
        with self.engines["assessment"].connect() as connection:
            ids = list(connection.execute(text("SELECT event_id FROM event_log")).scalars())
        with self.engines[service].begin() as connection:
            _remember(connection, service, ids)


def _remember(connection: Connection, service: str, ids: list[str]) -> None:
    connection.execute(
        text(
            "INSERT INTO consumer_positions (subscription, source, last_sequence) "
            "VALUES (:name, 'assessment', :last)"
        ),
        {"name": service, "last": len(ids)},
    )
    connection.execute(
        text("INSERT INTO inbox (subscription, event_id) VALUES (:name, :id)"),
        [{"name": service, "id": id} for id in ids],
    )
