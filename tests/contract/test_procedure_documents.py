"""The documents that we ship, the guide and the JSON Schema agree with the code that reads them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.assessment.sittings.document_rules import rules as assessment_rules
from services.nomination.nominations.rules import rules as nomination_rules
from shared.kernel.money import yuan
from shared.procedures import (
    Catalogue,
    Procedure,
    RuleBook,
    amount_fen,
    evaluate,
    holds,
    shared_rules,
    step_applies,
)
from shared.procedures.capabilities import KNOWN_ROLES
from shared.procedures.facts import FACTS
from shared.procedures.generated import README, SCHEMA, schema_text, with_rules
from shared.procedures.model import FIELD_TYPES, KINDS
from shared.procedures.reading import read_document
from shared.procedures.reading.document import DOCUMENT_KEYS
from shared.procedures.reading.step_kinds import PUBLIC_COLUMNS, SETTING_KEYS
from shared.procedures.reading.steps import COMMON_KEYS

SERVICES = Path(__file__).parents[2] / "services"
DOCUMENTS = sorted(SERVICES.glob("*/catalogue/*.yaml"))
RULES = RuleBook(shared_rules(), nomination_rules, assessment_rules)
GUIDE = README.read_text(encoding="utf-8")
EXAMPLE = GUIDE.split("```yaml\n")[1].split("```")[0]
TODAY = date(2024, 3, 4)
CHIBI, ZHANGWAN, SHENZHEN = "421281", "420303", "440300"
WELDER = "6-18-02-04"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(sorted({path.parent for path in DOCUMENTS}), RULES)


def as_json(value: Any) -> Any:
    """What an editor's schema sees: dates and keys as text."""
    return json.loads(json.dumps(_text_keys(value), default=str))


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text_keys(one) for key, one in value.items()}
    return [_text_keys(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_document_loads_without_a_warning_and_fits_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    reading = read_document(text, RULES, path.name)
    assert not reading.problems, [str(one) for one in reading.problems]
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(as_json(yaml.safe_load(text)))
    procedure = Procedure.parse(text, RULES)
    assert procedure.source and procedure.source.mark
    assert Procedure.parse(procedure.source_text) == procedure


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_text_is_in_both_languages(path: Path) -> None:
    procedure = Procedure.parse(path.read_text(encoding="utf-8"), RULES)
    texts = [procedure.title, *(one.label for one in procedure.form)]
    texts += [one.title for one in (*procedure.steps, *procedure.benefits)]
    for text in texts:
        assert re.search("[一-鿿]", text.zh) and not re.search("[一-鿿]", text.en), text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_office_has_two_steps_so_that_one_person_an_office_is_enough(path: Path) -> None:
    """Nobody decides two steps of one case (design decision 3); the centre has two officers."""
    procedure = Procedure.parse(path.read_text(encoding="utf-8"), RULES)
    deciding = [step.by[0] for step in procedure.steps if step.by and step.kind != "opinions"]
    settling = [one.settings["objections"]["by"] for one in procedure.steps if one.kind == "notice"]
    twice = {role for role in deciding if deciding.count(role) > 1}
    assert twice <= {"centre.officer"}
    assert not set(deciding) & set(settling)


def test_the_catalogues_have_no_clash(catalogue: Catalogue) -> None:
    assert not catalogue.problems()
    assert len(catalogue.all()) == len(DOCUMENTS)


@pytest.mark.parametrize(
    ("on", "region", "version"),
    [
        ("2018-12-31", CHIBI, "national-2017"),
        ("2019-01-01", CHIBI, "national-2019"),
        ("2021-12-31", CHIBI, "national-2019"),
        ("2022-12-31", CHIBI, "national-2022"),
        ("2023-01-01", CHIBI, "hubei-2023"),
        ("2024-12-31", CHIBI, "hubei-2023"),
        ("2025-01-01", CHIBI, "hubei-2025"),
        ("2024-03-04", SHENZHEN, "national-2022"),
        ("2025-03-04", SHENZHEN, "national-2025"),
    ],
)
def test_date_and_place_choose_the_version(
    catalogue: Catalogue, on: str, region: str, version: str
) -> None:
    found = catalogue.in_force("skill-upgrade-subsidy", date.fromisoformat(on), region)
    assert found.version == version


def claim(**changes: Any) -> dict[str, Any]:
    """A welder of level four whose claim under Hubei's rules is in order."""
    return {
        "applied_on": TODAY,
        "certificate_status": "valid",
        "certificate_no": "S000042000001244000001",
        "certificate_issued_on": "2024-02-20",
        "occupation": WELDER,
        "level": 4,
        "insured_months": 12,
        "draws_unemployment_benefit": False,
        "employment_status": "employed",
        "previous_grants": [],
        **changes,
    }


def failed(procedure: Procedure, facts: dict[str, Any]) -> list[str]:
    return [one.rule for one in evaluate(procedure, facts, RULES) if one.passed is not True]


def test_a_welder_of_level_four_gets_1500_yuan_in_hubei(catalogue: Catalogue) -> None:
    procedure = catalogue.in_force("skill-upgrade-subsidy", TODAY, CHIBI)
    assert failed(procedure, claim()) == []
    assert yuan(amount_fen(procedure, claim(), RULES) or 0) == "1500.00"


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"insured_months": 11}, ["any"]),
        ({"insured_months": 11, "draws_unemployment_benefit": True}, []),
        ({"insured_months": None}, ["any"]),
        ({"certificate_issued_on": "2023-03-04"}, []),
        ({"certificate_issued_on": "2023-03-03"}, ["applied_within_months_of_issue"]),
        ({"level": 2}, ["level_in"]),
        ({"certificate_status": "not_found"}, ["certificate_is_valid"]),
    ],
)
@pytest.mark.parametrize("which", ["skill-upgrade-subsidy", "skill-upgrade-subsidy-direct"])
def test_hubei_refuses_by_the_clause_that_fails(
    catalogue: Catalogue, which: str, changes: dict[str, Any], rules: list[str]
) -> None:
    assert failed(catalogue.in_force(which, TODAY, CHIBI), claim(**changes)) == rules


