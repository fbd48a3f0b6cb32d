"""From collecting to the end."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from shared.calendar import Calendar, Overrides
from shared.kernel.clock import ManualClock, shanghai
from shared.notices import handlers, queries
from shared.notices.__main__ import main as verify_command
from shared.notices.errors import NoticeNotFound
from shared.notices.handlers import Publishing
from shared.notices.model import Notice, NoticeEntry, NoticeStatus
from shared.notices.signing import public_key, public_pem
from shared.notices.verification import verify_snapshots
from tests.integration.notices.conftest import KEY, Board


def test_a_notice_of_its_own_is_published_at_once_for_five_working_days(board: Board) -> None:
    notice = board.notice(board.collect("NOM-1", score="91.00").id)
    assert notice.status == NoticeStatus.PUBLISHED
    assert (notice.first_day, notice.last_day) == (date(2024, 3, 12), date(2024, 3, 18))
    assert notice.telephone == "0719-8650001"
    assert not notice.provisional


def test_the_notice_ends_after_its_last_hour_and_not_before(board: Board) -> None:
    notice_id = board.collect("NOM-1").id
    board.clock.advance_to(shanghai(date(2024, 3, 18), 17, 59))
    assert board.tick(notice_id) == []
    board.clock.advance_to(shanghai(date(2024, 3, 18), 18))
    assert board.tick(notice_id) == ["NOM-1"]
    assert board.tick(notice_id) == []
    assert board.notice(notice_id).status == NoticeStatus.ENDED


def test_cases_of_a_month_share_one_notice_published_on_the_next_months_first_working_day(
    board: Board,
) -> None:
    first, second = (board.collect(f"NOM-{n}", batch="month").id for n in (1, 2))
    assert first == second
    notice = board.notice(first)
    assert notice.status == NoticeStatus.COLLECTING
    assert notice.publish_at_utc == shanghai(date(2024, 4, 1), 9)
    board.clock.advance_to(shanghai(date(2024, 3, 31), 12))
    assert board.tick(first) == []
    board.clock.advance_to(notice.publish_at_utc)
    assert board.tick(first) == ["NOM-1", "NOM-2"]
    # 清明: 4 and 5 April 2024 are off, 7 April is a make-up Sunday
    assert board.notice(first).last_day == date(2024, 4, 8)


def test_an_officer_publishes_a_batch_early_and_a_later_case_begins_another(board: Board) -> None:
    first = board.collect("NOM-1", batch="month").id
    with board.sessions.begin() as session:
        arguments = {"now": board.clock.now(), "publishing": board.publishing}
        assert handlers.publish(session, first, **arguments) == ["NOM-1"]
        assert handlers.publish(session, first, **arguments) == []
    shown = board.notice(first)  # nothing is planned for later any more
    assert shown.publish_at_utc == shown.published_at_utc == board.clock.now()
    assert board.collect("NOM-2", batch="month").id != first


def test_two_cases_that_arrive_at_once_meet_in_one_notice(board: Board) -> None:
    found: list[str] = []
    barrier = threading.Barrier(6)

    def arrive(number: int) -> None:
        barrier.wait()
        found.append(board.collect(f"NOM-{number}", batch="month").id)

    threads = [threading.Thread(target=arrive, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert len(board.notice(found[0]).entries) == 6


def test_collecting_the_same_case_again_adds_no_second_line(board: Board) -> None:
    first = board.collect("NOM-1", batch="month").id
    assert board.collect("NOM-1", batch="month").id == first
    with board.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(NoticeEntry)) == 1


def test_only_masked_values_are_stored_and_shown(board: Board) -> None:
    number = "421281200103072010"
    notice_id = board.collect("NOM-1", employer=f"赤壁精工（联系人 {number}）", phone="1").id
    with board.sessions.begin() as session:
        notice = queries.public_notice(session, notice_id)
        assert notice is not None
        rows = queries.shown_rows(notice)
        stored = session.execute(text("SELECT shown::text FROM notice_entries")).scalar_one()
    assert number not in str(rows) + stored
    assert set(rows[0]) == {"entry", "name", "employer", "status"}


def test_a_notice_is_not_public_before_it_is_published(board: Board) -> None:
    notice_id = board.collect("NOM-1", batch="month").id
    with board.sessions.begin() as session:
        assert queries.public_notice(session, notice_id) is None
        assert queries.public_notices(session) == []
        assert [each.id for each in queries.collecting_notices(session, ["420303"])] == [notice_id]
        assert queries.collecting_notices(session, ["421281"]) == []


def test_public_notices_are_read_by_key_newest_first(board: Board) -> None:
    ids = []
    for number in range(3):
        ids.append(board.collect(f"NOM-{number}").id)
        board.clock.advance(timedelta(days=1))
    with board.sessions.begin() as session:
        first = queries.public_notices(session, limit=2)
        assert first[-1].first_day is not None
        rest = queries.public_notices(session, after=(first[-1].first_day, first[-1].id), limit=2)
    assert [each.id for each in (*first, *rest)] == ids[::-1]


def test_the_snapshot_of_a_published_notice_verifies(board: Board) -> None:
    board.collect("NOM-1")
    with board.sessions.begin() as session:
        assert verify_snapshots(session, [public_key(KEY)]) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notice_entries SET shown = jsonb_set(shown, '{name}', '\"李四\"')",
        "UPDATE notices SET snapshot = jsonb_set(snapshot, '{last_day}', '\"2024-03-13\"')",
        "UPDATE notices SET snapshot_signature = NULL",
        "DELETE FROM notice_entries",
    ],
)
def test_a_notice_changed_behind_our_back_is_named(
    board: Board, engine: Engine, change: str
) -> None:
    notice_id = board.collect("NOM-1").id
    with engine.begin() as connection:
        connection.execute(text(change))
    with board.sessions.begin() as session:
        count, changed = verify_snapshots(session, [public_key(KEY)])
    assert count == 1
    assert [each.notice_id for each in changed] == [notice_id]


def test_a_period_past_the_announced_holidays_is_provisional_until_they_are_entered(
    board: Board,
) -> None:
    calendar = Calendar()
    board.publishing = Publishing(calendar, KEY)
    board.clock = ManualClock(date(2027, 3, 1))
    notice_id = board.collect("NOM-1").id
    notice = board.notice(notice_id)
    assert notice.provisional and notice.last_day == date(2027, 3, 5)
    off = {date(2027, 3, day): False for day in (2, 3)}
    calendar.override(Overrides(off, frozenset({2027})))
    board.tick(notice_id)
    notice = board.notice(notice_id)
    assert not notice.provisional and notice.last_day == date(2027, 3, 9)


def test_a_notice_that_is_not_there_is_said_so(board: Board) -> None:
    with pytest.raises(NoticeNotFound):
        board.tick("none")


def test_ticking_from_several_workers_at_once_publishes_once(board: Board) -> None:
    notice_id = board.collect("NOM-1", batch="month").id
    board.clock.advance_to(shanghai(date(2024, 4, 1), 9))
    answers: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(board.tick(notice_id))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [[], [], [], ["NOM-1"]]
    with board.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_the_verify_command_says_so_with_its_exit_code(
    board: Board, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice_id = board.collect("NOM-1").id
    pem = tmp_path / "key.pem"
    pem.write_text(public_pem(KEY), encoding="utf-8")
    url = engine.url.render_as_string(hide_password=False)
    assert verify_command(["verify", url, "--key", str(pem)]) == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE notice_entries SET shown = '{}'"))
    assert verify_command(["verify", url, "--key", str(pem)]) == 1
    assert notice_id in capsys.readouterr().out
