"""A counter of the bureau: a real database, one scheme, a budget, people. Plays the workflow's
part by calling its activity's handler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import select

from services.subsidy.allocations.handlers import AllocateBatch, allocate_batch
from services.subsidy.app import subscriptions
from services.subsidy.batches.choosing import MakeBatch
from services.subsidy.batches.handlers import decide_batch, make_batch
from services.subsidy.budgets.entering import appropriate
from services.subsidy.claims.effects import ClaimEffects
from services.subsidy.claims.rounds import fund_next
from services.subsidy.payments.model import Payment
from services.subsidy.proposals.model import Proposal
from services.subsidy.reports.handlers import record_reports
from services.subsidy.reports.lines import StatusReport
from shared.approvals import applications, decisions
from shared.approvals.advance import FactsWanted, advance_case
from shared.approvals.applications import OpenCase
from shared.approvals.decisions import DecideTask
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice, FactsUnavailable
from shared.approvals.queries import worklist
from shared.calendar import Calendar
from shared.contracts import make_event
from shared.identity.directory import Directory, Organisation
from shared.kernel.actor import SYSTEM, Actor, Membership
from shared.kernel.clock import ManualClock
from shared.kernel.text import Text
from shared.persistence import Sessions
from shared.procedures import Catalogue, shared_rules
from shared.service import Service

T = TypeVar("T")

EMPLOYER, REGION, FUND = "91421281MA4900001X", "421281", "unemployment_insurance"
ACCOUNT, OTHER_ACCOUNT = "6217854200001234563", "6222021234567890128"
SCHEME = """
id: skill-upgrade-subsidy
title: {zh: 技能提升补贴, en: Skill upgrade subsidy}
version: "test"
region: "42"
effective: {from: 2023-01-01}
source: {zh: 测试用办法, en: rules made for a test}
applicant: [worker]
form:
  - {field: certificate_no, type: certificate_no, required: true, label: {zh: 证书, en: Number}}
  - {field: insured_place, type: region, required: true, label: {zh: 参保地, en: Insured in}}
  - {field: payee_account, type: bank_account, required: true, label: {zh: 账户, en: Account}}
rules:
  - {rule: certificate_is_valid}
  - {rule: insured_months_at_least, months: 12}
  - {rule: not_granted_before, per: [person, occupation, level]}
amount: {by: level, fen: {5: 100000, 4: 150000, 3: 200000}}
steps:
  - {decide: bureau_audits, by: bureau.officer, at: county, of: insured_place, within: 5wd,
     late: escalate}
  - {external: funds_allocated, by: finance_bureau.officer, at: county, of: insured_place,
     within: 5wd}
outcome: {entitlement: {fund: unemployment_insurance, excludes: [training-subsidy],
  subject: [occupation, level]}}
proposed_from:
  event: assessment.certificate_issued.v1
  fields: {certificate_no: certificate_no, insured_place: region}
