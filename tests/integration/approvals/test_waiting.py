"""Whom a case waits for and until when, during a notice and after it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shared.approvals.applications import OpenCase, save_draft
from shared.approvals.office import PlainEffects
from shared.approvals.views import case_view
from shared.identity.directory import Directory, Office
from shared.kernel.clock import ManualClock, shanghai
from shared.kernel.text import Text
from shared.notices.model import Notice
from tests.integration.approvals.conftest import CHAIN, EMPLOYER, REGION, Desk
from tests.integration.approvals.test_a_case_goes_its_way import (
    LEADER,
    WORKER,
    to_notice,
    to_union,
)
from tests.integration.approvals.test_a_case_goes_its_way import UNION as UNION_REVIEWER
from tests.integration.approvals.test_objections import object_to

UNION = Office("union.leader", REGION, None, Text("区总工会", "District union"), "0719-1")
PROVINCE = Office("union.leader", "420000", None, Text("省总工会", "Province's union"), "027-1")
REVIEWER = Office("union.reviewer", REGION, None, Text("区工会审核", "District review"), "0719-2")
SAFETY = Office("department.tax", REGION, None, Text("税务局", "Tax office"), "0719-3")
PERSONNEL = Office("enterprise.officer", None, EMPLOYER, Text("人事部", "Personnel"), "0719-4")
CONGRESS = Office("enterprise.congress", None, EMPLOYER, Text("职代会", "Congress"), "0719-5")
IN_THE_UNIT = """
id: unit-honour
title: {zh: 单位能手, en: Best of the unit}
version: "2024"
region: "420303"
effective: {from: 2020-01-01}
source: {zh: 测试用办法, en: rules made for a test}
applicant: [worker]
form:
  - {field: employer, type: credit_code, required: true, label: {zh: 单位, en: Employer}}
  - {field: region, type: region, required: true, label: {zh: 地区, en: Region}}
  - {field: years, type: integer, label: {zh: 工龄, en: Years of work}}
steps:
  - {notice: unit_notice, at: unit, shows: [name], publishes: enterprise.congress,
     objections: {by: enterprise.officer}}
  - {opinions: departments_opine, offices: [department.tax]}
  - {decide: union_reviews, by: union.reviewer, at: county}