def test_the_direct_variant_counts_grants_of_the_chain_and_the_other_way_round(
    catalogue: Catalogue,
) -> None:
    earlier = {"scheme": "skill-upgrade-subsidy", "occupation": WELDER, "level": 4}
    earlier |= {"applied_on": "2023-05-01", "certificate_no": "S000042000001234000001"}
    for which in ("skill-upgrade-subsidy", "skill-upgrade-subsidy-direct"):
        procedure = catalogue.in_force(which, TODAY, CHIBI)
        assert failed(procedure, claim(previous_grants=[earlier])) == ["not_granted_before"]


def test_the_employer_is_asked_only_where_there_is_one(catalogue: Catalogue) -> None:
    procedure = catalogue.in_force("skill-upgrade-subsidy-direct", TODAY, CHIBI)
    step = procedure.step("employer_confirms")
    assert step_applies(procedure, step, {"employer": "91421281MA4900001X"}, RULES) is True
    assert step_applies(procedure, step, {}, RULES) is False


def test_the_regime_of_2017_asks_for_36_months(catalogue: Catalogue) -> None:
    procedure = catalogue.in_force("skill-upgrade-subsidy", date(2018, 5, 1), CHIBI)
    facts = claim(applied_on=date(2018, 5, 1), certificate_issued_on="2018-04-01")
    assert failed(procedure, {**facts, "insured_months": 35}) == ["insured_months_at_least"]
    assert failed(procedure, {**facts, "insured_months": 36}) == []


@pytest.mark.parametrize(
    ("level", "shortage", "fen"), [(3, True, 260000), (4, True, 150000), (3, False, 200000)]
)
def test_guangdong_pays_more_for_shortage_from_level_three(
    catalogue: Catalogue, level: int, shortage: bool, fen: int
) -> None:
    procedure = catalogue.in_force("training-subsidy", TODAY, SHENZHEN)
    assert amount_fen(procedure, claim(level=level, shortage_occupation=shortage), RULES) == fen


ROW = {
    "applied_on": TODAY,
    "occupation": WELDER,
    "level": 4,
    "certificates": [],
    "years_in_occupation": 0,
    "graduation": "none",
    "graduation_related": False,
    "title_level": "none",
    "title_years": None,
    "birth_date": "1990-01-01",
}