"""


def person(number: int) -> Actor:
    return Actor(f"{number:064x}", f"工人{number}", (Membership("worker", EMPLOYER),))


def officer(name: str, role: str, region: str = REGION) -> Actor:
    return Actor(f"ref-{name}", name, (Membership(role, None, "county", region),))


AUDITOR = officer("审核", "bureau.officer")
MAKER = officer("制单", "bureau.payment_maker")
APPROVER = officer("复核", "bureau.payment_approver")
BUREAU = officer("财政", "finance_bureau.officer")
BANK = Actor("ref-finance", "finance", (Membership("finance.system"),))


class Registry:
    """Everybody has paid for two years, unless it is silent, or says otherwise of somebody."""

    silent = False

    def __init__(self) -> None:
        self.silent_about: set[str] = set()
        self.changed: dict[str, dict[str, Any]] = {}

    def record_of(self, person_ref: str) -> dict[str, Any]:
        if self.silent or person_ref in self.silent_about:
            raise FactsUnavailable("silent")
        months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
        return {
            "contributed_months": [*months, "2024-01", "2024-02"],
            "benefit_months": [],
            "employment_status": "employed",
            **self.changed.get(person_ref, {}),
        }


class Counter:
    def __init__(self, sessions: Sessions, clock: ManualClock, folder: Path) -> None:
        (folder / "skill-upgrade-subsidy.yaml").write_text(SCHEME, encoding="utf-8")
        catalogue = Catalogue([folder], shared_rules())
        problems = [each for each in catalogue.problems() if each.severity == "error"]
        assert not problems, problems
        self.sessions, self.clock, self.registry = sessions, clock, Registry()
        self.folder = folder
        self.office = CaseOffice(
            service="subsidy",
            prefix="CLM",
            clock=clock,
            calendar=Calendar(),
            catalogue=catalogue,
            directory=Directory(
                [Organisation(EMPLOYER, Text("赤壁精工", "Chibi Jinggong"), REGION, "enterprise")],
                [],
            ),
            person_ref_key=bytes(32),
            snapshot_key=bytes(32),
            effects=ClaimEffects(self.registry),
        )
        self.office.effects.office = self.office

    def act(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        with self.sessions.begin() as session:
            return work(session, self.office, *arguments, **named)

    def grant(
        self,
        fen: int,
        document_no: str = "鄂财社〔2024〕1号",
        region: str = REGION,
        year: int = 2024,
    ) -> None:
        with self.sessions.begin() as session:
            appropriate(
                session,
                self.clock,
                SYSTEM,
                fund=FUND,
                region=region,
                year=year,
                amount_fen=fen,
                document_no=document_no,
            )

    def fund(self, at_once: int = 200) -> int:
        """The chore of the relay until there is nothing left to do; its turns."""
        turns = 1
        while self.act(fund_next, at_once=at_once):
            turns += 1
        return turns

    def certificate(self, number: int, level: int = 4, occupation: str = "6-18-02-04") -> str:
        """Issue one to person `number`; answers its number after the event was handled."""
        certificate_no = f"S000042128100124{level}{number:05}"
        self.hear(certificate_no, number, level, occupation)
        return certificate_no

    def hear(self, certificate_no: str, number: int, level: int, occupation: str) -> list[str]:
        data = {
            "certificate_no": certificate_no,
            "person_ref": person(number).person_ref,
            "holder_name": person(number).name,
            "occupation": occupation,
            "occupation_name": "焊工",
            "level": level,
            "issued_on": self.clock.today(),
            "organisation": "52420000MJH2000019",
            "organisation_name": "评价机构",
            "employer": EMPLOYER,
            "employer_name": "赤壁精工",
            "region": REGION,
            "sitting_id": "SIT-1",
        }
        event = make_event(
            "assessment.certificate_issued.v1",
            subject=certificate_no,
            data=data,
            at=self.clock.now(),
        )
        return self.receive(event)

    def hear_revocation(self, certificate_no: str, number: int) -> None:
        data = {
            "certificate_no": certificate_no,
            "person_ref": person(number).person_ref,
            "revoked_on": self.clock.today(),
            "sitting_id": "SIT-1",
        }
        self.receive(
            make_event(
                "assessment.certificate_revoked.v1",
                subject=certificate_no,
                data=data,
                at=self.clock.now(),
            )
        )

    def receive(self, event: dict[str, Any]) -> list[str]:
        """By the service's own subscription; the claims that it proposes."""
        with self.sessions.begin() as session:
            before = set(session.scalars(select(Proposal.case_id)))
            [subscription] = subscriptions(cast(Service, self))
            subscription.handle(session, event)
            after = session.scalars(select(Proposal.case_id))
            return [case_id for case_id in after if case_id not in before]

    def claim(self, number: int, certificate_no: str | None = None, account: str = ACCOUNT) -> str:
        """A claim of person `number`, decided up to where it waits for funds."""
        certificate_no = certificate_no or self.certificate(number)
        form = {
            "certificate_no": certificate_no,
            "insured_place": REGION,
            "payee_account": account,
        }
        case = self.act(
            applications.submit_case, OpenCase("skill-upgrade-subsidy", form), person(number)
        )
        self.advance(case.id)
        return case.id

    def audited(
        self, number: int, certificate_no: str | None = None, account: str = ACCOUNT
    ) -> str:
        case_id = self.claim(number, certificate_no, account)
        self.approve(case_id)
        return case_id

    def approve(self, case_id: str) -> None:
        self.decide(case_id, "approve")

    def decide(self, case_id: str, outcome: str, reason: str = "") -> None:
        with self.sessions() as session:
            rows = worklist(session, AUDITOR, after=None, limit=200)
            [task] = [row.task for row in rows if row.task.case_id == case_id]
        self.act(decisions.decide_task, DecideTask(task.id, outcome, reason), AUDITOR)
        self.advance(case_id)

    def advance(self, case_id: str) -> Any:
        try:
            return self.act(advance_case, case_id)
        except FactsWanted as wanted:
            try:
                facts = self.office.effects.external_facts(case_id, wanted.subject_ref)
            except FactsUnavailable:
                facts = None
            return self.act(advance_case, case_id, asked=True, external=facts)

    def case(self, case_id: str) -> Case:
        with self.sessions() as session:
            return session.get_one(Case, case_id)

    def payments(self, case_id: str) -> list[Payment]:
        with self.sessions() as session:
            return list(
                session.scalars(
                    select(Payment).where(Payment.case_id == case_id).order_by(Payment.id)
                )
            )

    def made(self, **command: Any) -> str:
        with self.sessions.begin() as session:
            asked = MakeBatch(**(command or {"region": REGION}))
            return make_batch(session, self.office, asked, MAKER).id

    def approved(self, **command: Any) -> str:
        batch_id = self.made(**command)
        with self.sessions.begin() as session:
            decide_batch(session, self.office, batch_id, approved=True, reason="", by=APPROVER)
        return batch_id

    def allocated(self, **command: Any) -> str:
        batch_id = self.approved(**command)
        self.allocate(batch_id)
        return batch_id

    def allocate(self, batch_id: str) -> None:
        self.act(allocate_batch, AllocateBatch(batch_id, True, "赤财社〔2024〕7号"), BUREAU)

    def report(self, batch_id: str, *reports: StatusReport) -> list[Any]:
        with self.sessions.begin() as session:
            return record_reports(session, self.clock, BANK, batch_id, reports)
