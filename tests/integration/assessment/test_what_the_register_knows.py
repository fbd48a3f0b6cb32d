"""What we know ourselves is never only believed: certificates of our register, the newest filing,
and who staffs, decides and is assessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services.assessment.certificates.handlers import revoke_certificate
from services.assessment.certificates.model import Certificate
from services.assessment.organisations.queries import organisation_by_code, shown
from services.assessment.scoring.handlers import enter_scores, lock_scores
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings.errors import StaffHasDecided
from services.assessment.sittings.handlers import replace_roster
from services.assessment.sittings.model import Sitting
from services.assessment.spreadsheets.reading import Row
from shared.approvals.corrections import resubmit_case
from shared.approvals.errors import OwnCase
from shared.approvals.queries import findings_of
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError, Errors
from shared.kernel.identity_number import person_ref
from tests.integration.assessment.conftest import (
    CENTRE,
    CHAIN,
    ORGANISATION,
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
        revoke_certificate(session, desk.clock, certificate.number, "虚假材料", CENTRE)
    typed = f" {certificate.number[:5].lower()} {certificate.number[5:]} "
    [error] = refused(desk, naming(row, certificate, previous_certificate_no=typed))
    assert "撤销" in error.text("zh")


def test_a_certificate_that_is_revoked_later_keeps_its_candidate_from_being_approved(
    desk: Desk, holder: tuple[Row, Certificate]
) -> None:
    row, certificate = holder
    form = {**LEVEL_FIVE, "held_on": "2024-04-08"}
    sitting_id = desk.open([naming(row, certificate)], form=form).sitting.case_id

    def met() -> dict[str, bool | None]:
        with desk.sessions() as session:
            return {each.rule: each.passed for each in findings_of(session, sitting_id)}

    assert met()["every_candidate_meets_a_condition"] is True
    with desk.sessions.begin() as session:
        revoke_certificate(session, desk.clock, certificate.number, "虚假材料", CENTRE)
    desk.act(record_staff, sitting_id, STAFF, SCORER)
    assert met()["every_candidate_meets_a_condition"] is False


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
