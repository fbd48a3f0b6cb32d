"""An assessment desk: a real database, a standard with its whole chain, the people of the chain."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deploy.demonstration.rosters import roster_file, scores_file
from services.assessment.organisations.handlers import FileOrganisation, file_organisation
from services.assessment.scoring.api import entries_of
from services.assessment.scoring.handlers import enter_scores, lock_scores
from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings.columns import ROSTER
from services.assessment.sittings.document_rules import rules
from services.assessment.sittings.effects import SittingEffects
from services.assessment.sittings.handlers import OpenSitting, RosterImport, open_sitting
from services.assessment.spreadsheets.reading import Row, read_rows
from shared.approvals.advance import FactsWanted, advance_case
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.queries import worklist
from shared.approvals.step_model import Task
from shared.calendar import Calendar
from shared.identity.directory import Directory, Organisation
from shared.kernel.actor import Actor, Membership
from shared.kernel.clock import ManualClock, shanghai
from shared.kernel.text import Text
from shared.persistence import Sessions, open_engine, open_sessions
from shared.procedures import Catalogue, RuleBook, shared_rules

EMPLOYER = "91421281MA4900001X"
ORGANISATION = "91110000600037341L"
WELDER = "6-18-02-04"
REGION = "421281"
DOCUMENT = """
id: welder-assessment
title: {zh: 焊工评价, en: Welder assessment}
version: "2023"
region: "42"
effective: {from: 2023-01-01}
source: {zh: 测试用标准, en: a standard made for a test}
applicant: [organisation.officer]
form:
  - {field: occupation, type: occupation, required: true, label: {zh: 职业, en: Occupation}}
  - {field: level, type: level, required: true, label: {zh: 等级, en: Level}}
  - {field: held_on, type: date, required: true, label: {zh: 日期, en: Day}}
  - {field: place, type: text, label: {zh: 地点, en: Place}}
  - {field: employer, type: credit_code, required: true, label: {zh: 单位, en: Employer}}
  - {field: region, type: region, required: true, label: {zh: 地区, en: Region}}
rules:
  - {rule: every_candidate_meets_a_condition}
  - {rule: staffing_is_complete}
row_rules:
  - any:
      - {rule: field_at_least, field: years_in_occupation, minimum: 3}
      - {rule: field_in, field: graduation, values: [vocational]}
settings: {pass_mark: 60, largest_roster: 60}
steps:
  - {decide: enterprise_confirms_roster, by: enterprise.officer, may: [approve, return],
     about: [roster]}
  - {decide: union_recommends, by: union.reviewer, at: county, may: [approve, return]}
  - {decide: centre_accepts_plan, by: centre.officer, at: city, may: [approve, return]}
  - {external: scores_locked, by: organisation.officer, answers: [locked]}
  - {notice: results, length: 5wd, shows: [name, employer, occupation, level],
     objections: {settle: 5wd, by: centre.officer}, at: city}
  - {decide: centre_reviews, by: centre.officer, at: city, may: [approve, return]}
