"""What the timeline tells of a public notice: when it stands, what was held against it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from shared.approvals.corrections import withdraw_case
from shared.approvals.noticing import publish_notice
from shared.approvals.office import PlainEffects
from shared.approvals.timeline import TimelineEntry, timeline
from shared.calendar import Overrides
from shared.kernel.clock import ManualClock, shanghai
from shared.kernel.text import Text
from shared.notices.queries import public_notice, shown_rows
from shared.notices.signing import public_key
from shared.notices.verification import verify_snapshots
from tests.integration.approvals.conftest import CHAIN, Desk, officer, staff
from tests.integration.approvals.test_a_case_goes_its_way import LEADER, to_notice, to_union
from tests.integration.approvals.test_objections import AFTER, notice_of, object_to

MONTHLY = (
    CHAIN.split("steps:")[0].replace("id: worker-honour", "id: monthly-honour")
    + """
steps:
  - {notice: public_notice, batch: month, publishes: union.reviewer, shows: [name]}
  - {decide: union_confers, by: union.secretary, at: county}
outcome: honour
"""
)


def told(desk: Desk, case_id: str, *actions: str) -> list[TimelineEntry]:
    with desk.sessions.begin() as session:
        entries = timeline(session, desk.office, case_id)
    return [each for each in entries if each.action in actions]


def test_the_timeline_tells_from_when_to_when_a_notice_stood_and_that_nobody_objected(desk: Desk):
    case_id = to_notice(desk)
    number = notice_of(desk, case_id)
    [published] = told(desk, case_id, "notice_published", "notice_ended")
    assert published.says is not None
    assert published.says.zh == f"公示编号 {number}，自 2024-03-04 至 2024-03-08，共 5 个工作日。"
    assert published.says.en == f"Notice {number}, from 2024-03-04 to 2024-03-08, 5 working days."
    desk.clock.advance_to(AFTER)
    for _ in range(2):
        desk.advance(case_id)
    [ended] = told(desk, case_id, "notice_ended")
    assert ended.says is not None and ended.at_utc == AFTER
    assert "未收到异议" in ended.says.zh and "no objection" in ended.says.en


def test_the_timeline_tells_that_an_objection_came_and_how_it_was_decided(desk: Desk):
    case_id = to_notice(desk)
    number = notice_of(desk, case_id)
    object_to(desk, case_id)
    desk.clock.advance_to(AFTER)
    desk.advance(case_id)
    desk.decide(LEADER, "dismiss", "查无实据")
    lodged, ended, decided = told(
        desk, case_id, "objection_lodged", "notice_ended", "task_decided"
    )[-3:]
    assert lodged.says and number in lodged.says.zh and "署名" in lodged.says.zh
    assert lodged.facts["step"] == decided.facts["step"] == "public_notice"
    assert ended.says and "收到异议 1 件，其中 1 件尚未处理" in ended.says.zh
    assert ended.says and "received: 1, not settled yet: 1" in ended.says.en
    assert decided.says and "异议" in decided.says.zh and "objection" in decided.says.en
    assert (decided.facts["outcome"], decided.reason) == ("dismiss", "查无实据")


def test_every_case_of_a_batch_is_told_by_whom_it_was_published_and_when_it_ended(
    make_desk, tmp_path: Path
):
    (tmp_path / "monthly.yaml").write_text(MONTHLY, encoding="utf-8")
    desk = make_desk(PlainEffects())
    cases = [desk.submit(staff(name, "worker"), "monthly-honour") for name in ("一", "二")]
    for case_id in cases:
        desk.advance(case_id)
        assert told(desk, case_id, "notice_published") == []
    publisher = officer("发布", "union.reviewer")
    desk.act(publish_notice, notice_of(desk, cases[0]), publisher)
    desk.clock.advance_to(AFTER)
    desk.advance(cases[0])
    for case_id in cases:
        published, ended = told(desk, case_id, "notice_published", "notice_ended")
        assert (published.actor_name, published.facts["days"]) == ("发布", 5)
        assert ended.facts["notice"] == notice_of(desk, case_id)


def test_who_takes_the_case_back_before_the_notice_is_published_is_not_in_it(
    make_desk, tmp_path: Path
):
    (tmp_path / "monthly.yaml").write_text(MONTHLY, encoding="utf-8")
    desk = make_desk(PlainEffects())
    leaving, staying = (staff(name, "worker") for name in ("一", "二"))
    cases = [desk.submit(person, "monthly-honour") for person in (leaving, staying)]
    for case_id in cases:
        desk.advance(case_id)
    number = notice_of(desk, cases[0])
    desk.act(withdraw_case, cases[0], "放弃", leaving)
    desk.act(publish_notice, number, officer("发布", "union.reviewer"))
    with desk.sessions.begin() as session:
        notice = public_notice(session, number)
        assert notice is not None
        assert [row["name"] for row in shown_rows(notice)] == [staying.name]
    assert told(desk, cases[0], "notice_published") == []
    # what is on notice already stays as it was signed
    desk.act(withdraw_case, cases[1], "放弃", staying)
    with desk.sessions.begin() as session:
        assert verify_snapshots(session, [public_key(desk.office.snapshot_key)]) == (1, [])


def test_the_timeline_tells_a_notices_new_end_when_the_years_holidays_are_announced(desk: Desk):
    clock = ManualClock(shanghai(date(2027, 3, 1), 9))
    desk = Desk(desk.sessions, replace(desk.office, clock=clock), clock)
    case_id = to_notice(desk)
    off = {date(2027, 3, day): False for day in (2, 3)}
    desk.office.calendar.override(Overrides(off, frozenset({2027})))
    for _ in range(2):
        desk.advance(case_id)
    [moved] = told(desk, case_id, "due_date_settled")
    assert moved.facts["step"] == "public_notice"
    assert moved.says == Text("新的期限为 2027-03-09。", "It now ends on 2027-03-09.")


def test_what_an_ordinary_decision_says_is_its_name_alone(desk: Desk):
    [decided] = told(desk, to_union(desk), "task_decided")
    assert decided.says is None
