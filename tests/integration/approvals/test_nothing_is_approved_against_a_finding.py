"""一票否决 (domain.md A6): no case ends approved while a finding is failed or unknown, whoever or
whatever ends its last step; nor where nobody decided it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.approvals.errors import FindingNotMet, FindingUnknown
from shared.approvals.findings import evaluate_case
from shared.approvals.office import FactsUnavailable, PlainEffects
from shared.approvals.rechecking import recheck_case
from shared.approvals.step_model import Decision
from shared.approvals.views import case_view
from shared.kernel.clock import shanghai
from tests.integration.approvals.conftest import Desk, officer, staff

WORKER = staff("张伟", "worker")
TAX = officer("赵税", "department.tax")
LEADER = officer("周主席", "union.leader")
SECRETARY = officer("孙秘书", "union.secretary")
VOTES = {"minutes_no": "1号", "members": 9, "present": 7, "in_favour": 7, "against": 0}
LATER = shanghai(date(2024, 4, 30))

DOCUMENT = """
id: honour
title: {{zh: 荣誉, en: Honour}}
version: "1"
region: "420303"
effective: {{from: 2020-01-01}}
source: {{zh: 测试用办法, en: rules made for a test}}
applicant: [worker]
form:
  - {{field: employer, type: credit_code, required: true, label: {{zh: 单位, en: Employer}}}}
  - {{field: region, type: region, required: true, label: {{zh: 地区, en: Region}}}}
  - {{field: years, type: integer, required: true, label: {{zh: 工龄, en: Years}}}}
