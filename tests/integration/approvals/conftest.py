"""A desk: a real database, a procedure with every kind of step, people, and a clock to move. Plays
the workflow's part by calling its activity's handler."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.approvals import applications, decisions
from shared.approvals.advance import FactsWanted, advance_case
from shared.approvals.applications import OpenCase
from shared.approvals.decisions import DecideTask
from shared.approvals.model import Case
from shared.approvals.office import CaseEffects, CaseOffice, PlainEffects
from shared.approvals.queries import worklist
from shared.approvals.step_model import Task
from shared.calendar import Calendar
from shared.identity.directory import Directory, Organisation
from shared.kernel.actor import Actor, Membership
from shared.kernel.clock import ManualClock, shanghai
from shared.kernel.text import Text
from shared.persistence import open_engine, open_sessions
from shared.procedures import Catalogue, shared_rules

EMPLOYER = "91421281MA4900001X"
CHAIN = """
id: worker-honour
title: {zh: 岗位能手, en: Skilled worker of the year}
version: "2024"
region: "420303"
effective: {from: 2020-01-01}
source: {zh: 测试用办法, en: rules made for a test}
applicant: [worker, enterprise.officer]
form:
  - {field: employer, type: credit_code, required: true, label: {zh: 单位, en: Employer}}
  - {field: region, type: region, required: true, label: {zh: 地区, en: Region}}
  - {field: years, type: integer, required: true, label: {zh: 工龄, en: Years of work}}
  - {field: phone, type: phone, label: {zh: 电话, en: Phone}}
rules:
  - {rule: field_at_least, field: years, minimum: 3}
steps:
  - {decide: enterprise_confirms, by: enterprise.officer, may: [confirm, dispute], within: 3wd,
     silence: continue}
  - {decide: union_reviews, by: union.reviewer, at: county, within: 3wd, late: escalate}
  - {opinions: departments_opine, offices: [department.tax, department.emergency], within: 5wd,
     silence: continue}
  - {panel: experts_score, by: expert, at: county, experts: 3, pass_mark: 80, maximum: 100}
  - {meeting: leading_group_decides, by: union.secretary, at: county, quorum: 2/3}
  - {notice: public_notice, length: 5wd, shows: [name, employer], objections: {settle: 5wd,
     by: union.leader}}
  - {external: police_check, by: department.environment, at: county, answers: [clear, failed]}
outcome: {honour: {level: county, number: "GJ-{year}-{serial:04}"}}
"""
REGION = "420303"


def ref(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def officer(name: str, role: str, *, region: str = REGION, level: str = "county") -> Actor:
    return Actor(ref(name), name, (Membership(role, None, level, region),))


def staff(name: str, role: str, organisation: str = EMPLOYER) -> Actor:
    return Actor(ref(name), name, (Membership(role, organisation, None, None),))


class Desk:
    def __init__(self, sessions, office: CaseOffice, clock: ManualClock) -> None:
        self.sessions, self.office, self.clock = sessions, office, clock

    def submit(self, by: Actor, procedure: str = "worker-honour", **form: object) -> str:
        given = {"employer": EMPLOYER, "region": REGION, "years": 5, **form}
        with self.sessions.begin() as session:
            command = OpenCase(procedure, given)
            return applications.submit_case(session, self.office, command, by).id

    def advance(self, case_id: str, external=None):
        try:
            with self.sessions.begin() as session:
                return advance_case(session, self.office, case_id)
        except FactsWanted:
            with self.sessions.begin() as session:
                return advance_case(session, self.office, case_id, asked=True, external=external)

    def tasks(self, by: Actor) -> list[Task]:
        with self.sessions.begin() as session:
            return [row.task for row in worklist(session, by, after=None, limit=50)]

    def decide(self, by: Actor, outcome: str, reason: str = "", task: Task | None = None, **data):
        task = task or self.tasks(by)[0]
        command = DecideTask(task.id, outcome, reason, data)
        with self.sessions.begin() as session:
            decisions.decide_task(session, self.office, command, by)
        return self.advance(task.case_id)

    def case(self, case_id: str) -> Case:
        with self.sessions.begin() as session:
            return session.get_one(Case, case_id)

    def act(self, handler, *arguments):
        with self.sessions.begin() as session:
            return handler(session, self.office, *arguments)


@pytest.fixture
def make_desk(database, keyring, tmp_path: Path) -> Iterator[Callable[[CaseEffects], Desk]]:
    """`make_desk(effects)`: a desk of a service that adds those effects to its cases."""
    engine = open_engine(database("nomination"), "test")
    (tmp_path / "worker-honour.yaml").write_text(CHAIN, encoding="utf-8")
    yield lambda effects: Desk(open_sessions(engine), *_office(tmp_path, effects))
    engine.dispose()


@pytest.fixture
def desk(make_desk) -> Desk:
    return make_desk(PlainEffects())


def _office(folder: Path, effects: CaseEffects) -> tuple[CaseOffice, ManualClock]:
    clock = ManualClock(shanghai(date(2024, 3, 4), 9))
    catalogue = Catalogue([folder], shared_rules())
    assert not [p for p in catalogue.problems() if p.severity == "error"], catalogue.problems()
    office = CaseOffice(
        service="nomination",
        prefix="NOM",
        clock=clock,
        calendar=Calendar(),
        catalogue=catalogue,
        directory=Directory(
            [Organisation(EMPLOYER, Text("赤壁精工", "Chibi Jinggong"), REGION, "enterprise")], []
        ),
        person_ref_key=bytes(32),
        snapshot_key=bytes(32),
        effects=effects,
    )
    effects.office = office
    return office, clock
