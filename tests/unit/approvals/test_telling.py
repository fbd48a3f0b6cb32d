from shared.approvals.telling import told

ENDED = {"step": "results", "notice": "N-1", "objections": 2, "unsettled": 0}
PUBLISHED = {"notice": "N-1", "first_day": "2027-03-01", "last_day": "2027-03-05", "days": 5}


def test_a_settled_objection_is_counted_as_received_and_not_as_waiting() -> None:
    said = told("notice_ended", ENDED, {})
    assert said is not None
    assert "异议 2 件，其中 0 件" in said.zh and "received: 2, not settled yet: 0" in said.en


def test_a_period_that_is_a_guess_is_said_to_be_one() -> None:
    said = told("notice_published", {**PUBLISHED, "provisional": True}, {})
    assert said is not None and "（暂定）" in said.zh and "(provisional)" in said.en


def test_an_entry_without_the_facts_to_tell_is_its_name_alone() -> None:
    assert told("notice_ended", {"step": "results", "outcome": "noticed"}, {}) is None
    assert told("task_decided", {}, {}) is None


def test_an_anonymous_objection_is_told_as_one() -> None:
    said = told("objection_lodged", {"notice": "N-1", "named": False}, {})
    assert said is not None and "匿名" in said.zh and "without a name" in said.en
