"""What we know ourselves is never only believed: certificates of our register, the newest filing,
and who staffs, decides and is assessed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.assessment.certificates.doubting import SETTLERS
from services.assessment.certificates.handlers import revoke_certificate
from services.assessment.certificates.model import Certificate
from services.assessment.organisations.queries import organisation_by_code, shown
from services.assessment.scoring.handlers import ScoreEntry, enter_scores, lock_scores
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings.errors import StaffHasDecided
from services.assessment.sittings.handlers import replace_roster, withdraw_candidate
from services.assessment.sittings.model import Sitting
from services.assessment.sittings.queries import sitting_view
from services.assessment.sittings.views import line_shown
from services.assessment.spreadsheets.reading import Row
from shared.approvals.corrections import resubmit_case
from shared.approvals.errors import DecidedAnotherStep, FindingNotMet, OwnCase
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.queries import findings_of, steps_of
from shared.approvals.step_model import Task
from shared.approvals.waiting import waiting_of
from shared.doubts.queries import doubts_about, doubts_page
from shared.kernel.actor import Actor
from shared.kernel.clock import shanghai
from shared.kernel.errors import DomainError, Errors
from shared.kernel.identity_number import person_ref
from shared.notices.model import NoticeEntry
from tests.integration.assessment.conftest import (
    CENTRE,
    CHAIN,
    ORGANISATION,
    REVIEWING_CENTRE,
    SCORER,
    STAFF,
    WELDER,
    Desk,
    rows_of,
    scores_of_sheet,
)

LEVEL_FIVE = {"level": "5"}


@pytest.fixture
def holder(desk: Desk) -> tuple[Row, Certificate]:
    """A row of a roster, and the certificate of level four that its person was given here."""
    desk.issued()
    with desk.sessions() as session:
        certificate = session.scalars(select(Certificate).order_by(Certificate.number)).first()
    assert certificate is not None
    row = next(
        each
        for each in rows_of()
        if person_ref(str(each.cells["identity_number"]), desk.office.person_ref_key)
        == certificate.person_ref
    )
    return row, certificate


def naming(row: Row, certificate: Certificate, **changed: Any) -> Row:
    named = {
        "previous_certificate_no": certificate.number,
        "previous_level": "四级",
        "previous_issued_on": certificate.issued_on.isoformat(),
        **changed,
    }
    return replace(row, cells={**row.cells, **named})


def refused(desk: Desk, row: Row) -> list[DomainError]:
    with pytest.raises(Errors) as found:
        desk.open([row], form={**LEVEL_FIVE, "held_on": "2024-04-08"}, submit=False)
    return found.value.errors


Changes = Callable[[Certificate], dict[str, Any]]


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        (lambda one: {"previous_level": "五级"}, "previous_level", "等级为四级"),
        (lambda one: {"previous_issued_on": "2021-03-01"}, "previous_issued_on", "发证日期为"),
    ],
)
def test_a_row_that_differs_from_the_register_is_refused_where_it_does(
    desk: Desk, holder: tuple[Row, Certificate], changed: Changes, field: str, why: str
) -> None:
    row, certificate = holder
    [error] = refused(desk, naming(row, certificate, **changed(certificate)))
    assert (error.code, error.field, error.row) == (
        "previous_certificate_differs",
        field,
        row.number,
    )
    assert why in error.text("zh")


def test_anothers_certificate_is_refused_and_nobody_is_named(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    other = next(each for each in rows_of() if each.number != row.number)
    [error] = refused(desk, naming(other, certificate))
    assert "不是此人的证书" in error.text("zh")
    assert certificate.holder_name not in error.text("zh")


def test_a_revoked_certificate_is_refused_however_its_number_is_typed(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    with desk.sessions.begin() as session:
        revoke_certificate(session, desk.office, certificate.number, "虚假材料", CENTRE)
    typed = f" {certificate.number[:5].lower()} {certificate.number[5:]} "
    [error] = refused(desk, naming(row, certificate, previous_certificate_no=typed))
    assert "撤销" in error.text("zh")


Rewrite = Callable[[str, str], None]


@pytest.fixture
def rewrite(desk: Desk, tmp_path: Path) -> Rewrite:
    """Changes the document of the test."""
    file = tmp_path / "welder.yaml"

    def change(before: str, after: str) -> None:
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after), "utf-8")
        desk.office.catalogue.refresh()
        assert not [each for each in desk.office.catalogue.problems() if each.severity == "error"]

    return change


@pytest.fixture
def resting(rewrite: Rewrite, holder: tuple[Row, Certificate]) -> tuple[list[Row], Certificate]:
    """Three rows; the first one's only ground is a certificate of our register."""
    row, certificate = holder
    rewrite("  - any:\n", "  - any:\n      - {rule: holds_certificate_at_least, level: 4}\n")
    bare = replace(row, cells={**row.cells, "years_in_occupation": "", "graduation": ""})
    others = [each for each in rows_of()[:6] if each.number != row.number][:2]
    return [naming(bare, certificate), *others], certificate