outcome: honour
"""


def known(desk: Desk, *offices: Office, clock: ManualClock | None = None) -> Desk:
    """The desk with a directory that has these offices."""
    clock = clock or desk.clock
    office = replace(desk.office, directory=Directory([], offices), clock=clock)
    office.effects.office = office
    return Desk(desk.sessions, office, clock)


def waiting(desk: Desk, case_id: str) -> dict[str, Any]:
    with desk.sessions.begin() as session:
        shown = case_view(session, desk.office, desk.case(case_id))["waiting"]
    assert shown is not None
    return dict(shown)


def test_during_a_notice_a_case_waits_for_its_end_and_names_who_hears_objections(desk: Desk):
    desk = known(desk, UNION, REVIEWER)
    found = waiting(desk, to_notice(desk))
    assert (found["step"], found["kind"]) == ("public_notice", "notice")
    assert (found["due_at_utc"], found["due_provisional"]) == (
        shanghai(date(2024, 3, 8), 18),
        False,
    )
    [office] = found["offices"]
    assert (office["role"], office["region"], office["level"]) == ("union.leader", REGION, "county")
    assert (office["name"]["en"], office["telephone"]) == ("District union", "0719-1")
    assert "2024-03-08" in found["says"]["zh"] and "2024-03-08" in found["says"]["en"]


def test_an_end_past_the_announced_holidays_is_said_to_be_provisional(desk: Desk):
    desk = known(desk, UNION, clock=ManualClock(shanghai(date(2027, 3, 1), 9)))
    found = waiting(desk, to_notice(desk))
    assert (found["due_at_utc"], found["due_provisional"]) == (shanghai(date(2027, 3, 5), 18), True)


def test_an_objection_that_outlives_the_notice_is_waited_for_by_its_own_clock(desk: Desk):
    desk = known(desk, UNION)
    case_id = to_notice(desk)
    desk.clock.advance_to(shanghai(date(2024, 3, 8), 9))
    object_to(desk, case_id)
    assert waiting(desk, case_id)["due_at_utc"] == shanghai(date(2024, 3, 8), 18)
    desk.clock.advance_to(shanghai(date(2024, 3, 9)))
    desk.advance(case_id)
    found = waiting(desk, case_id)
    assert found["due_at_utc"] == shanghai(date(2024, 3, 15), 18)
    assert [each["telephone"] for each in found["offices"]] == ["0719-1"]
    assert "异议" in found["says"]["zh"] and "objection" in found["says"]["en"]
    desk.decide(LEADER, "dismiss", "查无实据")
    assert waiting(desk, case_id)["step"] == "police_check"


def test_a_notice_that_is_still_collected_says_when_it_begins_and_ends_at_the_latest(
    make_desk, tmp_path: Path
):
    monthly = CHAIN.replace("notice: public_notice,", "notice: public_notice, batch: month,")
    (tmp_path / "worker-honour.yaml").write_text(
        monthly.replace("id: worker-honour", "id: monthly-honour"), encoding="utf-8"
    )
    desk = known(make_desk(PlainEffects()), UNION)
    found = waiting(desk, to_notice(desk, "monthly-honour"))
    # 清明: 4 and 5 April 2024 are off, 7 April is a make-up Sunday
    assert found["due_at_utc"] == shanghai(date(2024, 4, 8), 18)
    assert "2024-04-01" in found["says"]["zh"]
    assert [each["telephone"] for each in found["offices"]] == ["0719-1"]


@pytest.mark.parametrize(
    ("offices", "telephone"),
    [
        ([PERSONNEL, CONGRESS, REVIEWER], "0719-4"),
        ([CONGRESS, REVIEWER], "0719-5"),
        ([REVIEWER, SAFETY], "0719-2"),
        ([replace(REVIEWER, region="420000", telephone="027-2"), SAFETY], "027-2"),
        ([SAFETY], None),
    ],
    ids=["who hears objections", "another of the unit", "the region's", "a level up", "nobody"],
)
def test_a_unit_notice_gives_a_telephone_the_units_own_or_that_of_the_office_it_goes_to(
    make_desk, tmp_path: Path, offices: list[Office], telephone: str | None
):
    (tmp_path / "unit-honour.yaml").write_text(IN_THE_UNIT, encoding="utf-8")
    desk = known(make_desk(PlainEffects()), *offices)
    case_id = desk.submit(WORKER, "unit-honour")
    desk.advance(case_id)
    found = waiting(desk, case_id)
    [office] = found["offices"]
    assert (office["role"], office["organisation"]) == ("enterprise.officer", EMPLOYER)
    assert office["telephone"] == telephone
    with desk.sessions.begin() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.office.get("telephone") == telephone


def test_a_returned_case_waits_for_the_applicant_to_correct_it(desk: Desk):
    case_id = to_union(desk)
    desk.decide(UNION_REVIEWER, "return", "工龄证明缺失")
    found = waiting(desk, case_id)
    assert (found["step"], found["kind"]) == ("union_reviews", "correction")
    assert [each["name"]["zh"] for each in found["offices"]] == [WORKER.name]
    assert "工龄证明缺失" in found["says"]["zh"] and "correct" in found["says"]["en"]


def test_a_draft_waits_for_the_applicant_to_send_it(desk: Desk):
    given = OpenCase("worker-honour", {"employer": EMPLOYER, "region": REGION})
    case = desk.act(save_draft, given, WORKER)
    found = waiting(desk, case.id)
    assert (found["step"], found["kind"]) == (None, "confirmation")
    assert [each["role"] for each in found["offices"]] == ["applicant"]
    assert "确认" in found["says"]["zh"] and "send it" in found["says"]["en"]


class PaidByItself(PlainEffects):
    """The last step is completed by the service's own act: it opens no task."""

    external_steps: Mapping[str, bool] = {"police_check": False}


def test_a_step_without_a_task_names_its_office_all_the_same(make_desk):
    env = Office("department.environment", REGION, None, Text("环保局", "Environment"), "0719-6")
    desk = known(make_desk(PaidByItself()), env)
    case_id = to_notice(desk)
    desk.clock.advance_to(shanghai(date(2024, 3, 9)))
    desk.advance(case_id)
    found = waiting(desk, case_id)
    assert found["step"] == "police_check"
    assert [(each["region"], each["telephone"]) for each in found["offices"]] == [
        (REGION, "0719-6")
    ]
