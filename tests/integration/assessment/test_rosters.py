import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from deploy import demonstration as organisations_file
from deploy.demonstration.rosters import bad_roster_file, roster_file
from services.assessment.organisations.queries import organisation_by_code
from services.assessment.organisations.rules import OrganisationNotFiled, OutOfScope
from services.assessment.organisations.seeding import file_organisations
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings.columns import ROSTER
from services.assessment.sittings.errors import (
    FixedByRoster,
    NotYourOrganisation,
    RosterClosed,
    RosterMissing,
    RosterTooLong,
    StaffIsACandidate,
)
from services.assessment.sittings.handlers import replace_roster
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.queries import sitting_view
from services.assessment.spreadsheets.reading import read_rows
from shared.approvals.applications import OpenCase, submit_case, submit_draft
from shared.approvals.corrections import resubmit_case, withdraw_case
from shared.approvals.model import Case, CaseFinding, CasePerson
from shared.approvals.queries import findings_of
from shared.approvals.step_model import Decision
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError, Errors
from tests.composed import composed
from tests.integration.assessment.conftest import (
    CHAIN,
    DOCUMENT,
    EMPLOYER,
    ORGANISATION,
    REGION,
    SCORER,
    STAFF,
    WELDER,
    Desk,
    person,
    rows_of,
)


def count(desk: Desk, model: type[Any]) -> int:
    with desk.sessions.begin() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_good_roster_opens_a_case_with_forty_candidates(desk: Desk) -> None:
    sitting = desk.open(rows_of()).sitting
    with desk.sessions.begin() as session:
        view = sitting_view(session, desk.office, sitting.case_id, SCORER)
        assert len(view.lines) == 40 and view.case.status == "in_progress"
        assert all(line.candidate.meets_condition for line in view.lines)
        found = {each.rule: each.passed for each in findings_of(session, sitting.case_id)}
        assert found == {"every_candidate_meets_a_condition": True, "staffing_is_complete": None}
        stored = (
            session.connection()
            .exec_driver_sql(
                "SELECT identity_number, phone, facts::text FROM candidates WHERE number = 1"
            )
            .one()
        )
    first = rows_of()[0].cells["identity_number"]
    assert str(first) not in " ".join(str(each) for each in stored)


def test_a_bad_roster_imports_nothing_and_names_every_row(desk: Desk) -> None:
    with pytest.raises(Errors) as refused:
        desk.open(read_rows(bad_roster_file(), ROSTER))
    assert {each.row for each in refused.value.errors} == set(range(3, 11))
    assert all(each.field and each.text("zh") and each.text("en") for each in refused.value.errors)
    assert (count(desk, Case), count(desk, Sitting), count(desk, Candidate)) == (0, 0, 0)


def test_the_good_rows_are_taken_when_asked_for(desk: Desk) -> None:
    outcome = desk.open(read_rows(bad_roster_file(), ROSTER), accept_good_rows=True)
    assert {each.row for each in outcome.skipped} == set(range(3, 11))
    assert [each.number for each in outcome.sitting.candidates] == [1, 2]


def test_a_person_in_another_open_sitting_is_refused_until_that_one_ends(desk: Desk) -> None:
    first = desk.open(rows_of()).sitting.case_id
    with pytest.raises(Errors) as refused:
        desk.open(rows_of()[:2])
    assert [(each.code, each.row) for each in refused.value.errors] == [
        ("in_another_sitting", 2),
        ("in_another_sitting", 3),
    ]
    another_day = {"level": "5", "held_on": "2024-03-11"}
    assert desk.open(rows_of()[:2], form=another_day).skipped == []
    desk.act(withdraw_case, first, "改期", SCORER)
    assert len(desk.open(rows_of()[:2]).sitting.candidates) == 2