def certificate(level: int, issued_on: str) -> list[dict[str, Any]]:
    return [{"occupation": WELDER, "level": level, "issued_on": issued_on, "status": "valid"}]


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"years_in_occupation": 5}, True),
        ({"years_in_occupation": 4}, False),
        ({"certificates": certificate(5, "2021-03-04")}, True),
        ({"certificates": certificate(5, "2021-03-05")}, False),
        ({"graduation": "vocational", "graduation_related": True}, True),
        ({"graduation": "vocational"}, False),
        ({"level": 5}, True),
        ({"level": 5, "birth_date": "2008-03-05"}, False),
        ({"level": 3, "years_in_occupation": 10}, True),
        ({"level": 3, "title_level": "junior", "title_years": 1}, True),
        (
            {"level": 3, "certificates": certificate(4, "2024-01-01"), "graduation": "college"},
            False,
        ),
        (
            {
                "level": 3,
                "certificates": certificate(4, "2024-01-01"),
                "graduation": "college",
                "graduation_related": True,
            },
            True,
        ),
        ({"level": 3, "graduation": "senior_technical", "graduation_related": True}, True),
        ({"level": 3, "graduation": "college", "graduation_related": True}, False),
        ({"level": 3, "graduation": "university", "graduation_related": True}, False),
        (
            {
                "level": 2,
                "certificates": certificate(3, "2022-03-04"),
                "graduation": "college",
                "graduation_related": True,
            },
            False,
        ),
        (
            {
                "level": 2,
                "certificates": certificate(3, "2022-03-04"),
                "graduation": "senior_technical",
                "graduation_related": True,
            },
            True,
        ),
        ({"level": 3, "years_in_occupation": None}, None),
        ({"level": 2, "certificates": certificate(3, "2019-03-04")}, True),
        ({"level": 1, "certificates": certificate(2, "2019-03-05")}, False),
    ],
)
def test_the_conditions_of_2023_for_welders(
    catalogue: Catalogue, changes: dict[str, Any], passed: bool | None
) -> None:
    procedure = catalogue.in_force("welder-assessment", TODAY, CHIBI)
    found = evaluate(procedure, {**ROW, **changes}, RULES, procedure.row_rules)
    assert [one.passed for one in found] == [passed]


def test_a_skill_master_goes_the_whole_chain(catalogue: Catalogue) -> None:
    procedure = catalogue.in_force("skill-master", TODAY, ZHANGWAN)
    assert {step.kind for step in procedure.steps} == set(KINDS) - {"external"}
    assert len(procedure.benefits) == 10
    facts = {
        "applied_on": TODAY,
        "region": ZHANGWAN,
        "post": "front_line",
        "certificates": [],
        "competition_results": [{"title": "t", "rank": 1, "held_on": "2023-06-01"}],
        "honours": [],
        "employer_vetoes": [],
    }
    assert failed(procedure, facts) == []
    assert failed(procedure, {**facts, "employer_vetoes": None}) == ["employer_has_no_veto"]
    assert failed(procedure, {**facts, "competition_results": []}) == ["any"]
    old = {"found_on": "2020-01-01"}
    accident, wages = ({"kind": kind, **old} for kind in ("safety_accident", "wage_arrears"))
    assert failed(procedure, {**facts, "employer_vetoes": [accident]}) == []
    assert failed(procedure, {**facts, "employer_vetoes": [wages]}) == ["employer_has_no_veto"]


def test_an_honour_proposes_its_allowance(catalogue: Catalogue) -> None:
    honour = catalogue.in_force("skill-master", TODAY, ZHANGWAN)
    allowance = catalogue.in_force("skill-master-allowance", TODAY, ZHANGWAN)
    assert allowance.proposed_from is not None
    assert allowance.proposed_from["event"] == "nomination.honour_conferred.v1"
    assert allowance.proposed_from["where"] == {"programme": (honour.id,)}
    assert amount_fen(allowance, {}) == 800000
    assert holds(allowance, None, {}, RULES) is True


def test_the_example_of_the_guide_loads() -> None:
    reading = read_document(EXAMPLE, shared_rules(), "README.md")
    assert not reading.problems, [str(one) for one in reading.problems]
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(as_json(yaml.safe_load(EXAMPLE)))


def test_the_generated_parts_are_up_to_date() -> None:
    """If not: python -m shared.procedures generate."""
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(shared_rules())
    assert with_rules(GUIDE, shared_rules()) == GUIDE


def test_the_guide_names_every_word_that_a_document_may_use() -> None:
    words = {*DOCUMENT_KEYS, *FIELD_TYPES, *KINDS, *KNOWN_ROLES, *PUBLIC_COLUMNS, *COMMON_KEYS}
    words |= {key for keys in SETTING_KEYS.values() for key in keys} - {"settings"}
    words |= set(FACTS)
    assert not {word for word in words if not re.search(rf"\b{re.escape(word)}\b", GUIDE)}


def test_the_table_of_facts_is_the_code_s() -> None:
    table = GUIDE.split("## Facts: the names")[1]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name for cell in cells for name in re.findall("`([a-z_]+)`", cell)}
    assert set(FACTS) == named
    for rule in shared_rules():
        assert set(rule.needs) <= set(FACTS), rule.name