outcome: {certificates: {}}
"""


def person(name: str, role: str, **where: str | None) -> Actor:
    place = {"organisation": None, "level": None, "region": None, **where}
    return Actor(sha256(name.encode()).hexdigest(), name, (Membership(role, **place),))


SCORER = person("周考", "organisation.officer", organisation=ORGANISATION)
CENTRE = person("钱中", "centre.officer", level="city", region="421200")
REVIEWING_CENTRE = person("孙复", "centre.officer", level="city", region="421200")
CHAIN = (
    person("吴企", "enterprise.officer", organisation=EMPLOYER),
    person("郑工", "union.reviewer", level="county", region=REGION),
    CENTRE,
)


class Desk:
    def __init__(self, sessions: Sessions, office: CaseOffice, clock: ManualClock) -> None:
        self.sessions, self.office, self.clock = sessions, office, clock

    def act(self, handler: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.sessions.begin() as session:
            return handler(session, self.office, *arguments, **named)

    def file(self, **changed: Any) -> None:
        given = {
            "code": ORGANISATION,
            "name": "咸宁工匠评价中心",
            "region": "421200",
            "category": "S",
            "organisation_code": "0000",
            "province": "42",
            "site_serial": "000017",
            "valid_from": date(2022, 1, 1),
            "valid_until": date(2024, 12, 31),
            "document": "鄂人社备〔2022〕17号",
            "scope": [(WELDER, "5"), (WELDER, "4")],
            **changed,
        }
        with self.sessions.begin() as session:
            file_organisation(session, self.office, CENTRE, FileOrganisation(**given))

    def open(self, rows: Sequence[Row], by: Actor = SCORER, **options: Any) -> RosterImport:
        form = {
            "occupation": WELDER,
            "level": "4",
            "held_on": "2024-03-08",
            "place": "焊接实训室",
            "employer": EMPLOYER,
            "region": REGION,
            **options.pop("form", {}),
        }
        procedure = options.pop("procedure", "welder-assessment")
        return self.act(open_sitting, OpenSitting(procedure, form, rows, **options), by)

    def advance(self, case_id: str) -> None:
        try:
            self.act(advance_case, case_id)
        except FactsWanted:
            self.act(advance_case, case_id, asked=True)

    def decide(self, case_id: str, by: Actor, outcome: str = "approve", reason: str = "") -> None:
        with self.sessions.begin() as session:
            tasks = [row.task for row in worklist(session, by, after=None, limit=50)]
        task = next(each for each in tasks if each.case_id == case_id)
        self.answer(task, by, outcome, reason)

    def answer(self, task: Task, by: Actor, outcome: str, reason: str = "") -> None:
        self.act(decide_task, DecideTask(task.id, outcome, reason), by)
        self.advance(task.case_id)

    def case(self, case_id: str) -> Case:
        with self.sessions.begin() as session:
            return session.get_one(Case, case_id)

    def accepted(self, roster: int = 1) -> str:
        """A sitting whose plan the centre has accepted, fully staffed."""
        sitting_id = self.open(rows_of(roster)).sitting.case_id
        self.act(record_staff, sitting_id, STAFF, SCORER)
        self.advance(sitting_id)
        for each in CHAIN:
            self.decide(sitting_id, each)
        return sitting_id

    def locked(self, roster: int = 1) -> str:
        sitting_id = self.accepted(roster)
        self.act(enter_scores, sitting_id, scores_of_sheet(roster), SCORER)
        self.act(lock_scores, sitting_id, SCORER)
        self.advance(sitting_id)
        return sitting_id

    def noticed(self, roster: int = 1) -> str:
        """A locked sitting whose notice has ended; the centre's review is left."""
        sitting_id = self.locked(roster)
        self.end_notice(sitting_id)
        return sitting_id

    def end_notice(self, sitting_id: str) -> None:
        self.clock.advance_to(shanghai(date(2024, 3, 18), 9))
        self.advance(sitting_id)

    def issued(self, roster: int = 1) -> str:
        sitting_id = self.noticed(roster)
        self.decide(sitting_id, REVIEWING_CENTRE)
        return sitting_id


STAFF = [
    *(StaffEntry("invigilator", f"监考{n}") for n in range(3)),
    *(StaffEntry("assessor", f"考评{n}") for n in range(9)),
    StaffEntry("supervisor", "督导"),
]


def rows_of(roster: int = 1) -> list[Row]:
    return read_rows(roster_file(roster), ROSTER)


def scores_of_sheet(roster: int = 1) -> Any:
    return entries_of(read_rows(scores_file(roster), SCORE_SHEET))


@pytest.fixture
def desk(database: Any, keyring: Any, tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(database("assessment"), "test")
    (tmp_path / "welder.yaml").write_text(DOCUMENT, encoding="utf-8")
    clock = ManualClock(shanghai(date(2024, 3, 4), 9))
    catalogue = Catalogue([tmp_path], RuleBook(shared_rules(), rules))
    assert not [each for each in catalogue.problems() if each.severity == "error"]
    office = CaseOffice(
        service="assessment",
        prefix="ASM",
        clock=clock,
        calendar=Calendar(),
        catalogue=catalogue,
        directory=Directory(
            [Organisation(EMPLOYER, Text("赤壁精工", "Chibi Jinggong"), REGION, "enterprise")], []
        ),
        person_ref_key=bytes(32),
        snapshot_key=bytes(32),
        effects=SittingEffects(),
    )
    office.effects.office = office
    made = Desk(open_sessions(engine), office, clock)
    made.file()
    yield made
    engine.dispose()
