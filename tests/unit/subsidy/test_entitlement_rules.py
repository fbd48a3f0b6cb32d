"""What counts as the same entitlement."""

import pytest

from services.subsidy.entitlements.rules import (
    EntitlementKey,
    evidence_of,
    excluded_schemes,
    keys_of,
    subject_of,
)


def test_the_subject_is_what_the_scheme_names() -> None:
    facts = {"occupation": "6-18-02-04", "level": 4, "certificate_no": "C1"}
    assert subject_of(facts, ("occupation", "level"), "CLM-1") == "occupation=6-18-02-04;level=4"
    assert subject_of(facts, (), "CLM-1") == "certificate_no=C1"
    assert subject_of({}, ("occupation",), "CLM-1") == "case=CLM-1"


@pytest.mark.parametrize(
    "typed",
    ["HS2024-01", " hs2024-01", "ＨＳ2024-01", "HS 2024-01", "HS2024—01", "HS\u200b2024-0１"],
)
def test_a_thing_is_one_however_it_is_typed(typed: str) -> None:
    assert subject_of({"class_no": typed}, ("class_no",), "CLM-1") == "class_no=HS2024-01"


def test_schemes_that_exclude_one_another_meet_in_one_key() -> None:
    one = keys_of("skill", {"training"}, "occupation=6;level=4", "certificate_no=C1")
    other = keys_of("training", {"skill"}, "class=7", "certificate_no=C1")
    assert EntitlementKey("skill|training", "certificate_no=C1") in set(one) & set(other)


def test_exclusion_counts_whichever_of_the_two_documents_says_it() -> None:
    documents = [("skill", ("training",)), ("training", ()), ("life", ("skill",))]
    assert excluded_schemes("skill", documents) == {"training", "life"}
    assert excluded_schemes("training", documents) == {"skill"}


def test_evidence_is_the_certificate_or_the_honour() -> None:
    assert evidence_of({"honour_no": "H1"}) == "honour_no=H1"
    assert evidence_of({}) is None
