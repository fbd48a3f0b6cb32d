"""A failed part taken again, two sittings on one day, and a candidate taken out of a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.assessment.certificates.model import Certificate
from services.assessment.scoring.handlers import ScoreEntry, enter_scores, lock_scores
from services.assessment.scoring.staff import record_staff
from services.assessment.sittings.errors import CandidateHasLeft, CandidateUnknown
from services.assessment.sittings.handlers import withdraw_candidate
from services.assessment.sittings.model import Candidate
from services.assessment.spreadsheets.reading import Row
from shared.kernel.clock import shanghai
from shared.kernel.errors import Errors
from tests.integration.assessment.conftest import (
    CHAIN,
    REVIEWING_CENTRE,
    SCORER,
    STAFF,
    Desk,
    rows_of,
    scores_of_sheet,
)


def failed_in_one_part() -> tuple[int, str]:
    """The number of somebody of the first roster who passes one part alone, and that part."""
    for each in scores_of_sheet():
        passed = {
            part: str(value) not in ("缺考", "") and float(str(value)) >= 60
            for part, value in (("theory", each.theory), ("practical", each.practical))
        }
        if sorted(passed.values()) == [False, True]:
            return int(float(str(each.number))), next(part for part, ok in passed.items() if ok)
    raise AssertionError("nobody failed in one part")


@pytest.fixture
def retaking(desk: Desk, tmp_path: Any) -> Desk:
    file = tmp_path / "welder.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("pass_mark: 60,", "pass_mark: 60, retake_months: 24,"), "utf-8")
    desk.office.catalogue.refresh()
    return desk


def again(desk: Desk, row: Row, held_on: str = "2024-06-10") -> Candidate:
    desk.clock.advance_to(shanghai(date.fromisoformat(held_on) - timedelta(days=3), 9))
    return desk.open([row], form={"held_on": held_on}).sitting.candidates[0]


def to_scoring(desk: Desk, sitting_id: str) -> None:
    desk.act(record_staff, sitting_id, STAFF, SCORER)
    desk.advance(sitting_id)
    for each in CHAIN:
        desk.decide(sitting_id, each)


def ended(desk: Desk, sitting_id: str, entry: ScoreEntry, on: date) -> None:
    desk.act(enter_scores, sitting_id, [entry], SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    desk.clock.advance_to(shanghai(on, 9))
    desk.advance(sitting_id)
    desk.decide(sitting_id, REVIEWING_CENTRE)


def refused(desk: Desk, sitting_id: str, entries: Sequence[ScoreEntry]) -> list[tuple[str, str]]:
    with pytest.raises(Errors) as found:
        desk.act(enter_scores, sitting_id, entries, SCORER)
    return [(each.code, each.field or "") for each in found.value.errors]


def test_only_the_failed_part_is_taken_again(retaking: Desk) -> None:
    desk = retaking
    desk.issued()
    number, passed = failed_in_one_part()
    other = "practical" if passed == "theory" else "theory"
    candidate = again(desk, rows_of()[number - 1])
    assert list(candidate.carried) == [passed] and candidate.carried[passed] >= 600
    sitting_id = candidate.sitting_id
    to_scoring(desk, sitting_id)
    given: dict[str, Any] = {other: 75, passed: 12}
    assert refused(desk, sitting_id, [ScoreEntry(1, given["theory"], given["practical"])]) == [
        ("part_carried", passed)
    ]
    given[passed] = None
    desk.act(enter_scores, sitting_id, [ScoreEntry(1, given["theory"], given["practical"])], SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    desk.clock.advance_to(shanghai(date(2024, 6, 24), 9))
    desk.advance(sitting_id)
    desk.decide(sitting_id, REVIEWING_CENTRE)
    with desk.sessions() as session:
        assert desk.case(sitting_id).status == "approved"
        assert session.get_one(Candidate, candidate.id).carried == {
            passed: candidate.carried[passed]
        }


def test_a_passed_part_counts_no_longer_than_the_document_says(retaking: Desk) -> None:
    retaking.file(valid_until=date(2030, 12, 31))
    retaking.issued()
    number, _ = failed_in_one_part()
    assert again(retaking, rows_of()[number - 1], "2026-04-10").carried == {}


def test_a_part_that_is_carried_again_counts_from_the_day_it_was_sat(retaking: Desk) -> None:
    desk = retaking
    desk.file(valid_until=date(2030, 12, 31))
    desk.issued()
    number, passed = failed_in_one_part()
    row = rows_of()[number - 1]
    candidate = again(desk, row, "2025-06-10")
    to_scoring(desk, candidate.sitting_id)
    given: dict[str, Any] = {"theory": 30, "practical": 30, passed: None}
    entry = ScoreEntry(1, given["theory"], given["practical"])
    ended(desk, candidate.sitting_id, entry, date(2025, 7, 1))
    assert desk.case(candidate.sitting_id).status == "approved"  # and the row is free again
    within = again(desk, row, "2026-02-10")
    assert list(within.carried) == [passed]
    desk.act(withdraw_candidate, within.sitting_id, "1", "改期", SCORER)
    assert again(desk, row, "2026-04-10").carried == {}


def test_a_sitting_of_which_nobody_passes_ends_and_lets_its_candidates_go(retaking: Desk) -> None:
    desk = retaking
    row = rows_of()[0]
    candidate = again(desk, row, "2024-06-10")
    to_scoring(desk, candidate.sitting_id)
    ended(desk, candidate.sitting_id, ScoreEntry(1, "80", "20"), date(2024, 7, 1))
    assert desk.case(candidate.sitting_id).status == "approved"
    with desk.sessions() as session:
        assert session.scalars(select(Certificate)).all() == []
    assert list(again(desk, row, "2024-08-12").carried) == ["theory"]


def test_without_a_word_of_the_document_everything_is_taken_again(desk: Desk) -> None:
    desk.issued()
    number, _ = failed_in_one_part()
    assert again(desk, rows_of()[number - 1]).carried == {}


def test_nobody_sits_twice_on_one_day(desk: Desk) -> None:
    first = desk.open(rows_of()[:3]).sitting
    with pytest.raises(Errors) as found:
        desk.open(rows_of()[2:5], form={"level": "5"})
    [error] = found.value.errors
    assert (error.code, error.row) == ("in_another_sitting_that_day", rows_of()[2].number)
    assert first.case_id in error.text("zh")
    desk.open(rows_of()[2:5], form={"level": "5", "held_on": "2024-03-11"})


def test_of_two_rosters_of_one_day_at_once_one_is_told(desk: Desk) -> None:
    def attempt(level: str) -> bool:
        try:
            desk.open(rows_of()[:3], form={"level": level})
        except Errors:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, ("4", "5"))) == [False, True]


def test_who_is_taken_out_is_not_scored_and_may_enter_another_sitting(desk: Desk) -> None:
    sitting_id = desk.accepted()
    rows = rows_of()
    with pytest.raises(CandidateUnknown):
        desk.act(withdraw_candidate, sitting_id, "99", "同日另考", SCORER)
    desk.act(withdraw_candidate, sitting_id, "1", "同日另考", SCORER)
    with pytest.raises(CandidateHasLeft):
        desk.act(withdraw_candidate, sitting_id, "1", "同日另考", SCORER)
    desk.open([rows[0]], form={"level": "5"})
    entries = scores_of_sheet()
    assert refused(desk, sitting_id, entries) == [("candidate_has_left", "number")]
    left = [replace(each) for each in entries if int(float(str(each.number))) != 1]
    desk.act(enter_scores, sitting_id, left, SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    with desk.sessions() as session:
        first = session.scalars(
            select(Candidate).where(Candidate.sitting_id == sitting_id, Candidate.number == 1)
        ).one()
        assert first.withdrawn_because == "同日另考" and not first.active