NEXT = {**LEVEL_FIVE, "held_on": "2024-04-08"}
EIGHTIES = [ScoreEntry(number, "80", "80") for number in (1, 2, 3)]


def revoke(desk: Desk, certificate: Certificate) -> None:
    desk.act(revoke_certificate, certificate.number, "虚假材料", CENTRE)


def met(desk: Desk, sitting_id: str) -> dict[str, bool | None]:
    with desk.sessions() as session:
        return {each.rule: each.passed for each in findings_of(session, sitting_id)}


def planned(desk: Desk, rows: list[Row], form: dict[str, str]) -> str:
    sitting_id = desk.open(rows, form=form).sitting.case_id
    desk.act(record_staff, sitting_id, STAFF, SCORER)
    desk.advance(sitting_id)
    for each in CHAIN:
        desk.decide(sitting_id, each)
    return sitting_id


def scored(desk: Desk, sitting_id: str, scores: list[ScoreEntry]) -> None:
    desk.act(enter_scores, sitting_id, scores, SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)


def reviewed(desk: Desk, sitting_id: str, day: date) -> list[Certificate]:
    """The certificates that the last step leads to."""
    desk.clock.advance_to(shanghai(day, 9))
    desk.advance(sitting_id)
    desk.decide(sitting_id, REVIEWING_CENTRE)
    with desk.sessions() as session:
        wanted = select(Certificate).where(Certificate.sitting_id == sitting_id)
        return list(session.scalars(wanted.order_by(Certificate.number)))


