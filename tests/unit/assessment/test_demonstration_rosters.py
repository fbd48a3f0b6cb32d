from datetime import date

import pytest

from deploy.demonstration import rosters
from services.assessment.scoring.rules import Marks, is_passed, parse_score
from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.sittings.columns import ROSTER
from services.assessment.sittings.rules import Roster, read_roster
from services.assessment.spreadsheets.reading import read_rows
from shared.kernel.bank_account import parse_bank_account

KEY = b"k" * 32


def read(content: bytes) -> Roster:
    return read_roster(
        read_rows(content, ROSTER),
        occupation="6-18-02-04",
        level="4",
        held_on=date(2024, 3, 8),
        key=KEY,
    )


@pytest.mark.parametrize("number", [1, 2, 3, 99])
def test_every_roster_has_forty_people_without_a_fault(number: int) -> None:
    roster = read(rosters.roster_file(number))
    assert roster.errors == []
    assert len({each.person_ref for each in roster.entrants}) == rosters.SIZE


def test_no_person_is_on_two_rosters() -> None:
    numbers = [each.identity_number for n in range(200) for each in rosters.welders(n)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_by_the_score_sheet_thirty_one_of_forty_pass(number: int) -> None:
    passed = []
    for row in read_rows(rosters.scores_file(number), SCORE_SHEET):
        marks = Marks(
            parse_score(row.cells["theory"], field="theory"),
            parse_score(row.cells["practical"], field="practical"),
        )
        passed.append(is_passed(marks, 600))
    assert (len(passed), sum(passed)) == (rosters.SIZE, rosters.PASSING)
    assert passed == [each.passes for each in rosters.welders(number)]


def test_the_files_in_the_folder_are_what_the_generator_writes() -> None:
    for number in rosters.WRITTEN:
        folder = rosters.FOLDER
        assert (folder / f"roster-{number}.xlsx").read_bytes() == rosters.roster_file(number)
        assert (folder / f"scores-{number}.xlsx").read_bytes() == rosters.scores_file(number)
        people = (folder / f"people-{number}.yaml").read_text(encoding="utf-8")
        assert people == rosters.people_file(number)
    assert (rosters.FOLDER / "bad-roster.xlsx").read_bytes() == rosters.bad_roster_file()


def test_the_bad_roster_has_every_kind_of_fault_and_two_good_rows() -> None:
    roster = read(rosters.bad_roster_file())
    assert [each.row for each in roster.entrants] == [2, 11]
    assert [(each.code, each.row) for each in roster.errors] == [
        ("invalid_identity_number", 3),
        ("identity_number_is_a_number", 4),
        ("row_incomplete", 5),
        ("invalid_phone", 6),
        ("duplicate_in_roster", 7),
        ("row_value_invalid", 8),
        ("row_value_invalid", 9),
        ("row_value_invalid", 10),
        ("row_value_invalid", 10),
    ]


def test_every_welder_has_an_account_of_their_own_with_a_right_check_digit() -> None:
    accounts = [each.bank_account for n in (1, 2) for each in rosters.welders(n)]
    assert [parse_bank_account(each) for each in accounts] == accounts
    assert len(set(accounts)) == 80