def test_two_imports_of_one_person_at_once_give_one_sitting(desk: Desk) -> None:
    done: list[object] = []

    def run(work: Callable[[], object]) -> None:
        try:
            done.append(work())
        except Exception as error:
            done.append(error)

    threads = [
        threading.Thread(target=run, args=(lambda: desk.open(rows_of()[:3]),)) for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([each for each in done if not isinstance(each, Exception)]) == 1
    assert (count(desk, Sitting), count(desk, Candidate)) == (1, 3)


def test_outside_the_filed_scope_or_period_nothing_opens(desk: Desk) -> None:
    with pytest.raises(OutOfScope):
        desk.open(rows_of(), form={"level": "3"})
    with pytest.raises(OrganisationNotFiled):
        desk.open(rows_of(), form={"held_on": "2025-01-02"})
    with pytest.raises((NotYourOrganisation, DomainError)):
        desk.open(rows_of(), by=person("外人", "organisation.officer", organisation=EMPLOYER))


def test_a_roster_longer_than_the_document_allows_is_refused(desk: Desk) -> None:
    with pytest.raises(RosterTooLong):
        desk.open(rows_of(1) + rows_of(2))


def test_a_case_without_a_roster_is_not_submitted(desk: Desk) -> None:
    form = {
        "occupation": WELDER,
        "level": "4",
        "held_on": "2024-03-08",
        "employer": EMPLOYER,
        "region": REGION,
    }
    with pytest.raises(RosterMissing):
        desk.act(submit_case, OpenCase("welder-assessment", form), SCORER)


def test_candidates_and_staff_decide_nothing_and_candidates_see_their_own_line(desk: Desk) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    with desk.sessions.begin() as session:
        candidate = session.scalars(select(Candidate).where(Candidate.number == 5)).one()
        people = set(session.scalars(select(CasePerson.person_ref)))
        assert candidate.person_ref in people and len(people) == 41
        me = Actor(candidate.person_ref, candidate.name)
        view = sitting_view(session, desk.office, sitting_id, me)
        assert view.own_only and [line.candidate.number for line in view.lines] == [5]
        with pytest.raises(DomainError):
            sitting_view(session, desk.office, sitting_id, person("路人", "worker"))


def test_the_staffing_is_checked_against_the_ratios(desk: Desk) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    desk.act(record_staff, sitting_id, STAFF, SCORER)
    with desk.sessions.begin() as session:
        query = select(CaseFinding).where(CaseFinding.rule == "staffing_is_complete")
        assert session.scalars(query).one().passed is True
    desk.act(record_staff, sitting_id, STAFF[1:], SCORER)
    with desk.sessions.begin() as session:
        assert session.scalars(query).one().passed is False
    candidate = StaffEntry("assessor", "自考", None, str(rows_of()[0].cells["identity_number"]))
    with pytest.raises(StaffIsACandidate):
        desk.act(record_staff, sitting_id, [candidate], SCORER)


def test_a_returned_sitting_takes_another_roster_and_goes_on(desk: Desk) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    desk.advance(sitting_id)
    with pytest.raises(RosterClosed):
        desk.act(replace_roster, sitting_id, rows_of(2), SCORER)
    desk.decide(sitting_id, CHAIN[0], "return", "名单有误")
    outcome = desk.act(replace_roster, sitting_id, rows_of(2)[:39], SCORER)
    assert len(outcome.sitting.candidates) == 39
    with pytest.raises(Errors) as refused:
        desk.act(resubmit_case, sitting_id, {"level": "5"}, SCORER)
    assert isinstance(refused.value.errors[0], FixedByRoster)
    desk.act(resubmit_case, sitting_id, {}, SCORER)
    desk.advance(sitting_id)
    assert desk.case(sitting_id).current_step == "enterprise_confirms_roster"


def test_a_roster_replaced_after_a_return_is_seen_again_by_all_who_decided_about_the_old_one(
    desk: Desk,
) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    desk.advance(sitting_id)
    for each in CHAIN[:2]:
        desk.decide(sitting_id, each)
    desk.decide(sitting_id, CHAIN[2], "return", "名单有误")
    desk.act(replace_roster, sitting_id, rows_of(2), SCORER)
    desk.act(resubmit_case, sitting_id, {}, SCORER)
    desk.advance(sitting_id)
    for each in CHAIN:
        assert desk.case(sitting_id).round == 2
        desk.decide(sitting_id, each)
    assert desk.case(sitting_id).current_step == "scores_locked"
    with desk.sessions.begin() as session:
        decided = [each.step_key for each in session.scalars(select(Decision))]
    assert sorted(Counter(decided).values()) == [2, 2, 2]


def test_the_same_roster_sent_again_after_a_return_bothers_nobody_who_had_decided(
    desk: Desk,
) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    desk.advance(sitting_id)
    for each in CHAIN[:2]:
        desk.decide(sitting_id, each)
    desk.decide(sitting_id, CHAIN[2], "return", "请核对名单")
    desk.act(replace_roster, sitting_id, rows_of(), SCORER)
    desk.act(resubmit_case, sitting_id, {"place": "二号实训室"}, SCORER)
    desk.advance(sitting_id)
    assert desk.case(sitting_id).current_step == "centre_accepts_plan"


def test_the_shipped_standard_says_that_enterprise_and_union_decide_about_the_roster(
    database: Any, keyring: Any, tmp_path: Path
) -> None:
    service = composed("assessment", database("assessment"), tmp_path)
    standard = service.office.catalogue.get("welder-assessment", "standard-2023")
    about = {step.key: step.settings["about"] for step in standard.steps if step.kind == "decide"}
    assert "roster" in about["enterprise_confirms_roster"] and "roster" in about["union_recommends"]
    service.engine.dispose()


def test_a_renewal_is_a_new_version_and_the_old_sitting_keeps_its_filing(desk: Desk) -> None:
    sitting = desk.open(rows_of()).sitting
    desk.file()
    desk.file(valid_from=date(2025, 1, 1), valid_until=date(2027, 12, 31), site_serial="000099")
    with desk.sessions.begin() as session:
        versions = (
            session.connection()
            .exec_driver_sql("SELECT filing_version, id FROM organisation_filings ORDER BY 1")
            .all()
        )
    assert [each[0] for each in versions] == [1, 2] and versions[0][1] == sitting.filing_id
    assert sitting.organisation == ORGANISATION
    assert read_rows(roster_file(1), ROSTER) == rows_of()


def test_a_draft_of_an_earlier_day_is_judged_as_of_the_day_of_application(
    desk: Desk, tmp_path: Path
) -> None:
    """Candidates are judged when their roster is read; a draft may lie until another day."""
    from_the_fifth = DOCUMENT.replace("id: welder-assessment", "id: from-the-fifth").replace(
        "row_rules:",
        "row_rules:\n  - {rule: date_between, field: applied_on, earliest: 2024-03-05}",
    )
    (tmp_path / "from-the-fifth.yaml").write_text(from_the_fifth, "utf-8")
    desk.office.catalogue.refresh()
    sitting = desk.open(rows_of(), procedure="from-the-fifth", submit=False).sitting
    assert {each.meets_condition for each in sitting.candidates} == {False}
    desk.clock.advance_to(date(2024, 3, 5))
    desk.act(submit_draft, sitting.case_id, {}, SCORER)
    with desk.sessions() as session:
        rows = session.scalars(select(Candidate).where(Candidate.sitting_id == sitting.case_id))
        assert {each.meets_condition for each in rows} == {True}
        found = {each.rule: each.passed for each in findings_of(session, sitting.case_id)}
    assert found["every_candidate_meets_a_condition"] is True
    desk.clock.advance_to(date(2024, 3, 7))
    with desk.sessions.begin() as session:
        case = session.get_one(Case, sitting.case_id)
        case.return_for_correction(desk.clock.now(), "enterprise_confirms_roster", "名单有误")
    again = desk.act(replace_roster, sitting.case_id, rows_of(), SCORER).sitting
    assert {each.findings[0]["zh"] for each in again.candidates} == {
        "申请日期 2024-03-05，在 2024-03-05 – … 之内。"
    }


def test_the_filings_of_a_data_file_are_filed_once_and_renewed_when_they_change(
    desk: Desk, tmp_path: Path
) -> None:
    path = Path(organisations_file.__file__).with_name("organisations.yaml")
    changed = tmp_path / "renewed.yaml"
    changed.write_text(path.read_text("utf-8").replace("2025-12-31", "2028-12-31"), "utf-8")
    versions = []
    for each in (path, path, changed):
        with desk.sessions.begin() as session:
            assert file_organisations(session, desk.office, each) == 1
            found = organisation_by_code(session, "52421200MJ4900004E")
            versions.append([filing.filing_version for filing in found.filings])
    assert versions == [[1], [1], [1, 2]]