def test_who_loses_the_ground_before_the_scores_are_locked_leaves_the_roster(
    desk: Desk, resting: tuple[list[Row], Certificate]
) -> None:
    rows, certificate = resting
    sitting_id = planned(desk, rows, NEXT)
    assert met(desk, sitting_id)["every_candidate_meets_a_condition"] is True
    revoke(desk, certificate)
    assert met(desk, sitting_id)["every_candidate_meets_a_condition"] is False
    desk.act(enter_scores, sitting_id, EIGHTIES, SCORER)
    with pytest.raises(Errors) as found:
        desk.act(lock_scores, sitting_id, SCORER)
    assert [(each.code, each.row) for each in found.value.errors] == [("ground_lost", 1)]
    desk.act(withdraw_candidate, sitting_id, "1", "原证书已撤销", SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    assert len(reviewed(desk, sitting_id, date(2024, 4, 30))) == 2


def test_who_loses_the_ground_after_the_lock_is_not_certified_and_the_others_are(
    desk: Desk, resting: tuple[list[Row], Certificate]
) -> None:
    rows, certificate = resting
    sitting_id = planned(desk, rows, NEXT)
    scored(desk, sitting_id, EIGHTIES)
    revoke(desk, certificate)
    with desk.sessions() as session:
        view = sitting_view(session, desk.office, sitting_id, SCORER)
        shown = [(line["passed"], line["lost_ground"]) for line in map(line_shown, view.lines)]
    assert shown == [(True, True), (True, False), (True, False)]
    issued = reviewed(desk, sitting_id, date(2024, 4, 30))
    assert len(issued) == 2
    assert certificate.person_ref not in {each.person_ref for each in issued}


def test_a_certificate_that_rests_on_one_revoked_later_comes_into_doubt(
    desk: Desk, resting: tuple[list[Row], Certificate]
) -> None:
    rows, certificate = resting
    sitting_id = planned(desk, rows, NEXT)
    scored(desk, sitting_id, EIGHTIES)
    issued = reviewed(desk, sitting_id, date(2024, 4, 30))
    [rests] = [each for each in issued if each.person_ref == certificate.person_ref]
    revoke(desk, certificate)
    with desk.sessions() as session:
        [doubt] = doubts_page(session, SETTLERS, CENTRE, after=None, limit=9, settled=False)
    assert (doubt.number, doubt.cause, doubt.case_id) == (
        rests.number,
        certificate.number,
        sitting_id,
    )
    revoke(desk, rests)
    with desk.sessions() as session:
        assert [each.open for each in doubts_about(session, rests.number)] == [False]


def test_a_certificate_that_another_condition_bears_comes_into_no_doubt(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    sitting_id = planned(desk, [naming(row, certificate)], NEXT)
    scored(desk, sitting_id, EIGHTIES[:1])
    assert len(reviewed(desk, sitting_id, date(2024, 4, 30))) == 1
    revoke(desk, certificate)
    with desk.sessions() as session:
        assert doubts_page(session, SETTLERS, CENTRE, after=None, limit=9, settled=False) == []


def test_who_meets_another_condition_too_is_certified_by_that_one(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    sitting_id = planned(desk, [naming(row, certificate)], NEXT)
    scored(desk, sitting_id, EIGHTIES[:1])
    revoke(desk, certificate)
    assert len(reviewed(desk, sitting_id, date(2024, 4, 30))) == 1


@pytest.mark.parametrize(
    "written",
    [
        lambda number: f"{number[:5]}-{number[5:]}",
        lambda number: f"No.{number}",
        lambda number: f"证书编号：{number}。",
        lambda number: f"（{number[:3]}_{number[3:].lower()}）",
        lambda number: number.replace("0", "O", 3),
    ],
)
def test_a_number_of_the_register_is_known_however_it_is_written(
    desk: Desk, holder: tuple[Row, Certificate], written: Callable[[str], str]
) -> None:
    row, certificate = holder
    revoke(desk, certificate)
    [error] = refused(
        desk, naming(row, certificate, previous_certificate_no=written(certificate.number))
    )
    assert "撤销" in error.text("zh")


def test_a_certificate_that_the_register_does_not_have_stays_as_it_is_told(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    elsewhere = naming(
        row,
        certificate,
        previous_certificate_no="S000042000099245000001",
        previous_issued_on="2021-03-01",
    )
    form = {**LEVEL_FIVE, "held_on": "2024-04-08"}
    outcome = desk.open([elsewhere], form=form, submit=False)
    assert outcome.sitting.candidates[0].facts["certificates"][0]["issued_on"] == "2021-03-01"


def staffed_by(row: Row) -> list[StaffEntry]:
    return [StaffEntry("assessor", "考评", None, str(row.cells["identity_number"]))]


def test_who_staffs_a_sitting_does_not_come_onto_its_roster(desk: Desk) -> None:
    rows = rows_of()
    sitting_id = desk.open(rows[:5], submit=False).sitting.case_id
    desk.act(record_staff, sitting_id, staffed_by(rows[7]), SCORER)
    with pytest.raises(Errors) as found:
        desk.act(replace_roster, sitting_id, rows[5:10], SCORER)
    [error] = found.value.errors
    assert (error.code, error.row) == ("staff_on_roster", rows[7].number)
    outcome = desk.act(replace_roster, sitting_id, rows[5:10], SCORER, accept_good_rows=True)
    assert len(outcome.sitting.candidates) == 4


def test_of_a_roster_and_a_staff_that_meet_at_once_one_is_refused(desk: Desk) -> None:
    rows = rows_of()
    ref = actor_of(desk, rows[7], SCORER).person_ref
    sitting_id = desk.open(rows[:3], submit=False).sitting.case_id

    def attempt(handler: Callable[..., Any], given: Any) -> str:
        try:
            desk.act(handler, sitting_id, given, SCORER)
        except (DomainError, Errors):
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        staffed = pool.submit(attempt, record_staff, staffed_by(rows[7]))
        placed = pool.submit(attempt, replace_roster, rows[5:10])
    assert sorted([staffed.result(), placed.result()]) == ["done", "refused"]
    with desk.sessions() as session:
        sitting = session.get_one(Sitting, sitting_id)
        people = [each.person_ref for each in [*sitting.candidates, *sitting.staff]]
    assert people.count(ref) == 1


def actor_of(desk: Desk, row: Row, like: Actor) -> Actor:
    ref = person_ref(str(row.cells["identity_number"]), desk.office.person_ref_key)
    return Actor(ref, like.name, like.memberships)


def test_who_has_decided_a_step_comes_neither_onto_the_roster_nor_the_staff(desk: Desk) -> None:
    rows = rows_of()
    sitting_id = desk.open(rows[:5]).sitting.case_id
    desk.advance(sitting_id)
    desk.decide(sitting_id, actor_of(desk, rows[7], CHAIN[0]))
    desk.decide(sitting_id, CHAIN[1], "return", "名单有误")
    with pytest.raises(Errors) as found:
        desk.act(replace_roster, sitting_id, rows[5:10], SCORER)
    assert [(each.code, each.row) for each in found.value.errors] == [
        ("decided_on_roster", rows[7].number)
    ]
    with pytest.raises(StaffHasDecided):
        desk.act(record_staff, sitting_id, staffed_by(rows[7]), SCORER)


def test_nobody_has_their_own_scores_in_hand(desk: Desk) -> None:
    sitting_id = desk.accepted()
    candidate = actor_of(desk, rows_of()[0], SCORER)
    with pytest.raises(OwnCase):
        desk.act(enter_scores, sitting_id, scores_of_sheet(), candidate)
    desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)
    with pytest.raises(OwnCase):
        desk.act(lock_scores, sitting_id, candidate)


def test_a_newer_filing_gives_the_name_from_its_first_day_on(desk: Desk) -> None:
    renamed = {"name": "咸宁技能评价中心", "valid_from": date(2024, 3, 6)}
    desk.file(**renamed)
    desk.file(**renamed)  # the same again

    def register() -> dict[str, object]:
        with desk.sessions() as session:
            organisation = organisation_by_code(session, ORGANISATION)
            assert len(organisation.filings) == 2
            return shown(organisation, desk.clock.today())

    assert register()["name"] == "咸宁工匠评价中心"
    before = desk.open(rows_of()[:2], form={"held_on": "2024-03-05"}, submit=False).sitting
    after = desk.open(rows_of()[2:4], form={"held_on": "2024-03-08"}, submit=False).sitting
    assert (before.organisation_name, after.organisation_name) == (
        "咸宁工匠评价中心",
        "咸宁技能评价中心",
    )
    assert register()["version"] == 1


@pytest.mark.parametrize(
    "newer",
    [
        {"valid_until": date(2024, 3, 6), "valid_from": date(2024, 3, 1)},
        {"scope": [(WELDER, "5")], "valid_from": date(2024, 3, 1)},
    ],
)
def test_a_sitting_under_way_is_held_to_the_newer_filing(desk: Desk, newer: dict[str, Any]) -> None:
    sitting_id = desk.open(rows_of()[:2]).sitting.case_id
    desk.file(**newer)
    with pytest.raises(DomainError):
        desk.open(rows_of()[2:4])
    desk.advance(sitting_id)
    desk.decide(sitting_id, CHAIN[0], "return", "请核对")
    desk.act(resubmit_case, sitting_id, {"place": "二号实训室"}, SCORER)
    with desk.sessions() as session:
        assert (
            desk.office.effects.facts(
                session, desk.case(sitting_id), desk.office.catalogue.all()[0]
            )["organisation_scope_covers"]
            is False
        )
        assert session.get_one(Sitting, sitting_id).place == "二号实训室"


def with_offices_of(who: Actor, *others: Actor) -> Actor:
    return Actor(who.person_ref, who.name, sum((o.memberships for o in others), who.memberships))


def test_who_has_the_scores_in_hand_does_not_review_the_sitting(desk: Desk) -> None:
    both = with_offices_of(REVIEWING_CENTRE, SCORER)
    sitting_id = desk.accepted()
    desk.act(enter_scores, sitting_id, scores_of_sheet(), both)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    desk.end_notice(sitting_id)
    with desk.sessions() as session:
        [task] = session.scalars(
            select(Task).where(Task.case_id == sitting_id, Task.step_key == "centre_reviews")
        )
    with pytest.raises(OwnCase):
        desk.answer(task, both, "approve")


def test_who_has_decided_a_step_does_not_take_the_scores_in_hand(desk: Desk) -> None:
    both = with_offices_of(CENTRE, SCORER)
    sitting_id = desk.accepted()
    with pytest.raises(DecidedAnotherStep):
        desk.act(enter_scores, sitting_id, scores_of_sheet(), both)
    desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)
    with pytest.raises(DecidedAnotherStep):
        desk.act(lock_scores, sitting_id, both)


def test_nobody_revokes_their_own_certificate(desk: Desk, holder: tuple[Row, Certificate]) -> None:
    _, certificate = holder
    own = Actor(certificate.person_ref, "持证人", CENTRE.memberships)
    with pytest.raises(OwnCase):
        desk.act(revoke_certificate, certificate.number, "虚假材料", own)


NARROWED = {"scope": [(WELDER, "5")], "valid_from": date(2024, 3, 1), "document": "缩减备案"}
AN_EMPLOYERS = {"category": "Y", "valid_from": date(2024, 3, 1), "document": "用人单位备案"}


@pytest.mark.parametrize("newer", [NARROWED, AN_EMPLOYERS])
def test_nothing_is_certified_under_a_filing_that_no_longer_allows_it(
    desk: Desk, newer: dict[str, Any]
) -> None:
    """The document does not even ask for it; a filing that allows it again lets the case go on."""
    sitting_id = desk.noticed()
    desk.file(**newer)
    desk.decide(sitting_id, REVIEWING_CENTRE)
    desk.advance(sitting_id)
    with desk.sessions() as session:
        case = session.get_one(Case, sitting_id)
        assert case.status == CaseStatus.IN_PROGRESS
        steps = steps_of(session, sitting_id)
        procedure = procedure_of(session, desk.office, case)
        waiting = waiting_of(session, desk.office, case, procedure, steps)
        assert waiting is not None
        assert waiting.says is not None
        assert "备案" in waiting.says.zh
        assert session.scalars(select(Certificate)).all() == []
    desk.file(valid_from=date(2024, 3, 2), document="恢复备案")
    desk.advance(sitting_id)
    assert desk.case(sitting_id).status == CaseStatus.APPROVED


def test_the_last_step_is_told_what_is_so_at_that_moment(desk: Desk, rewrite: Rewrite) -> None:
    rewrite(
        "  - {rule: staffing_is_complete}\n",
        "  - {rule: staffing_is_complete}\n  - {rule: organisation_scope_covers}\n",
    )
    sitting_id = desk.noticed()
    desk.file(**NARROWED)
    assert met(desk, sitting_id)["organisation_scope_covers"] is False
    with pytest.raises(FindingNotMet):
        desk.decide(sitting_id, REVIEWING_CENTRE)


def test_notice_and_certificate_name_the_organisation_alike(desk: Desk, rewrite: Rewrite) -> None:
    rewrite("shows: [name, ", "shows: [name, organisation, ")
    sitting_id = desk.accepted()
    desk.file(name="咸宁技能评价中心", valid_from=date(2024, 3, 1))
    desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    issued = reviewed(desk, sitting_id, date(2024, 3, 18))
    with desk.sessions() as session:
        entries = session.scalars(select(NoticeEntry).where(NoticeEntry.case_id == sitting_id))
        noticed = {each.shown["organisation"] for each in entries}
    assert noticed == {each.organisation_name for each in issued} == {"咸宁技能评价中心"}


def test_a_filing_that_was_replaced_is_not_filed_again(desk: Desk) -> None:
    desk.file(**NARROWED)
    desk.file()  # the data file of the take-over, run once more
    with desk.sessions() as session:
        assert len(organisation_by_code(session, ORGANISATION).filings) == 2
