"""Documents as officers write them (../shared/cases): each mistake is told at its line with its
mend, and a programme loads only where it can run from its form to its end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from shared.procedures import Catalogue, parse
from shared.procedures.check_command import service_of
from shared.procedures.model import Problem
from shared.procedures.reading import read_document
from tests.unit.procedures.services_here import SERVICES, errors

CASES = Path(__file__).parent / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))
RUNS = {
    "mistakes/right.yaml",
    "programmes/assessment/level-two.yaml",
    "programmes/nomination/innovation-studio.yaml",
    "programmes/nomination/operating-method.yaml",
    "programmes/nomination/points.yaml",
    "programmes/subsidy/studio-grant.yaml",
}


def offered(folder: Path, path: Path, service: str) -> Catalogue:
    """The catalogue of a running service, with this one file dropped into it."""
    (folder / path.name).write_bytes(path.read_bytes())
    composition = SERVICES[service]
    return Catalogue([folder], composition.rules, composition.capabilities)


def refusals(catalogue: Catalogue) -> list[Problem]:
    return [one for one in catalogue.problems() if one.severity == "error"]


def told(problem: Problem) -> str:
    return f"{problem.line} {problem.path or '(document)'}: {problem.en}"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_document_of_the_field_is_told_what_is_wrong_with_it(
    name: str, tmp_path: Path
) -> None:
    catalogue = offered(tmp_path, CASES / name, EXPECTED[name]["service"])
    found = refusals(catalogue)
    assert [told(one) for one in found] == EXPECTED[name]["errors"]
    assert all(re.search("[一-鿿]", one.zh) for one in found)
    assert len(catalogue.all()) == (name in RUNS) == (not found)


def test_every_file_has_its_line_in_the_table() -> None:
    files = {str(path.relative_to(CASES)) for path in CASES.rglob("*.yaml")}
    assert files == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_services_own_documents_are_found_by_folder_or_outcome(name: str) -> None:
    if name.startswith("programmes/"):
        assert service_of(CASES / name) == EXPECTED[name]["service"]


BASE = (CASES / "mistakes/right.yaml").read_text(encoding="utf-8")
GRANT = (CASES / "programmes/subsidy/studio-grant.yaml").read_text(encoding="utf-8")
SITTING = (CASES / "programmes/assessment/level-two.yaml").read_text(encoding="utf-8")
DOCUMENTS = {"nomination": BASE, "subsidy": GRANT, "assessment": SITTING}
FUNDS = (
    "  - {external: funds_allocated, by: finance_bureau.officer, at: city, answers: [allocated], "
    "within: 5wd, withdrawable: false}\n"
)
REVIEW = "{decide: union_reviews, by: union.reviewer,"
# (service, what stands there, what is written instead, words of the refusal)
MISTAKES = [
    (
        "nomination",
        "id: hill",
        "id： hill",
        "full-width colon",
    ),
    (
        "nomination",
        "  honour: {",
        "  honour： {",
        "full-width colon",
    ),
    (
        "nomination",
        "{decide: union_reviews, by: ",
        "{decide: union_reviews， by: ",
        "comma",
    ),
    (
        "nomination",
        "may: [approve, return]",
        "may: [approve，return]",
        "full-width",
    ),
    (
        "nomination",
        "may: [approve, return]",
        "may: [approve、return]",
        "full-width",
    ),
    (
        "nomination",
        "by: union.reviewer",
        "by： union.reviewer",
        "full-width colon",
    ),
    (
        "nomination",
        "{zh: 初审, en: Review}",
        "｛zh: 初审, en: Review｝",
        "full-width",
    ),
    (
        "nomination",
        'version: "2024"',
        "version: “2024”",
        "letters, digits",
    ),
    (
        "nomination",
        'version: "2024"',
        'version: "2024',
        "quotes",
    ),
    (
        "nomination",
        "applicant: [worker]",
        "applicant: [worker",
        "bracket",
    ),
    (
        "nomination",
        "applicant: [worker]",
        "applicant: [worker\t]",
        "",
    ),
    (
        "nomination",
        "source: {zh: 办法,",
        "source: {zh: 办法: 一,",
        "quotes",
    ),
    (
        "nomination",
        "  - {notice",
        "- {notice",
        "indentation",
    ),
    (
        "nomination",
        "clause: 第五条",
        "clause: 第\x07五条",
        "control character",
    ),
    (
        "nomination",
        "id: hill-craftsman",
        "id: Hill Craftsman",
        "lower-case",
    ),
    (
        "nomination",
        'version: "2024"',
        "version: 1.0",
        "quotes",
    ),
    (
        "nomination",
        'version: "2024"',
        "version: yes no",
        "letters",
    ),
    (
        "nomination",
        'region: "430281"',
        "region: 042",
        "digits",
    ),
    (
        "nomination",
        'region: "430281"',
        "region: 43",
        "quotes",
    ),
    (
        "nomination",
        'region: "430281"',
        'region: "43028"',
        "digits",
    ),
    (
        "nomination",
        'region: "430281"',
        'region: "438888"',
        "There is no region",
    ),
    (
        "nomination",
        'region: "430281"',
        "region: no",
        "digits",
    ),
    (
        "nomination",
        'region: "430281"',
        "region: 醴陵",
        "digits",
    ),
    (
        "nomination",
        "from: 2024-01-01",
        "from: 2024/01/01",
        "date",
    ),
    (
        "nomination",
        "from: 2024-01-01",
        "from: 2024-13-01",
        "no such day",
    ),
    (
        "nomination",
        "from: 2024-01-01",
        "from: 0204-01-01",
        "check the year",
    ),
    (
        "nomination",
        "from: 2024-01-01",
        "from: off",
        "date",
    ),
    (
        "nomination",
        "required: true, label: {zh: 地区",
        "required: off, label: {zh: 地区",
        "true",
    ),
    (
        "nomination",
        "within_months: 36",
        "within_months: 三十六",
        "whole number",
    ),
    (
        "nomination",
        "within_months: 36",
        "within_months: 9999999999999999999999999999999999999999",
        "whole number",
    ),
    (
        "nomination",
        "within_months: 36",
        "within_months: 36.0",
        "whole number",
    ),
    (
        "nomination",
        "within: 5wd, title: {zh: 初审",
        "within: 5天, title: {zh: 初审",
        "5wd",
    ),
    (
        "nomination",
        "within: 5wd, title: {zh: 初审",
        "within: 0, title: {zh: 初审",
        "5wd",
    ),
    (
        "nomination",
        "length: 5wd",
        "length: 一周",
        "5wd",
    ),
    (
        "nomination",
        "length: 5wd",
        "length: 5 工作日",
        "write 5wd",
    ),
    (
        "nomination",
        "applicant: [worker]",
        "applicant: []",
        "At least one role",
    ),
    (
        "nomination",
        "term_years: 3",
        "term_years: 0",
        "out of range",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: unoin.secretary",
        "union.secretary",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: 工会主席",
        "lower-case",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: worker",
        "anybody signed in",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: worker, at: unit",
        "anybody signed in",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: union.reviewer",
        "two different people",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: bureau.officer",
        "settles the objections",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: organisation.officer",
        "organisation that applies",
    ),
    (
        "nomination",
        "by: union.secretary",
        "by: enterprise.officer, at: city",
        "has no effect",
    ),
    (
        "nomination",
        "by: bureau.officer}",
        "by: union.reviewer}",
        "settles the objections",
    ),
    (
        "nomination",
        "by: bureau.officer}",
        "by: enterprise.officr}",
        "enterprise.officer",
    ),
    (
        "nomination",
        "length: 5wd",
        "at: unit, length: 5wd",
        "at the unit",
    ),
    (
        "nomination",
        REVIEW,
        REVIEW + " at: unit,",
        "at the unit",
    ),
    (
        "nomination",
        'region: "430281"',
        'region: "430281"\nat: unit',
        "at the unit",
    ),
    (
        "nomination",
        "  - {notice",
        "  - {panel: p, at: unit}\n  - {notice",
        "stand aside",
    ),
    (
        "nomination",
        "  - {notice",
        "  - {panel: p, by: union.leader}\n  - {notice",
        "expert",
    ),
    (
        "nomination",
        "  - {notice",
        "  - {panel: p}\n  - {panel: q}\n  - {notice",
        "two different",
    ),
    (
        "nomination",
        "  - {notice",
        "  - {external: x}\n  - {notice",
        "wait for ever",
    ),
    (
        "nomination",
        "  - {notice",
        "  - {opinions: o, offices: [union.reviewer]}\n  - {notice",
        "two different people",
    ),
    (
        "nomination",
        "applicant: [worker]",
        "applicant: [worker, enterprise.officer]",
        "the officer",
    ),
    (
        "nomination",
        "applicant: [worker]",
        "applicant: [enterprise.officer]",
        "cannot apply yet",
    ),
    (
        "nomination",
        "  - {field: employer, type: credit_code, required: true",
        "  - {field: employer, type: text, required: true",
        "credit_code",
    ),
    (
        "nomination",
        "{zh: 授予, en: Conferral}}",
        "{zh: 授予, en: C}, may: [oppose, approve]}",
        "agreed",
    ),
    (
        "nomination",
        "rules:",
        "quotas: [{group: a, percent: 30}]\nrules:",
        "Unknown key quotas",
    ),
    (
        "nomination",
        "rules:",
        "proposed_from: assessment.certificate_issued.v1\nrules:",
        "apply them",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - {rule: honour_is_valid}",
        "honour_no",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - employer_has_no_veto",
        "a step of kind opinions",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - certificate_is_valid",
        "type certificate_no",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - not: {rule: draws_unemployment_benefit}",
        "does not know",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - {rule: competition_rank_at_most, rank: 3, tiers: [国家级]}",
        "tier",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - any: []",
        "at least one rule",
    ),
    (
        "nomination",
        "rules:",
        "rules:\n  - {rule: region_is_within, regions: [430281]}",
        "quotes",
    ),
    (
        "nomination",
        "within: 5wd, title: {zh: 初审",
        "when: {rule: field_is_given, field: phone}, title: {zh: 初审",
        "phone",
    ),
    (
        "nomination",
        "rules:",
        "  - {field: home, type: text, personal: true}\n"
        "rules:\n"
        "  - {rule: field_is_given, field: home}",
        "personal field home",
    ),
    (
        "nomination",
        "rules:",
        "  - {field: kind, type: choice, required: true, options: [a, b]}\n"
        "rules:\n"
        "  - {rule: field_equals, field: kind, value: c}",
        "no option c",
    ),
    (
        "nomination",
        "{field: deeds, type: long_text",
        "{field: honours, type: text",
        "known fact",
    ),
    (
        "nomination",
        "term_years: 3",
        "term_years: 3, colour: red",
        "Unknown key colour",
    ),
    (
        "nomination",
        "level: county",
        "conferred_by: [bureau.leader]",
        "confer nothing",
    ),
    (
        "nomination",
        "outcome:",
        "settings: {pass_mark: 60}\noutcome:",
        "reads no settings",
    ),
    (
        "nomination",
        "honour: {number",
        "certificates: {number",
        "Unknown key term_years",
    ),
    (
        "nomination",
        "length: 5wd",
        "length: 5wd, within: 3wd",
        "same thing",
    ),
    (
        "nomination",
        "length: 5wd",
        "length: 5wd, silence: continue",
        "no silence",
    ),
    (
        "nomination",
        "by: union.secretary, within: 5wd",
        "by: union.secretary, silence: return",
        "within",
    ),
    (
        "subsidy",
        FUNDS,
        "",
        "no step funds_allocated",
    ),
    (
        "subsidy",
        ", withdrawable: false",
        "",
        "withdrawable: false",
    ),
    (
        "subsidy",
        "withdrawable: false",
        "withdrawable: true",
        "withdrawable: false",
    ),
    (
        "subsidy",
        "answers: [allocated]",
        "answers: [paid]",
        "answers: [allocated]",
    ),
    (
        "subsidy",
        "answers: [allocated]",
        "answers: [allocated, returned]",
        "only answer",
    ),
    (
        "subsidy",
        "by: finance_bureau.officer",
        "by: bureau.officer",
        "done by finance_bureau",
    ),
    (
        "subsidy",
        "funds_allocated, by",
        "funds_alocated, by",
        "no step funds_allocated",
    ),
    (
        "subsidy",
        "within: 5wd, withdrawable",
        "silence: continue, within: 5wd, withdrawable",
        "silence",
    ),
    (
        "subsidy",
        "within: 5wd, withdrawable",
        "when: {rule: field_is_given, field: kind}, withdrawable",
        "takes no `when`",
    ),
    (
        "subsidy",
        FUNDS,
        FUNDS + "  - {decide: last, by: bureau.leader, at: city}\n",
        "must be the last",
    ),
    (
        "subsidy",
        "bank_account, required: true",
        "bank_account",
        "account",
    ),
    (
        "subsidy",
        "type: bank_account",
        "type: text",
        "account",
    ),
    (
        "subsidy",
        "rules:",
        "  - {field: second, type: bank_account}\nrules:",
        "several accounts",
    ),
    (
        "subsidy",
        "new: 5000000, ",
        "",
        "no amount",
    ),
    (
        "subsidy",
        "new: 5000000",
        "new: 0",
        "never 0",
    ),
    (
        "subsidy",
        "reconfirmed: 3000000}",
        "reconfirmed: 3000000, old: 1}",
        "never old",
    ),
    (
        "subsidy",
        "amount: {by: kind, fen: {new: 5000000, reconfirmed: 3000000}}",
        "",
        "amount",
    ),
    (
        "subsidy",
        "fen: {new: 5000000, reconfirmed: 3000000}",
        "fen: {5: 1, 4: 2}",
        "no amount",
    ),
    (
        "subsidy",
        "by: kind",
        "by: level",
        "certificate_no",
    ),
    (
        "subsidy",
        "by: kind",
        "by: knd",
        "neither a field",
    ),
    (
        "subsidy",
        "by: kind",
        "by: region",
        "cannot be listed",
    ),
    (
        "subsidy",
        "subject: [honour_no]",
        "subject: [honor_no]",
        "honor_no",
    ),
    (
        "subsidy",
        "subject: [honour_no]",
        "subject: [honour_no, applied_on]",
        "applied_on",
    ),
    (
        "subsidy",
        "subject: [honour_no]",
        "subject: [payee_account]",
        "payee_account",
    ),
    (
        "subsidy",
        "subject: [honour_no]",
        "subject: [kind]",
        "kind",
    ),
    (
        "subsidy",
        "applicant: [worker]",
        "applicant: [enterprise.officer]",
        "the officer",
    ),
    (
        "subsidy",
        "applicant: [worker]",
        "applicant: [worker, union.reviewer]",
        "the officer",
    ),
    (
        "subsidy",
        "honour_conferred.v1",
        "honour_conferd.v1",
        "honour_conferred.v1",
    ),
    (
        "subsidy",
        "honour_conferred.v1",
        "competition_result_recorded.v1",
        "proposes cases",
    ),
    (
        "subsidy",
        "{programme: ",
        "{programe: ",
        "programme",
    ),
    (
        "subsidy",
        "honour_no: honour_no",
        "honour_no: honour_number",
        "honour_no",
    ),
    (
        "subsidy",
        "honour_no: honour_no",
        "honor: honour_no",
        "The form has no field honor",
    ),
    (
        "subsidy",
        "outcome:",
        "settings: {shortage_ocupations: [6-18-02-04]}\noutcome:",
        "shortage_occupations",
    ),
    (
        "subsidy",
        "outcome:",
        "settings: {shortage_occupations: [焊工]}\noutcome:",
        "code",
    ),
    (
        "subsidy",
        "rules:",
        "row_rules: [{rule: age_between, minimum: 16}]\nrules:",
        "no rosters",
    ),
    (
        "subsidy",
        "rules:",
        "rules:\n  - {rule: field_is_true, field: shortage_occupation}",
        "certificate_no",
    ),
    (
        "assessment",
        "external: scores_locked",
        "external: score_locked",
        "no step scores_locked",
    ),
    (
        "assessment",
        "answers: [locked]",
        "answers: [done]",
        "answers: [locked]",
    ),
    (
        "assessment",
        "number: national_22",
        "number: own-001",
        "national_22",
    ),
    (
        "assessment",
        "applicant: [organisation.officer]",
        "applicant: [worker]",
        "could never submit",
    ),
    (
        "assessment",
        "  pass_mark: 60",
        "  pass_marc: 60",
        "pass_mark",
    ),
    (
        "assessment",
        "  pass_mark: 60",
        "  pass_mark: 六十",
        "whole number",
    ),
    (
        "assessment",
        "assessors_odd: true",
        "assesors_odd: true",
        "assessors_odd",
    ),
    (
        "assessment",
        "{part: theory",
        "{part: theroy",
        "theory",
    ),
    (
        "assessment",
        "{rule: staffing_is_complete}",
        "{rule: insured_months_at_least, months: 1}",
        "does not know",
    ),
    (
        "assessment",
        "row_rules:",
        "row_rules:\n  - {rule: insured_months_at_least, months: 1}",
        "no row",
    ),
    (
        "assessment",
        "another_person: true, ",
        "",
        "two different people",
    ),
]


@pytest.mark.parametrize(("service", "right", "wrong", "words"), MISTAKES)
def test_each_mistake_is_refused_where_it_is_with_its_mend(
    service: str, right: str, wrong: str, words: str
) -> None:
    text = DOCUMENTS[service]
    assert right in text
    found = errors(service, text.replace(right, wrong, 1))
    assert any(one.line and words in one.en for one in found), [told(one) for one in found]


@pytest.mark.parametrize("service", DOCUMENTS)
def test_the_documents_that_the_mistakes_are_made_in_are_right(service: str) -> None:
    assert errors(service, DOCUMENTS[service]) == []


VETO = "rules:\n  - employer_has_no_veto"


@pytest.mark.parametrize(
    ("opinions", "words"),
    [
        ("offices: [department.tax]", None),
        ("offices: [department.tax], opposed: reject", None),
        ("offices: [department.tax], opposed: continue", "contradicts"),
        ("offices: [bureau.leader]", "no kind of veto"),
        ("offices: [bureau.leader], opposed: return", None),
    ],
)
def test_an_opposition_that_goes_on_and_bars_all_the_same_is_refused(
    opinions: str, words: str | None
) -> None:
    step = f"  - {{opinions: asked, {opinions}}}\n  - {{notice"
    text = BASE.replace("rules:", VETO, 1).replace("  - {notice", step, 1)
    found = errors("nomination", text)
    assert [one for one in found if words is None or words not in one.en] == []
    assert bool(found) == (words is not None)


def test_the_stored_text_of_a_case_is_read_although_it_would_be_refused_today() -> None:
    for service, right, wrong in [
        ("nomination", 'region: "430281"', "region: 430281"),
        ("nomination", "by: union.secretary", "by: worker"),
        ("nomination", "within: 5wd, title: {zh: 初审", "within: 5个工作日, title: {zh: 初审"),
        ("subsidy", ", withdrawable: false", ""),
        ("subsidy", "new: 5000000, ", ""),
        ("assessment", "  pass_mark: 60", "  pass_marc: 60"),
    ]:
        text = DOCUMENTS[service].replace(right, wrong, 1)
        assert errors(service, text)
        assert parse(text).source_text == text


def test_a_refused_document_never_replaces_the_one_that_runs(tmp_path: Path) -> None:
    catalogue = offered(tmp_path, CASES / "programmes/subsidy/studio-grant.yaml", "subsidy")
    before = catalogue.get("studio-grant", "2024")
    path = tmp_path / "studio-grant.yaml"
    path.write_text(GRANT.replace(", withdrawable: false", ""), encoding="utf-8")
    catalogue.refresh()
    assert catalogue.get("studio-grant", "2024") == before
    assert [one.path for one in refusals(catalogue)] == ["steps[2]"]


def test_a_role_of_the_deployments_own_directory_is_known() -> None:
    own = SERVICES["nomination"]
    text = BASE.replace("by: union.secretary", "by: enterprise.leader", 1)
    can = own.capabilities.staffed_by(("enterprise.leader",))
    assert errors("nomination", text)
    assert read_document(text, own.rules, "", can).errors == []
