"""The scheme documents that subsidy ships, through its own effects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

import services.subsidy
from services.subsidy.credentials.queries import certificates_of
from services.subsidy.proposals.handlers import propose_claims
from shared.approvals import applications
from shared.approvals.findings import CaseFinding
from shared.approvals.step_model import CaseStep
from shared.contracts import make_event
from shared.procedures import Catalogue, shared_rules
from tests.integration.subsidy.counter import ACCOUNT, SCHEME, Counter, person

CATALOGUE = Path(services.subsidy.__file__).with_name("catalogue")


@pytest.fixture
def shipped(counter: Counter) -> Counter:
    effects = counter.office.effects
    counter.office = replace(counter.office, catalogue=Catalogue([CATALOGUE], shared_rules()))
    effects.office = counter.office
    return counter


def test_every_document_loads(shipped: Counter) -> None:
    assert [p for p in shipped.office.catalogue.problems() if p.severity == "error"] == []


def test_hubeis_scheme_goes_from_the_certificate_to_its_first_office(shipped: Counter) -> None:
    [case_id] = shipped.hear("S000042128100124400001", 1, 4, "6-18-02-04")
    shipped.act(applications.submit_draft, case_id, {"payee_account": ACCOUNT}, person(1))
    shipped.advance(case_id)
    with shipped.sessions() as session:
        findings = session.scalars(select(CaseFinding).where(CaseFinding.case_id == case_id))
        assert {row.rule: row.passed for row in findings if row.passed is not True} == {}
        [step] = session.scalars(select(CaseStep).where(CaseStep.case_id == case_id))
        assert step.key == "employer_confirms"
    assert shipped.case(case_id).amount_fen == 150_000


def test_an_honour_proposes_the_allowance(shipped: Counter) -> None:
    event = make_event(
        "nomination.honour_conferred.v1",
        subject="skill-master-420303-2024-0001",
        data={
            "honour_no": "skill-master-420303-2024-0001",
            "programme": "skill-master",
            "programme_version": "2022",
            "person_ref": person(1).person_ref,
            "holder_name": person(1).name,
            "level_of_honour": "county",
            "conferred_on": shipped.clock.today(),
            "region": "420303",
            "employer": None,
            "case_id": "NOM-2024-000001",
        },
        at=shipped.clock.now(),
    )
    with shipped.sessions.begin() as session:
        [case] = propose_claims(session, shipped.office, event)
        assert (case.procedure, case.amount_fen) == ("skill-master-allowance", 800_000)


def test_a_scheme_that_cannot_propose_keeps_no_certificate_from_being_known(
    counter: Counter,
) -> None:
    text = SCHEME.replace("id: skill-upgrade-subsidy", "id: another-subsidy")
    text = text.replace(
        "rules:", "  - {field: days, type: integer, minimum: 10, label: {zh: 天, en: Days}}\nrules:"
    )
    text = text.replace("insured_place: region}", "insured_place: region, days: level}")
    (counter.folder / "another.yaml").write_text(text, encoding="utf-8")
    counter.office.catalogue.refresh()
    [case_id] = counter.hear("S000042128100124400001", 1, 4, "6-18-02-04")
    assert counter.case(case_id).procedure == "skill-upgrade-subsidy"
    with counter.sessions() as session:
        assert [each["level"] for each in certificates_of(session, person(1).person_ref)] == [4]
