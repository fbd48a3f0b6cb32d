"""What is derived from a form follows the form that was accepted last: name, subject, employer,
region, the version of the document, and who has to answer anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.approvals import applications, corrections
from shared.approvals.applications import OpenCase
from shared.approvals.errors import (
    CaseNotFound,
    DecidedAnotherStep,
    OwnCase,
    SubjectHasDecided,
)
from shared.approvals.model import Case, CasePerson
from shared.approvals.office import PlainEffects
from shared.approvals.timeline import timeline
from shared.kernel.actor import Actor, Membership
from shared.kernel.clock import shanghai
from shared.kernel.errors import Errors
from shared.kernel.identity_number import person_ref
from shared.notices.model import NoticeEntry, NoticeRow
from tests.integration.approvals.conftest import EMPLOYER, REGION, Desk, officer, ref, staff

OTHER_EMPLOYER = "91420303MA4900002T"
NUMBER, OTHER_NUMBER = "42030319850101003X", "420303198501010072"
MASTER = person_ref(NUMBER, bytes(32))
CLERK = staff("经办", "enterprise.officer")
CONGRESS = staff("职代会", "enterprise.congress")
UNION = officer("工会", "union.reviewer")
BUREAU = officer("人社", "bureau.officer")
DOCUMENT = """
id: unit-honour
title: {{zh: 工匠, en: Master}}
version: "{version}"
region: "420300"
effective: {{from: {start}{end}}}
source: {{zh: 测试用办法, en: rules made for a test}}
applicant: [enterprise.officer]
form:
  - {{field: name, type: text, required: true, label: {{zh: 姓名, en: Name}}}}
  - {{field: identity_number, type: identity_number, personal: true, required: true,
     label: {{zh: 身份证号码, en: Identity number}}}}
  - {{field: employer, type: credit_code, label: {{zh: 单位, en: Employer}}}}
  - {{field: region, type: region, required: true, label: {{zh: 地区, en: Region}}}}
  - {{field: deeds, type: text, label: {{zh: 事迹, en: Deeds}}}}
rules: []
steps:
  - {{decide: unit_recommends, by: enterprise.congress, at: unit, may: [approve, reject],
     within: 3wd}}
  - {{decide: union_reviews, by: union.reviewer, at: county, within: 3wd}}
  - {{notice: public_notice, at: county, length: 5wd, shows: [name, employer],
     objections: {{settle: 5wd, by: union.leader}}}}
  - {{decide: bureau_confirms, by: bureau.officer, at: county, within: 3wd}}
