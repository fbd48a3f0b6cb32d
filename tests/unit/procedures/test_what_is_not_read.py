"""What a document says twice, or what the service could not do, is refused where it stands."""

from __future__ import annotations

import pytest

from services.assessment.sittings.standard import Standard
from shared.procedures import parse
from tests.unit.procedures.services_here import errors
from tests.unit.procedures.test_officers_documents import BASE, SITTING

MEETING = "{meeting: group, by: union.leader, at: city, majority: 2/3"
REVIEW = "{decide: union_reviews, by: union.reviewer, may: [approve, return], within: 5wd"
ANSWER = "{external: union_reviews, by: union.reviewer, answers"
HELD_ON = "  - {field: held_on, type: date, required: true, label: {zh: 考核日期, en: Held on}}\n"
NOTICE = SITTING[SITTING.index("  - {notice: results") : SITTING.index("  - {decide: centre_rev")]
LOCK = SITTING[SITTING.index("  - {external: scores") : SITTING.index("  - {panel: compre")]
PRACTICAL = SITTING[SITTING.index("    - {part: prac") : SITTING.index("  staffing:")]
DOCUMENTS = {"nomination": BASE, "assessment": SITTING}


@pytest.mark.parametrize(
    ("service", "right", "wrong", "path", "words"),
    [
        (
            "nomination",
            "length: 5wd",
            "settings: {length: 10wd}, length: 5wd",
            "steps[1].settings.length",
            "only one would count",
        ),
        (
            "nomination",
            "length: 5wd",
            "settings: {length: 5wd}, within: 3wd",
            "steps[1].within",
            "same thing",
        ),
        (
            "nomination",
            "length: 5wd",
            "settings: {publishes: union.reviewer}, by: bureau.leader, length: 5wd",
            "steps[1].by",
            "same thing",
        ),
        (
            "nomination",
            "length: 5wd",
            "settings: {shows: [nme]}, length: 5wd",
            "steps[1].settings.shows",
            "only one would count",
        ),
        (
            "nomination",
            "length: 5wd",
            "by: [union.reviewer, bureau.leader], length: 5wd",
            "steps[1].by",
            "bureau.leader would have no effect",
        ),
        (
            "nomination",
            "length: 5wd",
            "publishes: worker, length: 5wd",
            "steps[1].publishes",
            "anybody signed in",
        ),
        (
            "nomination",
            "length: 5wd",
            "settings: {publishes: worker}, length: 5wd",
            "steps[1].settings.publishes",
            "anybody signed in",
        ),
        (
            "nomination",
            "rules:",
            "  - {field: phone, type: phone, personal: false}\nrules:",
            "form[3].personal",
            "personal always",
        ),
        (
            "nomination",
            REVIEW,
            f"{MEETING} of present, majority_of: members",
            "steps[0].majority_of",
            "says already of whom",
        ),
        (
            "nomination",
            REVIEW,
            f"{ANSWER}: [agreed, denied]",
            "steps[0].answers",
            "agreed, denied would all let it go on",
        ),
        (
            "nomination",
            REVIEW,
            f"{ANSWER}: [agreed, denied, later], returns: [later]",
            "steps[0].answers",
            "rejects: [denied]",
        ),
        (
            "assessment",
            "type: occupation, required: true",
            "type: occupation",
            "form",
            "{field: occupation, type: occupation, required: true}",
        ),
        ("assessment", "type: level, required: true", "type: level", "form", "level"),
        (
            "assessment",
            "type: date, required: true",
            "type: date, required: true, personal: true",
            "form",
            "held_on (required, not personal)",
        ),
        ("assessment", PRACTICAL, "", "settings.parts", "no practical for level 2"),
        (
            "assessment",
            "{part: practical",
            "{part: theory",
            "settings.parts[0]",
            "written twice",
        ),
        (
            "assessment",
            "levels: [2]}\n    - {part: practical",
            "levels: 3}\n    - {part: practical",
            "settings.parts[0].levels",
            "no theory for level 2",
        ),
        (
            "assessment",
            "  - {rule: level_in, levels: [2], blocks: submission}\n",
            "",
            "settings.parts[0].levels",
            "no theory for level 5, 4, 3, 1",
        ),
        ("assessment", LOCK, NOTICE.replace("results", "early") + LOCK, "steps[2]", "nobody"),
    ],
)
def test_what_would_be_dropped_or_end_nowhere_is_refused_where_it_stands(
    service: str, right: str, wrong: str, path: str, words: str
) -> None:
    assert right in DOCUMENTS[service]
    text = DOCUMENTS[service].replace(right, wrong, 1)
    found = [one for one in errors(service, text) if one.path == path]
    assert [one for one in found if one.line and words in one.en], errors(service, text)


def test_a_sitting_without_its_day_is_refused() -> None:
    text = SITTING.replace(HELD_ON, "", 1).replace("[roster, held_on]", "[roster]", 1)
    [found] = errors("assessment", text)
    assert found.path == "form" and "{field: held_on, type: date, required: true}" in found.en


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("length: 5wd", "settings: {length: 5wd}"),
        (REVIEW, f"{MEETING} of members"),
        (REVIEW, f"{MEETING}, majority_of: members"),
        (REVIEW, f"{ANSWER}: [agreed, denied], rejects: [denied]"),
        (REVIEW, f"{ANSWER}: [good, best], rejects: []"),
        (REVIEW, f"{ANSWER}: [completed, returned]"),
    ],
)
def test_what_is_said_once_is_read(right: str, wrong: str) -> None:
    assert errors("nomination", BASE.replace(right, wrong, 1)) == []


def test_what_stands_under_settings_is_complained_of_in_its_own_line() -> None:
    nested = "\n    settings:\n      majority: 2/3 of present\n      majority_of: members"
    step = f"meeting: group\n    by: union.leader{nested}"
    text = BASE.replace("  - {notice", f"  - {step}\n  - {{notice", 1)
    [found] = errors("nomination", text)
    assert (found.path, found.line) == ("steps[1].settings.majority_of", 20)


def test_opposition_under_settings_is_judged_like_that_beside() -> None:
    step = "{opinions: asked, offices: [department.tax], settings: {opposed: continue}}"
    text = BASE.replace("rules:\n", "rules:\n  - employer_has_no_veto\n", 1)
    [found] = errors("nomination", text.replace("  - {notice", f"  - {step}\n  - {{notice", 1))
    assert found.path == "steps[1].settings.opposed" and "contradicts" in found.en


def test_the_stored_text_of_a_case_with_a_key_twice_is_read_as_before() -> None:
    text = BASE.replace("length: 5wd", "settings: {length: 10wd, shows: [deeds]}, length: 5wd", 1)
    assert parse(text).step("public_notice").settings["length"] == 5


def test_the_offices_asked_may_stand_under_settings() -> None:
    step = "{opinions: asked, settings: {offices: [department.tax]}}"
    text = BASE.replace("  - {notice", f"  - {step}\n  - {{notice", 1)
    assert parse(text).step("asked").settings["offices"] == ("department.tax",)
    assert errors("nomination", text) == []


def test_a_part_of_one_level_may_be_written_without_a_list() -> None:
    part = "    - {part: review, zh: 综合评审, en: Review, levels: 1}\n"
    text = SITTING.replace("  staffing:", f"{part}  staffing:", 1)
    assert errors("assessment", text) == []
    assert Standard.of(parse(text)).not_scored == {"1"}
