"""A task that nobody could take goes to who stands in, and what is left is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from shared.approvals.office import PlainEffects
from shared.approvals.queries import steps_of
from shared.approvals.staffing import look_again, notice_who_left, unstaffed_tasks
from shared.approvals.step_model import TaskCandidate
from shared.approvals.waiting import waiting_of
from shared.audit.model import AuditEntry
from shared.identity.directory import Directory, Office
from shared.identity.staff import Staff
from shared.kernel.actor import Actor, Membership
from shared.kernel.identity_number import person_ref
from shared.kernel.text import Text
from tests.integration.approvals.conftest import EMPLOYER, REGION, Desk

KEY = bytes(32)
NUMBERS = ["42030319850101003X", "421281200103072010", "421281200103072029"]
WORKER = Actor(person_ref(NUMBERS[0], KEY), "王建国", ())


def holder(number: str, role: str, **where: str) -> dict[str, Any]:
    place = {"organisation": None, "level": "county", "region": REGION, **where}
    return {
        "username": f"{role}-{number}",
        "name": "某人",
        "identity_number": number,
        "memberships": [{"role": role, **place}],
    }


UNIT = {"organisation": EMPLOYER, "level": "unit"}


@pytest.fixture
def staffed(make_desk, tmp_path: Path):
    def make(*people: dict[str, Any]) -> Desk:
        desk = make_desk(PlainEffects())
        file = tmp_path / "staff.yml"
        file.write_text(yaml.safe_dump(list(people)), encoding="utf-8")
        object.__setattr__(desk.office, "staff", Staff([file], KEY))
        return desk

    return make


def asked(desk: Desk, case_id: str) -> list[tuple[str, str | None, str | None]]:
    with desk.sessions() as session:
        rows = session.scalars(
            select(TaskCandidate)
            .where(TaskCandidate.task.has(case_id=case_id), TaskCandidate.open)
            .order_by(TaskCandidate.number)
        )
        return [(each.role, each.organisation or each.region, each.level) for each in rows]


def told(desk: Desk, case_id: str) -> list[Any]:
    with desk.sessions() as session:
        rows = session.scalars(
            select(AuditEntry).where(
                AuditEntry.case_id == case_id, AuditEntry.action == "step_unstaffed"
            )
        )
        return [each.facts["outcome"] for each in rows]


def submitted(desk: Desk, by: Actor = WORKER, **form: object) -> str:
    case_id = desk.submit(by, **form)
    desk.advance(case_id)
    return case_id


def test_an_office_with_people_is_asked_alone(staffed) -> None:
    desk = staffed(holder(NUMBERS[1], "enterprise.officer", **UNIT))
    case_id = submitted(desk)
    assert asked(desk, case_id) == [("enterprise.officer", EMPLOYER, None)]
    assert told(desk, case_id) == []


def test_the_next_deciding_office_stands_in_for_a_unit_without_people(staffed) -> None:
    desk = staffed(holder(NUMBERS[1], "union.reviewer"))
    case_id = submitted(desk)
    assert asked(desk, case_id) == [
        ("enterprise.officer", EMPLOYER, None),
        ("union.reviewer", REGION, "county"),
    ]
    assert told(desk, case_id) == ["stands_in"]


def test_who_applies_is_not_the_one_who_could_decide(staffed) -> None:
    desk = staffed(
        holder(NUMBERS[0], "enterprise.officer", **UNIT), holder(NUMBERS[1], "union.reviewer")
    )
    case_id = submitted(desk)
    assert ("union.reviewer", REGION, "county") in asked(desk, case_id)


def test_a_level_without_people_is_passed_over_to_the_one_that_has_some(staffed) -> None:
    desk = staffed(holder(NUMBERS[1], "union.reviewer", level="province", region="420000"))
    case_id = submitted(desk)
    assert asked(desk, case_id)[-1] == ("union.reviewer", "420000", "province")


def test_where_there_is_nobody_at_all_operators_and_the_applicant_are_told(staffed) -> None:
    desk = staffed(holder(NUMBERS[1], "auditor"))
    case_id = submitted(desk)
    assert told(desk, case_id) == ["nobody"]
    with desk.sessions() as session:
        [task] = unstaffed_tasks(session, desk.office, after=None, limit=50)
        assert task.case_id == case_id
        case = desk.case(case_id)
        procedure = desk.office.catalogue.get(case.procedure, case.procedure_version)
        waiting = waiting_of(session, desk.office, case, procedure, steps_of(session, case_id))
        assert waiting is not None and waiting.says is not None
        assert "没有可以办理此环节的人员" in waiting.says.zh


def test_what_somebody_can_take_again_is_no_longer_told(staffed, tmp_path: Path) -> None:
    desk = staffed(holder(NUMBERS[1], "auditor"))
    submitted(desk)
    people = [holder(NUMBERS[2], "enterprise.officer", **UNIT)]
    (tmp_path / "staff.yml").write_text(yaml.safe_dump(people), encoding="utf-8")
    with desk.sessions.begin() as session:
        assert look_again(session, desk.office) == 1
        assert look_again(session, desk.office) == 0
        assert unstaffed_tasks(session, desk.office, after=None, limit=50) == []


def test_without_a_list_an_employer_that_nobody_knows_is_nobody(desk: Desk) -> None:
    case_id = submitted(desk, employer="91420303MA4900002T")
    assert asked(desk, case_id)[-1] == ("union.reviewer", REGION, "county")
    known = submitted(desk, Actor("b" * 64, "李工", (Membership("worker"),)))
    assert told(desk, known) == []


def test_without_a_list_an_office_that_the_directory_has_only_elsewhere_is_nobody(
    make_desk,
) -> None:
    desk = make_desk(PlainEffects())
    elsewhere = Office("union.reviewer", "420300", None, Text("市总工会", "City union"), "1")
    directory = Directory(desk.office.directory.organisations(), [elsewhere])
    object.__setattr__(desk.office, "directory", directory)
    case_id = submitted(desk, employer="91420303MA4900002T")
    assert asked(desk, case_id)[-1] == ("union.reviewer", "420300", "city")


def numbered(serial: int) -> str:
    """A valid identity number."""
    body = f"42030319850101{serial:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def test_a_seat_of_a_panel_without_a_person_of_its_own_is_told(staffed) -> None:
    officer, reviewer, tax, emergency, *experts = (numbered(each) for each in range(101, 107))
    desk = staffed(
        holder(officer, "enterprise.officer", **UNIT),
        holder(reviewer, "union.reviewer"),
        holder(tax, "department.tax"),
        holder(emergency, "department.emergency"),
        *(holder(each, "expert") for each in experts),
    )
    case_id = submitted(desk)

    def person(number: str, role: str, **where: str) -> Actor:
        [one] = holder(number, role, **where)["memberships"]
        return Actor(person_ref(number, KEY), "某人", (Membership(**one),))

    desk.decide(
        person(officer, "enterprise.officer", organisation=EMPLOYER, level=None, region=None),
        "confirm",
    )
    desk.decide(person(reviewer, "union.reviewer"), "approve")
    desk.decide(person(tax, "department.tax"), "support")
    desk.decide(person(emergency, "department.emergency"), "support")
    assert desk.case(case_id).current_step == "experts_score"
    assert told(desk, case_id) == ["nobody"]
    with desk.sessions() as session:
        [task] = unstaffed_tasks(session, desk.office, after=None, limit=50)
        assert task.seat == "expert-3"


def test_a_task_that_somebody_could_take_who_has_left_goes_to_who_stands_in(
    staffed, tmp_path: Path
) -> None:
    own = holder(NUMBERS[1], "enterprise.officer", **UNIT)
    reviewer = holder(NUMBERS[2], "union.reviewer")
    desk = staffed(own, reviewer)
    case_id = submitted(desk)
    with desk.sessions.begin() as session:
        assert notice_who_left(session, desk.office, "") == ""
    assert told(desk, case_id) == []
    (tmp_path / "staff.yml").write_text(yaml.safe_dump([reviewer]), encoding="utf-8")
    with desk.sessions.begin() as session:
        assert notice_who_left(session, desk.office, "") == ""
    assert told(desk, case_id) == ["stands_in"]
    assert ("union.reviewer", REGION, "county") in asked(desk, case_id)
    (tmp_path / "staff.yml").write_text(yaml.safe_dump([]), encoding="utf-8")
    with desk.sessions.begin() as session:
        notice_who_left(session, desk.office, "")
    assert told(desk, case_id) == ["stands_in", "nobody"]