outcome: {{honour: {{level: county, number: "GJ-{{year}}-{{serial:04}}"}}}}
"""


def write(folder: Path, version: str, start: str, end: str = "") -> None:
    text = DOCUMENT.format(version=version, start=start, end=f", to: {end}" if end else "")
    (folder / f"unit-honour-{version}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def desk(make_desk, tmp_path: Path) -> Desk:
    write(tmp_path, "2024", "2024-01-01")
    return make_desk(PlainEffects())


def form(**more: object) -> dict[str, object]:
    given = {"name": "王建国", "identity_number": NUMBER, "region": REGION, "employer": EMPLOYER}
    return {name: value for name, value in {**given, **more}.items() if value is not None}


def draft(desk: Desk, **more: object) -> str:
    with desk.sessions.begin() as session:
        command = OpenCase("unit-honour", form(**more))
        return applications.save_draft(session, desk.office, command, CLERK).id


def submit(desk: Desk, case_id: str, **fields: object) -> None:
    desk.act(applications.submit_draft, case_id, fields, CLERK)


def to_bureau(desk: Desk, **more: object) -> str:
    case_id = draft(desk, **more)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(CONGRESS, "approve")
    desk.decide(UNION, "approve")
    desk.clock.advance_to(shanghai(date(2024, 3, 12), 9))
    desk.advance(case_id)
    return case_id


def corrected(desk: Desk, case_id: str, **fields: object) -> Case:
    desk.decide(BUREAU, "return", "请更正")
    desk.act(corrections.resubmit_case, case_id, fields, CLERK)
    desk.advance(case_id)
    return desk.case(case_id)


def people(desk: Desk, case_id: str) -> dict[str, str]:
    with desk.sessions() as session:
        rows = session.scalars(select(CasePerson).where(CasePerson.case_id == case_id))
        return {each.person_ref: each.part for each in rows}


def test_a_corrected_name_is_the_name_and_is_shown_in_a_notice_again(desk: Desk) -> None:
    case_id = to_bureau(desk, name="王建囯")
    case = corrected(desk, case_id, name="王建国")
    assert (case.subject_name, case.current_step) == ("王建国", "public_notice")
    with desk.sessions() as session:
        rows = session.scalars(
            select(NoticeEntry).where(NoticeEntry.case_id == case_id).order_by(NoticeEntry.id)
        )
        assert [each.shown["name"] for each in rows] == ["王建囯", "王建国"]


def test_a_field_that_nobody_decided_about_comes_back_to_who_returned_it(desk: Desk) -> None:
    case = corrected(desk, to_bureau(desk), deeds="带徒十人")
    assert case.current_step == "bureau_confirms"


def test_a_new_employer_recommends_anew_whatever_the_document_says(desk: Desk) -> None:
    case = corrected(desk, to_bureau(desk), employer=OTHER_EMPLOYER)
    assert (case.employer, case.current_step) == (OTHER_EMPLOYER, "unit_recommends")
    assert desk.tasks(CONGRESS) == []
    assert desk.tasks(staff("另一职代会", "enterprise.congress", OTHER_EMPLOYER)) != []


def test_a_case_that_moves_to_another_county_is_decided_there(desk: Desk) -> None:
    case = corrected(desk, to_bureau(desk), region="420302")
    assert (case.region, case.current_step) == ("420302", "union_reviews")
    assert desk.tasks(UNION) == []


def test_a_case_does_not_move_to_where_its_rules_do_not_hold(desk: Desk) -> None:
    case_id = to_bureau(desk)
    with pytest.raises(Errors) as refused:
        corrected(desk, case_id, region="421281")
    [error] = refused.value.errors
    assert (error.code, error.field) == ("region_outside_procedure", "region")
    assert "赤壁市" in error.text("zh")


def test_a_draft_of_a_unit_names_its_subject_when_it_is_known(desk: Desk) -> None:
    case_id = draft(desk, name=None, identity_number=None)
    assert (desk.case(case_id).subject_ref, desk.case(case_id).subject_name) == (
        CLERK.person_ref,
        CLERK.name,
    )
    submit(desk, case_id, name="王建国", identity_number=NUMBER)
    case = desk.case(case_id)
    assert (case.subject_ref, case.subject_name) == (MASTER, "王建国")
    assert people(desk, case_id) == {MASTER: "subject", CLERK.person_ref: "applicant"}


def test_a_wrong_number_is_corrected_and_everybody_decides_about_the_right_person(
    desk: Desk,
) -> None:
    case_id = draft(desk, identity_number=OTHER_NUMBER)
    desk.act(applications.amend_draft, case_id, {"identity_number": NUMBER}, CLERK)
    desk.act(applications.amend_draft, case_id, {"identity_number": OTHER_NUMBER}, CLERK)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(CONGRESS, "approve")
    desk.decide(UNION, "return", "身份证号码有误")
    desk.act(corrections.resubmit_case, case_id, {"identity_number": NUMBER}, CLERK)
    desk.advance(case_id)
    case = desk.case(case_id)
    assert (case.subject_ref, case.current_step) == (MASTER, "unit_recommends")
    assert people(desk, case_id) == {MASTER: "subject", CLERK.person_ref: "applicant"}


def test_who_has_decided_does_not_become_the_subject(desk: Desk) -> None:
    decider = Actor(person_ref(OTHER_NUMBER, bytes(32)), "职代会主席", CONGRESS.memberships)
    case_id = draft(desk)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(decider, "approve")
    desk.decide(UNION, "return", "请更正")
    with pytest.raises(SubjectHasDecided):
        desk.act(corrections.resubmit_case, case_id, {"identity_number": OTHER_NUMBER}, CLERK)
    assert desk.case(case_id).subject_ref == MASTER


def test_who_has_left_still_applies_through_the_employer_that_was_named(desk: Desk) -> None:
    worker = Actor(ref("王工"), "王工", (Membership("worker", EMPLOYER, None, None),))
    with desk.sessions.begin() as session:
        command = OpenCase("worker-honour", {"employer": EMPLOYER, "region": REGION, "years": 5})
        case_id = applications.save_draft(session, desk.office, command, worker).id
    left = Actor(worker.person_ref, worker.name, ())
    desk.act(applications.submit_draft, case_id, {}, left)
    assert desk.case(case_id).employer == EMPLOYER


def test_a_draft_is_not_submitted_after_the_last_day(make_desk, tmp_path: Path) -> None:
    write(tmp_path, "2024", "2024-01-01", "2024-03-04")
    desk = make_desk(PlainEffects())
    case_id = draft(desk)
    desk.clock.advance_to(shanghai(date(2024, 3, 5), 0))
    with pytest.raises(Errors) as refused:
        submit(desk, case_id)
    [error] = refused.value.errors
    assert error.code == "no_procedure_in_force" and "2024-03-04" in (error.remedy("zh") or "")
    assert desk.case(case_id).status == "draft"


def test_a_draft_is_submitted_under_the_version_of_that_day(make_desk, tmp_path: Path) -> None:
    write(tmp_path, "2024", "2024-01-01", "2024-03-04")
    write(tmp_path, "2025", "2024-03-05")
    desk = make_desk(PlainEffects())
    first, case_id = draft(desk), draft(desk)
    submit(desk, first)
    desk.clock.advance_to(shanghai(date(2024, 3, 5), 9))
    submit(desk, case_id)
    assert desk.case(first).procedure_version == "2024"
    case = desk.case(case_id)
    assert case.procedure_version == "2025"
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "unit_recommends"


def test_what_was_returned_is_sent_again_after_the_last_day(make_desk, tmp_path: Path) -> None:
    write(tmp_path, "2024", "2024-01-01", "2024-03-05")
    desk = make_desk(PlainEffects())
    case = corrected(desk, to_bureau(desk), deeds="带徒十人")
    assert (case.procedure_version, case.current_step) == ("2024", "bureau_confirms")


def test_a_colleague_completes_what_somebody_who_left_began(desk: Desk) -> None:
    colleague = staff("接任", "enterprise.officer")
    case_id = draft(desk, name=None, identity_number=None)
    stranger = staff("外单位", "enterprise.officer", OTHER_EMPLOYER)
    for other in (stranger, CONGRESS, UNION):
        with pytest.raises(CaseNotFound):
            desk.act(applications.submit_draft, case_id, {}, other)
    fields = {"name": "王建国", "identity_number": NUMBER}
    desk.act(applications.submit_draft, case_id, fields, colleague)
    assert people(desk, case_id) == {
        MASTER: "subject",
        CLERK.person_ref: "applicant",
        colleague.person_ref: "colleague",
    }
    desk.advance(case_id)
    both = Actor(
        colleague.person_ref, colleague.name, (*colleague.memberships, *CONGRESS.memberships)
    )
    task = desk.tasks(CONGRESS)[0]
    with pytest.raises(OwnCase):
        desk.decide(both, "approve", task=task)
    decider = Actor(CONGRESS.person_ref, CONGRESS.name, both.memberships)
    desk.decide(decider, "approve", task=task)
    desk.decide(UNION, "return", "请更正")
    with pytest.raises(DecidedAnotherStep):
        desk.act(corrections.resubmit_case, case_id, {}, decider)
    desk.act(corrections.resubmit_case, case_id, {"deeds": "带徒十人"}, colleague)
    case = desk.case(case_id)
    assert (case.subject_name, case.applicant_name) == ("王建国", CLERK.name)


def test_a_colleague_of_two_firms_acts_for_the_one_that_applied(desk: Desk) -> None:
    case_id = draft(desk, employer=None)
    other = staff("接任", "enterprise.officer", OTHER_EMPLOYER)
    both = Actor(ref("两家"), "两家", (*CLERK.memberships, *other.memberships))
    desk.act(applications.submit_draft, case_id, {}, both)
    case = desk.case(case_id)
    assert (case.organisation, case.employer) == (EMPLOYER, EMPLOYER)


def test_who_acts_for_two_firms_applies_for_the_one_that_the_form_names(desk: Desk) -> None:
    other = staff("两家", "enterprise.officer", OTHER_EMPLOYER)
    for memberships in (
        (*CLERK.memberships, *other.memberships),
        (*other.memberships, *CLERK.memberships),
    ):
        by = Actor(other.person_ref, other.name, memberships)
        for code in (EMPLOYER, OTHER_EMPLOYER):
            with desk.sessions.begin() as session:
                command = OpenCase("unit-honour", form(employer=code))
                case_id = applications.save_draft(session, desk.office, command, by).id
            assert desk.case(case_id).organisation == code


def test_an_employer_that_the_form_names_no_more_is_the_applying_one(desk: Desk) -> None:
    case_id = draft(desk, employer=OTHER_EMPLOYER)
    desk.act(applications.amend_draft, case_id, {"employer": None}, CLERK)
    assert desk.case(case_id).employer == EMPLOYER


def rewrite(folder: Path, *changes: tuple[str, str]) -> None:
    """The programme of this file with other words in it."""
    path = folder / "unit-honour-2024.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


OPTIONAL_NUMBER = ("personal: true, required: true,", "personal: true,")


def test_without_a_number_the_corrected_name_of_a_colleague_counts(
    make_desk, tmp_path: Path
) -> None:
    write(tmp_path, "2024", "2024-01-01")
    rewrite(tmp_path, OPTIONAL_NUMBER)
    desk = make_desk(PlainEffects())
    case_id = to_bureau(desk, name="王建囯", identity_number=None)
    desk.decide(BUREAU, "return", "请更正")
    colleague = staff("接任", "enterprise.officer")
    desk.act(corrections.resubmit_case, case_id, {"name": "王建国"}, colleague)
    case = desk.case(case_id)
    assert (case.subject_ref, case.subject_name) == (CLERK.person_ref, "王建国")


def test_a_number_that_is_taken_out_takes_its_person_out(make_desk, tmp_path: Path) -> None:
    write(tmp_path, "2024", "2024-01-01")
    rewrite(tmp_path, OPTIONAL_NUMBER)
    desk = make_desk(PlainEffects())
    case_id = to_bureau(desk)
    case = corrected(desk, case_id, identity_number=None)
    assert (case.subject_ref, case.current_step) == (CLERK.person_ref, "unit_recommends")
    assert people(desk, case_id) == {CLERK.person_ref: "applicant"}


class ShowsTheFirmsName(PlainEffects):
    """A column that is no field of the form: the name that the directory has now."""

    def notice_rows(self, session, case, procedure, step):
        [row] = super().notice_rows(session, case, procedure, step)
        unit = f"{case.employer}分厂"
        return [NoticeRow(row.subject, {**row.values, "unit": unit})]


def test_a_notice_is_given_again_where_a_column_that_is_no_field_changes(
    make_desk, tmp_path: Path
) -> None:
    write(tmp_path, "2024", "2024-01-01")
    rewrite(
        tmp_path,
        ("shows: [name, employer]", "shows: [name, unit]"),
        ("- {decide: unit_recommends, by: enterprise.congress, at: unit, may: [approve, reject],\n"
         "     within: 3wd}\n  ", ""),
    )  # fmt: skip
    desk = make_desk(ShowsTheFirmsName())
    case_id = draft(desk)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(UNION, "approve")
    desk.clock.advance_to(shanghai(date(2024, 3, 12), 9))
    desk.advance(case_id)
    assert corrected(desk, case_id, deeds="带徒十人").current_step == "bureau_confirms"
    assert corrected(desk, case_id, employer=OTHER_EMPLOYER).current_step == "public_notice"


def test_a_notice_of_the_former_county_is_given_again_in_the_new_one(
    make_desk, tmp_path: Path
) -> None:
    write(tmp_path, "2024", "2024-01-01")
    rewrite(
        tmp_path,
        ("- {decide: union_reviews, by: union.reviewer, at: county, within: 3wd}\n  ", ""),
        ("by: bureau.officer, at: county", "by: bureau.officer, at: city"),
    )
    desk = make_desk(PlainEffects())
    case_id = draft(desk)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(CONGRESS, "approve")
    desk.clock.advance_to(shanghai(date(2024, 3, 12), 9))
    desk.advance(case_id)
    city = officer("市人社", "bureau.officer", region="420300", level="city")
    desk.decide(city, "return", "请更正地区")
    desk.act(corrections.resubmit_case, case_id, {"region": "420302"}, CLERK)
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "public_notice"


def test_who_was_not_asked_before_is_asked_when_a_correction_makes_the_step_apply(
    make_desk, tmp_path: Path
) -> None:
    write(tmp_path, "2024", "2024-01-01")
    rewrite(
        tmp_path,
        ("{{field: deeds".replace("{{", "{"), "{field: years, type: integer, "
         "label: {zh: 工龄, en: Years}}\n  - {field: deeds"),
        ("by: union.reviewer, at: county, within: 3wd",
         "by: union.reviewer, at: county, within: 3wd,\n     "
         "when: {rule: field_at_least, field: years, minimum: 10}"),
    )  # fmt: skip
    desk = make_desk(PlainEffects())
    case_id = draft(desk, years=5)
    submit(desk, case_id)
    desk.advance(case_id)
    desk.decide(CONGRESS, "approve")
    assert desk.case(case_id).current_step == "public_notice"
    desk.clock.advance_to(shanghai(date(2024, 3, 12), 9))
    desk.advance(case_id)
    assert corrected(desk, case_id, years=6).current_step == "bureau_confirms"
    assert corrected(desk, case_id, years=12).current_step == "union_reviews"


def test_a_panel_scores_anew_for_another_employer(make_desk, tmp_path: Path) -> None:
    """An expert of the new employer may be among those who scored."""
    write(tmp_path, "2024", "2024-01-01")
    rewrite(
        tmp_path,
        ("- {decide: unit_recommends, by: enterprise.congress, at: unit, may: [approve, reject],\n"
         "     within: 3wd}\n",
         "- {panel: experts_score, by: expert, at: county, experts: 1, pass_mark: 60, "
         "maximum: 100}\n"),
        ("shows: [name, employer]", "shows: [name]"),
    )  # fmt: skip
    desk = make_desk(PlainEffects())
    case_id = draft(desk)
    submit(desk, case_id)
    desk.advance(case_id)
    expert = Actor(
        ref("专家"),
        "专家",
        (
            Membership("expert", None, "county", REGION),
            Membership("worker", OTHER_EMPLOYER, None, None),
        ),
    )
    desk.decide(expert, "score", score=80)
    desk.decide(UNION, "return", "单位有误")
    desk.act(corrections.resubmit_case, case_id, {"employer": OTHER_EMPLOYER}, CLERK)
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "experts_score"
    assert desk.tasks(expert) == []


def test_a_draft_leaves_behind_a_field_that_its_version_no_longer_asks(
    make_desk, tmp_path: Path
) -> None:
    write(tmp_path, "2024", "2024-01-01", "2024-03-04")
    write(tmp_path, "2025", "2024-03-05")
    later = tmp_path / "unit-honour-2025.yaml"
    text = later.read_text(encoding="utf-8")
    gone = "  - {field: deeds, type: text, label: {zh: 事迹, en: Deeds}}\n"
    assert gone in text
    later.write_text(text.replace(gone, ""), encoding="utf-8")
    desk = make_desk(PlainEffects())
    case_id = draft(desk, deeds="带徒十人")
    desk.clock.advance_to(shanghai(date(2024, 3, 5), 9))
    submit(desk, case_id)
    case = desk.case(case_id)
    assert (case.procedure_version, case.status) == ("2025", "in_progress")
    assert "deeds" not in case.form
    with desk.sessions() as session:
        [told] = [
            each.says.zh
            for each in timeline(session, desk.office, case_id)
            if each.action == "draft_follows_version"
        ]
    assert "2025" in told and "事迹" in told