rules: [{{rule: {rule}}}]
steps:
{steps}
outcome: {{honour: {{level: county, number: "H-{{year}}-{{serial:04}}"}}}}
"""
VETO = "employer_has_no_veto"
YEARS = "field_at_least, field: years, minimum: 3"
BENEFIT = "draws_unemployment_benefit"
OPINIONS = "  - {opinions: opinions, offices: [department.tax]}\n"
MEETING = "  - {meeting: meeting, by: union.leader, at: county}\n"
DECIDE = "  - {decide: decide, by: union.secretary, at: county, may: [approve]}\n"
FIRST = DECIDE.replace("decide: decide", "decide: first").replace("secretary", "leader")
NOTICE = (
    "  - {notice: notice, length: 5wd, shows: [name], objections: "
    "{settle: 5wd, by: union.leader}}\n"
)
SILENT = (
    "  - {decide: silent, by: union.secretary, at: county, may: [approve], within: 3wd, "
    "silence: continue}\n"
)
EXTERNAL = "  - {external: police, by: union.secretary, at: county, answers: [clear]}\n"
MONEY = EXTERNAL.replace("]}", "], withdrawable: false}")


class Vetoes(PlainEffects):
    """What the tax office opposes is a veto once it has spoken; the registry answers when it
    has something to say."""

    registry: Mapping[str, Any] | None = None
    told: list[Any]

    def rejudged(self, session, case, findings, because, by) -> None:
        self.told = [[each.passed for each in findings], because]

    def facts(self, session, case, procedure) -> Mapping[str, Any]:
        said = session.query(Decision).filter_by(case_id=case.id, step_key="opinions").all()
        found_on = self.office.clock.today()
        vetoes = [
            {"kind": "tax_offence", "found_on": found_on.isoformat(), "source": each.role}
            for each in said
            if each.outcome == "oppose"
        ]
        return {"employer_vetoes": vetoes} if said else {}

    def step_opened(self, session, case, procedure, step, opened) -> None:
        evaluate_case(session, self.office, case, procedure)

    def asks_registries(self, procedure) -> bool:
        return True

    def external_facts(self, case_id, subject_ref) -> Mapping[str, Any]:
        if self.registry is None:
            raise FactsUnavailable
        return self.registry


@pytest.fixture
def effects() -> Vetoes:
    return Vetoes()


@pytest.fixture
def honour(make_desk, effects, tmp_path: Path):
    """`honour(rule, steps, years=…)`: a desk and a case of that document, at its first step."""

    def begin(rule: str, steps: str, years: int = 5) -> tuple[Desk, str]:
        text = DOCUMENT.format(rule=rule, steps=steps)
        (tmp_path / "honour.yaml").write_text(text, encoding="utf-8")
        desk = make_desk(effects)
        case_id = desk.submit(WORKER, "honour", years=years)
        desk.advance(case_id)
        return desk, case_id

    return begin


def test_a_meeting_cannot_approve_against_a_veto(honour):
    desk, _ = honour(VETO, OPINIONS + MEETING + DECIDE)
    desk.decide(TAX, "oppose", "欠税")
    with pytest.raises(FindingNotMet):
        desk.decide(LEADER, "approve", **VOTES)
    votes = VOTES | {"in_favour": 0, "against": 7}
    assert desk.decide(LEADER, "reject", "一票否决", **votes).outcome == "refused"


def test_a_meeting_before_the_departments_are_asked_may_approve(honour):
    desk, _ = honour(VETO, MEETING + OPINIONS + DECIDE)
    desk.decide(LEADER, "approve", **VOTES)
    desk.decide(TAX, "support")
    assert desk.decide(SECRETARY, "approve").outcome == "approved"


@pytest.mark.parametrize("last", [DECIDE, EXTERNAL])
def test_the_last_step_cannot_carry_a_veto_whatever_it_may_answer(honour, last):
    desk, _ = honour(VETO, OPINIONS + last)
    desk.decide(TAX, "oppose", "欠税")
    with pytest.raises(FindingNotMet):
        desk.decide(SECRETARY, "approve" if last is DECIDE else "clear")


def test_the_last_step_is_the_last_that_applies(honour):
    never = DECIDE.replace("decide: decide", "decide: never").replace(
        "may: [approve]", "may: [approve], when: {rule: field_at_least, field: years, minimum: 40}"
    )
    desk, _ = honour(YEARS, DECIDE + never, years=2)
    with pytest.raises(FindingNotMet):
        desk.decide(SECRETARY, "approve")


def test_a_step_that_may_not_refuse_lets_a_case_go_on_to_one_that_may(honour):
    desk, case_id = honour(YEARS, DECIDE + MEETING, years=2)
    desk.decide(SECRETARY, "approve")
    assert desk.case(case_id).current_step == "meeting"


def test_departments_that_speak_last_refuse_by_their_veto(honour):
    desk, case_id = honour(VETO, OPINIONS)
    assert desk.decide(TAX, "oppose", "欠税").outcome == "refused"
    assert (
        "一票否决" in desk.case(case_id).outcome_reason or "税" in desk.case(case_id).outcome_reason
    )


def test_departments_that_speak_last_and_support_let_it_be_approved(honour):
    desk, _ = honour(VETO, FIRST + OPINIONS)
    desk.decide(LEADER, "approve")
    assert desk.decide(TAX, "support").outcome == "approved"


@pytest.mark.parametrize("last", [NOTICE, SILENT])
def test_a_clock_that_ends_the_last_step_refuses_for_the_failed_finding(honour, last):
    desk, case_id = honour(YEARS, last, years=2)
    desk.clock.advance_to(LATER)
    assert desk.advance(case_id).outcome == "refused"
    assert "条件未满足" in desk.case(case_id).outcome_reason


@pytest.mark.parametrize("last", [NOTICE, SILENT])
def test_a_clock_does_not_approve_what_is_not_known(honour, effects, last):
    desk, case_id = honour(BENEFIT, FIRST + last)
    desk.decide(LEADER, "approve")
    desk.clock.advance_to(LATER)
    for _ in range(2):
        assert not desk.advance(case_id).closed
    with desk.sessions.begin() as session:
        shown = case_view(session, desk.office, desk.case(case_id))["waiting"]
    assert [each["region"] for each in shown["offices"]] or last is NOTICE
    assert last is SILENT or "not known yet" in shown["says"]["en"]
    effects.registry = {"draws_unemployment_benefit": True}
    recheck_case(desk.sessions, desk.office, case_id, WORKER)
    if last is SILENT:  # overdue, and still with the office
        assert desk.tasks(SECRETARY)
        assert desk.decide(SECRETARY, "approve").outcome == "approved"
    else:
        assert desk.advance(case_id).outcome == "approved"


def test_an_office_cannot_end_a_case_on_what_is_not_known(honour):
    desk, _ = honour(BENEFIT, DECIDE)
    with pytest.raises(FindingUnknown):
        desk.decide(SECRETARY, "approve")


@pytest.mark.parametrize("known", [True, False])
def test_a_case_whose_steps_are_done_waits_for_what_is_not_known(honour, effects, known):
    never = DECIDE.replace(
        "may: [approve]", "may: [approve], when: {rule: field_at_least, field: years, minimum: 40}"
    )
    desk, case_id = honour(BENEFIT, FIRST + OPINIONS + never)
    desk.decide(LEADER, "approve")
    assert not desk.decide(TAX, "support").closed
    assert not desk.advance(case_id).closed
    effects.registry = {"draws_unemployment_benefit": known}
    recheck_case(desk.sessions, desk.office, case_id, WORKER)
    assert desk.advance(case_id).outcome == ("approved" if known else "refused")


def test_money_does_not_set_out_against_a_finding_and_the_service_hears_what_is_found_after(
    honour, effects
):
    desk, case_id = honour(BENEFIT, DECIDE + MONEY)
    assert not desk.decide(SECRETARY, "approve").closed
    assert desk.case(case_id).current_step == "decide"
    with desk.sessions.begin() as session:
        shown = case_view(session, desk.office, desk.case(case_id))["waiting"]
    assert "not known yet" in shown["says"]["en"] and shown["offices"]
    effects.registry = {"draws_unemployment_benefit": True}
    recheck_case(desk.sessions, desk.office, case_id, WORKER)
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "police"
    effects.registry = {"draws_unemployment_benefit": False}
    recheck_case(desk.sessions, desk.office, case_id, WORKER)
    assert effects.told == [[False], "registry"]
    assert not desk.advance(case_id).closed
    assert desk.case(case_id).current_step == "police"


NEVER = DECIDE.replace(
    "may: [approve]", "may: [approve], when: {rule: field_at_least, field: years, minimum: 40}"
)


def says(desk: Desk, case_id: str) -> dict[str, Any]:
    with desk.sessions.begin() as session:
        return dict(case_view(session, desk.office, desk.case(case_id))["waiting"])


@pytest.mark.parametrize("steps", [OPINIONS + NEVER, OPINIONS + NEVER + MONEY])
def test_a_case_that_every_decision_passed_over_is_held_and_says_so(honour, steps):
    desk, case_id = honour(YEARS, steps)
    assert not desk.decide(TAX, "support").closed
    assert desk.case(case_id).current_step == "opinions"
    shown = says(desk, case_id)
    assert shown["step"] == "opinions" and shown["due_at_utc"] is None
    assert "Nobody has decided" in shown["says"]["en"] and "没有人" in shown["says"]["zh"]


def test_a_case_to_which_no_step_applies_is_held_and_says_so(honour):
    desk, case_id = honour(YEARS, NEVER)
    assert not desk.advance(case_id).closed
    shown = says(desk, case_id)
    assert shown["step"] is None and "Nobody has decided" in shown["says"]["en"]


def test_a_clock_alone_approves_nothing(honour):
    desk, case_id = honour(YEARS, SILENT)
    desk.clock.advance_to(LATER)
    assert not desk.advance(case_id).closed
    assert "Nobody has decided" in says(desk, case_id)["says"]["en"]


def test_one_decision_is_enough_beside_silence(honour):
    desk, case_id = honour(YEARS, FIRST + SILENT)
    desk.decide(LEADER, "approve")
    desk.clock.advance_to(LATER)
    assert desk.advance(case_id).outcome == "approved"
