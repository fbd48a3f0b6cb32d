"""Applying where, or for what, no document is in force: one error of the form among the others."""

import pytest

from shared.approvals.applications import OpenCase, save_draft, submit_case
from shared.approvals.catalogue import procedure_shown
from shared.kernel.actor import Actor
from shared.kernel.errors import Errors
from shared.procedures import UnknownProcedure
from tests.integration.approvals.conftest import EMPLOYER, Desk

WORKER = Actor("a" * 64, "王工")


def refused(desk: Desk, handle=submit_case, procedure: str = "worker-honour", **form) -> Errors:
    with pytest.raises(Errors) as refusal, desk.sessions.begin() as session:
        handle(session, desk.office, OpenCase(procedure, form), WORKER)
    return refusal.value


def told(refusal: Errors) -> list[tuple[str, str | None]]:
    return [(error.code, error.field) for error in refusal.errors]


def test_a_region_without_the_procedure_is_named_beside_what_else_is_wrong(desk: Desk) -> None:
    refusal = refused(desk, employer=EMPLOYER, region="421281", years="many")
    assert refusal.status == 422
    assert told(refusal) == [("no_procedure_in_force", "region"), ("invalid_field", "years")]
    here = refusal.errors[0]
    assert "赤壁市" in here.text("zh") and "岗位能手" in here.text("zh")
    assert "张湾区" in (here.remedy("zh") or "") and "2020-01-01" in (here.remedy("zh") or "")
    assert "Skilled worker" in here.text("en") and "labour bureau" in (here.remedy("en") or "")


@pytest.mark.parametrize("handle", [submit_case, save_draft])
def test_a_region_that_is_none_is_said_to_be_none(desk: Desk, handle) -> None:
    refusal = refused(desk, handle, employer=EMPLOYER, region="somewhere", years=5)
    assert told(refusal) == [("invalid_region", "region")]


def test_a_procedure_that_does_not_exist_is_an_error_of_its_field(desk: Desk) -> None:
    refusal = refused(desk, procedure="no-such-honour", region="420303")
    assert told(refusal) == [("unknown_procedure", "procedure")]
    assert refusal.status == 422


def test_a_form_is_shown_again_for_a_region_without_it(desk: Desk) -> None:
    assert procedure_shown(desk.office, "worker-honour", "421281").version == "2024"
    with pytest.raises(UnknownProcedure):
        procedure_shown(desk.office, "no-such-honour", "421281")


@pytest.mark.parametrize("typed", ["４２０３０３", " 420303", "420 303"])
def test_a_region_is_read_however_it_is_typed(desk: Desk, typed: str) -> None:
    with desk.sessions.begin() as session:
        command = OpenCase("worker-honour", {"employer": EMPLOYER, "region": typed, "years": 5})
        assert submit_case(session, desk.office, command, WORKER).region == "420303"
