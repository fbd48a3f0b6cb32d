"""Nomination on a database of its own and a clock that the test moves: people act through the
handlers, and `advance` does what the workflow would."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from services.nomination.app import subscriptions
from services.nomination.competitions.handlers import (
    OpenCompetition,
    Place,
    open_competition,
    record_results,
)
from services.nomination.nominations.effects import NominationEffects
from services.nomination.nominations.rules import rules as nomination_rules
from shared.approvals.advance import advance_case
from shared.approvals.applications import OpenCase, submit_case
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import OPEN_TASK, Task
from shared.calendar import Calendar
from shared.identity.directory import Directory, Office, Organisation
from shared.kernel.actor import Actor, Membership
from shared.kernel.clock import ManualClock
from shared.kernel.identity_number import person_ref
from shared.kernel.text import Text
from shared.messaging.tables import EVENT, OutboxRow
from shared.notices import handlers as notices
from shared.notices.model import Notice
from shared.persistence import Keyring, Sessions, open_engine, open_sessions
from shared.procedures import Catalogue, RuleBook, shared_rules
from shared.service import Service

DOCUMENTS = Path(__file__).with_name("documents")
CATALOGUE = Path(__file__).parents[3] / "services" / "nomination" / "catalogue"
EMPLOYER, DISTRICT = "91420303MA4900002T", "420303"
NUMBER = "42030319850101003X"
KEY = b"k" * 32
MASTER = person_ref(NUMBER, KEY)

DIRECTORY = Directory(
    [Organisation(EMPLOYER, Text("张湾机械厂", "Zhangwan Machinery"), DISTRICT, "enterprise")],
    [Office("union.reviewer", DISTRICT, None, Text("区总工会", "District union"), "0719-1")],
)


def of_unit(name: str, role: str) -> Actor:
    return Actor(name, name, (Membership(role, EMPLOYER, None, None),))


def of_district(name: str, role: str) -> Actor:
    return Actor(name, name, (Membership(role, None, "county", DISTRICT),))


OFFICER = of_unit("officer", "enterprise.officer")
COLLEAGUE = of_unit("colleague", "enterprise.officer")
CONGRESS = of_unit("congress", "enterprise.congress")
REVIEWER = of_district("reviewer", "union.reviewer")
TAX = of_district("tax", "department.tax")
ENVIRONMENT = of_district("environment", "department.environment")
EXPERTS = [of_district(f"expert {n}", "expert") for n in (1, 2, 3)]
LEADER = of_district("leader", "union.leader")
SECRETARY = of_district("secretary", "union.secretary")

MINUTES = {
    "minutes_no": "〔2024〕3 号",
    "members": 60,
    "present": 50,
    "in_favour": 48,
    "against": 1,
    "abstain": 1,
}
LEADERS_MINUTES = {**MINUTES, "members": 9, "present": 8, "in_favour": 8, "against": 0} | {
    "abstain": 0
}


@dataclass
class Nomination:
    sessions: Sessions
    office: CaseOffice
    clock: ManualClock

    def win_a_competition(self, held_on: date = date(2024, 1, 10), rank: int = 1) -> str:
        command = OpenCompetition(f"车城杯 {held_on}", "county", "6-18-01-01", DISTRICT, held_on)
        with self.sessions.begin() as session:
            opened = open_competition(session, command, by=REVIEWER, clock=self.clock)
            place = Place(MASTER, "张师傅", rank)
            record_results(session, opened.id, [place], by=REVIEWER, clock=self.clock)
            competition_id = opened.id
        self.deliver("nomination.competition_result_recorded.v1")
        return competition_id

    def deliver(self, type: str) -> None:
        """Events of this type from our outbox to our own consumer, as the bus would."""
        for event in self.events(type):
            self.receive(event)

    def receive(self, event: dict[str, Any]) -> None:
        [subscription] = subscriptions(cast(Service, self))
        with self.sessions.begin() as session:
            subscription.handle(session, event)

    def events(self, type: str) -> list[dict[str, Any]]:
        statement = select(OutboxRow.content).where(OutboxRow.kind == EVENT).order_by(OutboxRow.id)
        with self.sessions.begin() as session:
            return [each for each in session.scalars(statement) if each and each["type"] == type]

    def submit(self, by: Actor = OFFICER, **form: Any) -> str:
        values = {
            "name": "张师傅",
            "identity_number": NUMBER,
            "region": DISTRICT,
            "deeds": "改进 12 项工艺。",
            **form,
        }
        return self.apply("district-master", by, **values)

    def apply(self, procedure: str, by: Actor, **form: Any) -> str:
        with self.sessions.begin() as session:
            case_id = submit_case(session, self.office, OpenCase(procedure, form), by).id
        self.advance(case_id)
        return case_id

    def advance(self, case_id: str) -> None:
        with self.sessions.begin() as session:
            advance_case(session, self.office, case_id, asked=True)

    def decide(
        self,
        case_id: str,
        by: Actor,
        outcome: str,
        data: Mapping[str, Any] | None = None,
        reason: str = "依据充分",
    ) -> None:
        """The first open task of the case that is offered to the person's role."""
        role = by.memberships[0].role
        with self.sessions.begin() as session:
            tasks = session.scalars(
                select(Task)
                .where(Task.case_id == case_id, Task.status.in_(OPEN_TASK))
                .order_by(Task.seat)
            )
            task = next(each for each in tasks if role in {one.role for one in each.candidates})
            command = DecideTask(task.id, outcome, reason, data or {})
            decide_task(session, self.office, command, by)
        self.advance(case_id)

    def let_the_notice_end(self, case_id: str) -> None:
        with self.sessions.begin() as session:
            notice = session.scalars(
                select(Notice).where(Notice.status == "published").order_by(Notice.id.desc())
            ).first()
            assert notice is not None
            at = notices.next_moment(notice)
        assert at is not None
        self.clock.advance_to(at)
        self.advance(case_id)

    def score(self, case_id: str, *scores: float) -> None:
        for expert, score in zip(EXPERTS, scores, strict=False):
            self.decide(case_id, expert, "score", {"score": score}, f"{expert.name} 的评语")

    def up_to_the_experts(self) -> str:
        case_id = self.submit()
        self.decide(case_id, CONGRESS, "approve", MINUTES)
        self.let_the_notice_end(case_id)
        self.decide(case_id, REVIEWER, "approve")
        self.decide(case_id, TAX, "support")
        self.decide(case_id, ENVIRONMENT, "support")
        return case_id

    def to_the_end(self) -> str:
        case_id = self.up_to_the_experts()
        self.score(case_id, 90, 85.5, 88)
        self.decide(case_id, LEADER, "approve", LEADERS_MINUTES)
        self.let_the_notice_end(case_id)
        self.decide(case_id, SECRETARY, "approve")
        return case_id

    def case(self, case_id: str) -> Case:
        with self.sessions.begin() as session:
            return session.get_one(Case, case_id)


@pytest.fixture
def nomination(database: Callable[[str], str], keyring: Keyring) -> Iterator[Nomination]:
    engine = open_engine(database("nomination"), "tests of nomination")
    clock = ManualClock(date(2024, 3, 4))
    office = CaseOffice(
        service="nomination",
        prefix="NOM",
        clock=clock,
        calendar=Calendar(),
        catalogue=Catalogue([DOCUMENTS, CATALOGUE], RuleBook(shared_rules(), nomination_rules)),
        directory=DIRECTORY,
        person_ref_key=KEY,
        snapshot_key=b"s" * 32,
        effects=NominationEffects(),
    )
    office.effects.office = office
    yield Nomination(open_sessions(engine), office, clock)
    engine.dispose()
