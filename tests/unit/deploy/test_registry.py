from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deploy.demonstration.welders import NEWCOMER, welders
from deploy.simulators.registry import (
    ROSTERS,
    create_registry,
    load_seed,
    months_between,
    newcomers,
)
from shared.kernel.clock import SHANGHAI, ManualClock
from shared.kernel.identity_number import person_ref

NUMBER = "11010519491231002X"
KEY = b"k" * 32


@pytest.fixture
def registry(tmp_path: Path) -> FlaskClient:
    seed = tmp_path / "insurance.yaml"
    seed.write_text(
        f"- {{identity_number: {NUMBER}, contributed_from: 2023-11, insured_place: '420303'}}\n"
        "- {person_ref: drawing, benefit_months: [2024-03], contributed_until: 2024-01}\n"
        "- {person_ref: nobody, unknown: true}\n"
    )
    clock = ManualClock(datetime(2024, 3, 4, 9, tzinfo=SHANGHAI))
    return create_registry(load_seed(seed, KEY), clock).test_client()


def test_a_person_of_the_seed_is_found_by_reference(registry: FlaskClient) -> None:
    answer = registry.get(f"/insurance/{person_ref(NUMBER, KEY)}").get_json()

    assert answer["contributed_months"] == months_between("2023-11", "2024-03")
    assert (answer["insured_months"], answer["insured_place"]) == (5, "420303")


def test_somebody_without_an_entry_has_paid_for_years_the_same_every_time(
    registry: FlaskClient,
) -> None:
    first = registry.get("/persons/anybody/insurance").get_json()

    assert first == registry.get("/insurance/anybody").get_json()
    assert 24 <= first["insured_months"] <= 6 * 12 + date(2024, 3, 4).month
    assert not first["draws_benefit"]


def test_a_person_who_draws_benefit_no_longer_pays(registry: FlaskClient) -> None:
    answer = registry.get("/insurance/drawing").get_json()

    assert answer["draws_benefit"] and "2024-02" not in answer["contributed_months"]


def test_who_is_not_registered_is_not_found(registry: FlaskClient) -> None:
    assert registry.get("/insurance/nobody").status_code == 404


def test_the_registry_can_be_closed_for_one_or_for_all(registry: FlaskClient) -> None:
    registry.post("/control", json={"mode": "unavailable", "person_ref": "one"})
    assert registry.get("/insurance/one").status_code == 503
    assert registry.get("/insurance/two").status_code == 200
    registry.post("/control", json={"mode": "unknown"})
    assert registry.get("/insurance/two").status_code == 404
    registry.post("/control", json={"mode": "normal", "person_ref": "one"})
    assert registry.get("/insurance/one").status_code == 200


def test_months_run_over_the_end_of_a_year() -> None:
    assert months_between("2023-11", "2024-02") == ["2023-11", "2023-12", "2024-01", "2024-02"]


def test_one_welder_of_every_roster_is_a_newcomer_to_the_insurance() -> None:
    clock = ManualClock(datetime(2024, 3, 4, 9, tzinfo=SHANGHAI))
    known = newcomers(KEY)
    registry = create_registry(known, clock).test_client()

    refs = [person_ref(welders(roster)[NEWCOMER - 1].identity_number, KEY) for roster in (1, 2, 9)]
    months = [registry.get(f"/insurance/{ref}").get_json()["insured_months"] for ref in refs]

    assert months == [7, 7, 7]
    assert len(known) == ROSTERS
