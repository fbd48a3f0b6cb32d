"""Which budget pays for what, how documents count, and which budgets there can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.budgets.documents import Entry, document_number, documents_of
from services.subsidy.budgets.errors import ImplausibleYear, UnknownBudgetRegion, UnknownFund
from services.subsidy.budgets.funds import ensure_known
from services.subsidy.budgets.rules import Movement, Need, allot, places_above
from services.subsidy.words import install_words
from shared.kernel.errors import DomainError, Errors
from shared.procedures import Catalogue, shared_rules

CATALOGUE = Path(__file__).parents[3] / "services" / "subsidy" / "catalogue"
PLACES = ("421281", "421200", "420000", "000000")


@pytest.mark.parametrize(
    "typed",
    [
        "鄂财社〔2024〕1号",
        " 鄂财社〔2024〕1号 ",
        "鄂财社 〔2024〕 1 号",
        "鄂财社﹝2024﹞1号",
        "鄂财社<2024>第1号",
        "鄂财社《2024》01号。",
        "鄂财社（２０２４）１号",
        "鄂财社(2024)1号",
        "鄂财社[2024]1号",
        "鄂财社【2024】1号\u200b",
        "\t鄂财社〔2024〕1号\n",
        "鄂财社〔2024〕1号\u3000",
    ],
)
def test_a_document_number_is_one_however_it_is_typed(typed: str) -> None:
    assert document_number(typed) == "鄂财社〔2024〕1号"


def test_a_mistaken_document_counts_as_it_was_corrected_last() -> None:
    at = datetime(2024, 3, 4, tzinfo=UTC)

    def entry(number: int, kind: str, subject: str, fen: int) -> Entry:
        return Entry(f"t{number}", Movement(kind), subject, fen, at + timedelta(hours=number))

    found = documents_of(
        "f:421281:2024",
        [
            entry(1, "appropriate", "f:421281:2024:甲 ", 1_000),  # from before numbers had one form
            entry(2, "appropriate", "f:421281:2024:甲 #2", 100),
            entry(3, "reverse_appropriation", "t1", 1_000),
            entry(4, "reduce", "f:421281:2024:乙", 40),
            entry(5, "reverse_reduction", "t4", 40),
        ],
    )
    assert {each.number: (each.amount_fen, each.corrections) for each in found.values()} == {
        "甲": (100, 1),
        "乙": (0, 0),
    }


def test_the_nearest_budget_that_covers_a_claim_pays_it_whole() -> None:
    money = {("f", "421281"): 1, ("f", "421200"): 100, ("f", "000000"): 500, ("g", "421281"): 9_999}
    needs = [Need(str(fen), "f", "421281", fen) for fen in (70, 600, 60, 1, 30)]
    assert allot(needs, money) == {"70": "421200", "60": "000000", "1": "421281", "30": "421200"}
    assert places_above("421200") == ("421200", "420000", "000000")


@given(
    money=st.dictionaries(st.sampled_from(PLACES), st.integers(0, 50)),
    asked=st.lists(st.tuples(st.sampled_from(PLACES), st.integers(1, 30)), max_size=12),
)
def test_nothing_is_overdrawn_and_nobody_is_passed_over_whom_what_is_left_covers(
    money: dict[str, int], asked: list[tuple[str, int]]
) -> None:
    needs = [Need(str(n), "f", region, fen) for n, (region, fen) in enumerate(asked)]
    allotted = allot(needs, {("f", place): fen for place, fen in money.items()})
    left = dict(money)
    for need in needs:
        if need.key in allotted:
            left[allotted[need.key]] -= need.amount_fen
    assert all(fen >= 0 for fen in left.values())
    for need in needs:
        if need.key not in allotted:
            reach = places_above(need.region)
            assert all(left.get(place, 0) < need.amount_fen for place in reach)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    install_words()
    return Catalogue([CATALOGUE], shared_rules())


def refused(catalogue: Catalogue, **given: object) -> DomainError:
    budget = {"fund": "unemployment_insurance", "region": "421281", "year": 2024, **given}
    with pytest.raises(DomainError) as error:
        ensure_known(catalogue, today=date(2024, 3, 4), **budget)  # type: ignore[arg-type]
    return error.value


@pytest.mark.parametrize(
    "given", ["unemployment_insurence", "Unemployment_insurance", "失业保险基", "unemployment"]
)
def test_a_fund_that_no_scheme_names_is_refused_with_the_nearest(
    catalogue: Catalogue, given: str
) -> None:
    error = refused(catalogue, fund=given)
    assert isinstance(error, UnknownFund) and error.field == "fund"
    assert "unemployment_insurance" in error.text("zh") and "Did you mean" in error.text("en")
    assert "employment_fund" in str(error.remedy("zh"))


def test_a_region_that_is_none_and_a_year_far_away_are_refused_together(
    catalogue: Catalogue,
) -> None:
    assert isinstance(refused(catalogue, region="429999"), UnknownBudgetRegion)
    for year in (2022, 2026):
        assert isinstance(refused(catalogue, year=year), ImplausibleYear)
    errors = refused(catalogue, fund="x", region="999999", year=1)
    assert isinstance(errors, Errors) and len(errors.errors) == 3
    for year in (2023, 2024, 2025):
        for region in (*PLACES,):
            ensure_known(
                catalogue, fund="talent_fund", region=region, year=year, today=date(2024, 3, 4)
            )
