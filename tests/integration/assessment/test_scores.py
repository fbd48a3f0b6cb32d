import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.assessment.scoring.handlers import ScoreEntry, enter_scores, lock_scores
from services.assessment.scoring.staff import record_staff
from services.assessment.sittings.errors import NotReadyForScores, ScoresLocked
from shared.approvals.errors import FindingNotMet, OwnCase
from shared.kernel.actor import Actor
from shared.kernel.errors import Errors, Forbidden
from shared.kernel.identity_number import person_ref
from tests.integration.assessment.conftest import (
    CENTRE,
    SCORER,
    STAFF,
    Desk,
    rows_of,
    scores_of_sheet,
)


def test_scores_wait_for_the_accepted_plan(desk: Desk) -> None:
    sitting_id = desk.open(rows_of()).sitting.case_id
    with pytest.raises(NotReadyForScores):
        desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)


def test_every_bad_line_of_a_score_sheet_is_named_and_none_is_entered(desk: Desk) -> None:
    sitting_id = desk.accepted()
    entries = [
        ScoreEntry(1, "60", "60", row=2),
        ScoreEntry(2, "60.55", "-1", row=3),
        ScoreEntry(99, "60", "60", row=4),
        ScoreEntry(1, "70", "70", row=5),
        ScoreEntry(3, "60", "60", name="别人", row=6),
    ]
    with pytest.raises(Errors) as refused:
        desk.act(enter_scores, sitting_id, entries, SCORER)
    assert [(each.code, each.row, each.field) for each in refused.value.errors] == [
        ("invalid_score", 3, "theory"),
        ("invalid_score", 3, "practical"),
        ("unknown_candidate", 4, "number"),
        ("scored_twice", 5, "number"),
        ("name_differs", 6, "name"),
    ]
    with desk.sessions.begin() as session:
        assert session.execute(text("SELECT count(*) FROM scores")).scalar_one() == 0


def test_nobody_but_the_organisation_enters_or_locks(desk: Desk) -> None:
    sitting_id = desk.accepted()
    for handler, rest in ((enter_scores, (scores_of_sheet(), CENTRE)), (lock_scores, (CENTRE,))):
        with pytest.raises(Forbidden):
            desk.act(handler, sitting_id, *rest)


def test_a_candidate_who_works_for_the_organisation_touches_no_score(desk: Desk) -> None:
    sitting_id = desk.accepted()
    number = str(rows_of()[0].cells["identity_number"])
    insider = Actor(person_ref(number, bytes(32)), "内部考生", SCORER.memberships)
    with pytest.raises(OwnCase):
        desk.act(enter_scores, sitting_id, scores_of_sheet(), insider)


def test_locking_names_everyone_without_a_score_and_then_completes_the_step(desk: Desk) -> None:
    sitting_id = desk.accepted()
    entries = scores_of_sheet()
    desk.act(enter_scores, sitting_id, entries[:38], SCORER)
    with pytest.raises(Errors) as refused:
        desk.act(lock_scores, sitting_id, SCORER)
    assert [each.row for each in refused.value.errors] == [39, 40]
    desk.act(enter_scores, sitting_id, entries, SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    assert desk.case(sitting_id).current_step == "results"


def test_scores_are_not_locked_while_the_staff_that_could_be_mended_is_not_enough(
    desk: Desk,
) -> None:
    sitting_id = desk.accepted()
    desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)
    desk.act(record_staff, sitting_id, STAFF[1:], SCORER)
    with pytest.raises(FindingNotMet, match="Not enough staff"):
        desk.act(lock_scores, sitting_id, SCORER)
    desk.act(record_staff, sitting_id, STAFF, SCORER)
    desk.act(lock_scores, sitting_id, SCORER)
    desk.advance(sitting_id)
    assert desk.case(sitting_id).current_step == "results"


def test_after_the_lock_no_handler_changes_anything(desk: Desk) -> None:
    sitting_id = desk.locked()
    for handler, rest in (
        (enter_scores, (scores_of_sheet(),)),
        (lock_scores, ()),
        (record_staff, (STAFF,)),
    ):
        with pytest.raises(ScoresLocked):
            desk.act(handler, sitting_id, *rest, SCORER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scores SET theory_tenths = 1000",
        "DELETE FROM scores",
        "TRUNCATE scores",
        "TRUNCATE sittings CASCADE",
        "INSERT INTO scores (candidate_id, sitting_id, theory_tenths, practical_tenths, "
        "entered_by, entered_at_utc) SELECT id, sitting_id, 900, 900, 'x', now() FROM candidates",
        "UPDATE sittings SET scores_locked_at_utc = NULL, scores_locked_by = NULL",
        "UPDATE sittings SET scores_locked_at_utc = now()",
        "UPDATE sittings SET pass_mark_tenths = 100",
        "DELETE FROM sittings",
        "UPDATE candidates SET person_ref = 'somebody else' WHERE number = 1",
        "UPDATE candidates SET number = number + 100",
        "DELETE FROM candidates WHERE number = 1",
        "UPDATE scores SET sitting_id = sitting_id, practical_tenths = NULL",
    ],
)
def test_a_locked_score_is_not_changed_by_sql_either(desk: Desk, statement: str) -> None:
    desk.locked()
    with pytest.raises(DBAPIError), desk.sessions.begin() as session:
        session.execute(text(statement))
    with desk.sessions.begin() as session:
        total = session.execute(text("SELECT count(*), sum(theory_tenths) FROM scores")).one()
    assert total[0] == 40 and total[1] > 0


def test_a_score_entered_while_another_locks_is_in_or_refused_never_lost(desk: Desk) -> None:
    """The entry holds the sitting; the lock waits for it and then sees it."""
    sitting_id = desk.accepted()
    desk.act(enter_scores, sitting_id, scores_of_sheet(), SCORER)
    with desk.sessions() as entering, desk.sessions() as locking:
        entering.begin()
        entering.execute(text("UPDATE scores SET theory_tenths = 10"))
        locking.begin()
        locking.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(DBAPIError):
            lock_scores(locking, desk.office, sitting_id, SCORER)
            locking.flush()
        locking.rollback()
        entering.commit()
    desk.act(lock_scores, sitting_id, SCORER)
