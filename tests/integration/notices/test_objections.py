"""Objections suspend only what they are about, and are settled once."""

from datetime import date

import pytest
from sqlalchemy import Engine, text

from shared.calendar import Calendar
from shared.kernel.actor import Actor
from shared.kernel.clock import shanghai
from shared.kernel.errors import Errors
from shared.notices.errors import (
    AnonymousObjectionRefused,
    EntryAlreadyStruck,
    NoticeNotPublished,
    ObjectionAlreadySettled,
    ObjectionIncomplete,
    ObjectionsClosed,
)
from shared.notices.model import EntryStatus, Notice, ObjectionStatus
from shared.notices.objections import Complaint, lodge_objection, settle_objection
from shared.notices.queries import entry_states, open_objections
from tests.integration.notices.conftest import Board

NAMED = Complaint(grounds="业绩不实", named=True, name="王五", contact="13871234567")
OFFICER = Actor("reviewer", "审核员")


def entry_of(notice: Notice, case_id: str) -> str:
    return next(each.id for each in notice.entries if each.case_id == case_id)


def lodge(board: Board, notice_id: str, case_id: str, complaint: Complaint = NAMED) -> str:
    entry = entry_of(board.notice(notice_id), case_id)
    with board.sessions.begin() as session:
        objection = lodge_objection(
            session, entry, complaint, now=board.clock.now(), calendar=Calendar()
        )
        return objection.id


def settle(board: Board, objection_id: str, outcome: str) -> EntryStatus:
    with board.sessions.begin() as session:
        entry = settle_objection(
            session, objection_id, outcome, "已核实", now=board.clock.now(), by=OFFICER
        )
        return entry.status


def status(board: Board, notice_id: str, case_id: str) -> EntryStatus:
    with board.sessions.begin() as session:
        return entry_states(session, notice_id, case_id)[0].status


@pytest.fixture
def notice_id(board: Board) -> str:
    first = board.collect("NOM-1", batch="month").id
    board.collect("NOM-2", batch="month")
    board.clock.advance_to(shanghai(date(2024, 4, 1), 9))
    board.tick(first)
    return first


def test_an_objection_suspends_only_the_entry_that_it_is_about(
    board: Board, notice_id: str
) -> None:
    objection = lodge(board, notice_id, "NOM-1")
    assert status(board, notice_id, "NOM-1") == EntryStatus.OBJECTED
    assert status(board, notice_id, "NOM-2") == EntryStatus.SHOWN
    assert settle(board, objection, "dismissed") == EntryStatus.DISMISSED


def test_an_entry_waits_until_each_of_its_objections_is_settled(
    board: Board, notice_id: str
) -> None:
    first, second = lodge(board, notice_id, "NOM-1"), lodge(board, notice_id, "NOM-1")
    assert settle(board, first, "dismissed") == EntryStatus.OBJECTED
    assert settle(board, second, "upheld") == EntryStatus.UPHELD
    with pytest.raises(EntryAlreadyStruck):
        lodge(board, notice_id, "NOM-1")


def test_settling_twice_in_the_same_way_changes_nothing_and_in_another_is_refused(
    board: Board, notice_id: str
) -> None:
    objection = lodge(board, notice_id, "NOM-1")
    assert settle(board, objection, "upheld") == EntryStatus.UPHELD
    assert settle(board, objection, "upheld") == EntryStatus.UPHELD
    with pytest.raises(ObjectionAlreadySettled):
        settle(board, objection, "dismissed")


def test_who_objects_is_stored_encrypted(board: Board, engine: Engine, notice_id: str) -> None:
    lodge(board, notice_id, "NOM-1")
    with engine.begin() as connection:
        row = connection.execute(text("SELECT o::text FROM notice_objections o")).scalar_one()
    assert "王五" not in row and "13871234567" not in row
    with board.sessions.begin() as session:
        [kept] = open_objections(session, notice_id)
        assert (kept.name, kept.contact) == ("王五", "13871234567")


def test_a_named_objection_needs_name_and_contact_said_both_at_once(
    board: Board, notice_id: str
) -> None:
    with pytest.raises(Errors) as caught:
        lodge(board, notice_id, "NOM-1", Complaint(grounds="不实", named=True, name=" "))
    assert [each.field for each in caught.value.errors] == ["name", "contact"]
    with pytest.raises(ObjectionIncomplete):
        lodge(board, notice_id, "NOM-1", Complaint("  ", True, "王五", "1"))


def test_an_anonymous_objection_is_taken_only_where_the_document_allows_it(
    board: Board, notice_id: str
) -> None:
    anonymous = Complaint(grounds="不实", named=False, name="王五", contact="1")
    with pytest.raises(AnonymousObjectionRefused):
        lodge(board, notice_id, "NOM-1", anonymous)
    allowed = board.collect("NOM-3", anonymous="true").id
    lodge(board, allowed, "NOM-3", anonymous)
    with board.sessions.begin() as session:
        [kept] = open_objections(session, allowed)
        assert (kept.name, kept.contact) == (None, None)


def test_objections_open_with_the_notice_and_close_with_its_last_hour(board: Board) -> None:
    waiting = board.collect("NOM-9", batch="month").id
    with pytest.raises(NoticeNotPublished):
        lodge(board, waiting, "NOM-9")
    published = board.collect("NOM-8").id
    board.clock.advance_to(shanghai(date(2024, 3, 18), 18))
    with pytest.raises(ObjectionsClosed) as caught:
        lodge(board, published, "NOM-8")
    assert "2024-03-18" in caught.value.text("zh")


def test_an_objection_is_to_be_settled_within_the_days_of_the_document(
    board: Board, notice_id: str
) -> None:
    lodge(board, notice_id, "NOM-2")
    with board.sessions.begin() as session:
        [objection] = open_objections(session, notice_id, "NOM-2")
        assert objection.status == ObjectionStatus.LODGED
        # 1 April 2024 and five working days over 清明 with its make-up Sunday
        assert objection.due_at_utc == shanghai(date(2024, 4, 9), 18)
