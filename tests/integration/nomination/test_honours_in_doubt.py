"""An honour rests on results and certificates; one that is taken back or corrected later puts it in
doubt, which its office settles."""

from datetime import date

import pytest

from services.nomination.competitions.handlers import cancel_competition, correct_rank
from services.nomination.competitions.queries import competition_with_results
from services.nomination.honours.doubting import SETTLERS
from services.nomination.honours.errors import RevocationReasonMissing
from services.nomination.honours.handlers import revoke_honour
from services.nomination.honours.queries import honour_of_case
from shared.approvals.errors import OwnCase
from shared.approvals.rechecking import recheck_cases_of
from shared.approvals.timeline import timeline
from shared.doubts.errors import DoubtNotFound, DoubtReasonMissing, DoubtSettled
from shared.doubts.handlers import let_stand
from shared.doubts.model import Doubt
from shared.doubts.queries import doubts_about, doubts_page
from shared.kernel.actor import Actor, Membership
from tests.integration.nomination.conftest import MASTER, REVIEWER, SECRETARY, Nomination

CORRECTED = "nomination.competition_result_corrected.v1"
ELSEWHERE = Actor("else", "外区", (Membership("union.secretary", None, "county", "420302"),))
CITY = Actor("city", "市总", (Membership("union.secretary", None, "city", "420300"),))


@pytest.fixture
def honoured(nomination: Nomination) -> tuple[str, str]:
    """The competition and the case of an honour that rests on it."""
    competition_id = nomination.win_a_competition()
    return competition_id, nomination.to_the_end()


def number_of(nomination: Nomination, case_id: str) -> str:
    with nomination.sessions() as session:
        honour = honour_of_case(session, case_id)
        assert honour is not None
        return honour.honour_no


def doubts(nomination: Nomination, case_id: str) -> list[Doubt]:
    with nomination.sessions() as session:
        return doubts_about(session, number_of(nomination, case_id))


def correct(nomination: Nomination, competition_id: str, rank: int) -> None:
    with nomination.sessions.begin() as session:
        [result] = competition_with_results(session, competition_id).results
        correct_rank(
            session,
            competition_id,
            result.id,
            rank,
            "有误",
            by=REVIEWER,
            clock=nomination.clock,
        )
    nomination.receive(nomination.events(CORRECTED)[-1])


def cancel(nomination: Nomination, competition_id: str) -> None:
    with nomination.sessions.begin() as session:
        cancel_competition(session, competition_id, "泄题", by=REVIEWER, clock=nomination.clock)
    nomination.receive(nomination.events(CORRECTED)[-1])


def test_a_result_that_no_longer_qualifies_puts_the_honour_in_doubt(
    nomination: Nomination, honoured: tuple[str, str]
) -> None:
    competition_id, case_id = honoured
    correct(nomination, competition_id, 2)
    assert doubts(nomination, case_id) == []
    correct(nomination, competition_id, 12)
    correct(nomination, competition_id, 13)  # no second doubt of one cause
    [doubt] = doubts(nomination, case_id)
    assert (doubt.number, doubt.case_id, doubt.open) == (
        number_of(nomination, case_id),
        case_id,
        True,
    )
    assert "名" in doubt.zh
    with nomination.sessions() as session:
        told = [each for each in timeline(session, nomination.office, case_id)]
    assert "doubt_raised" in [each.action for each in told]


def test_a_doubt_is_lifted_when_its_condition_is_met_again(
    nomination: Nomination, honoured: tuple[str, str]
) -> None:
    competition_id, case_id = honoured
    correct(nomination, competition_id, 12)
    correct(nomination, competition_id, 1)
    [doubt] = doubts(nomination, case_id)
    assert not doubt.open and "重新核验" in (doubt.settled_reason or "")
    correct(nomination, competition_id, 12)
    assert [each.open for each in doubts(nomination, case_id)] == [False, True]


def test_the_office_of_the_honour_sees_it_and_may_let_it_stand(
    nomination: Nomination, honoured: tuple[str, str]
) -> None:
    competition_id, case_id = honoured
    cancel(nomination, competition_id)
    [doubt] = doubts(nomination, case_id)

    def listed(by: Actor, *, settled: bool = False) -> list[str]:
        with nomination.sessions() as session:
            rows = doubts_page(session, SETTLERS, by, after=None, limit=5, settled=settled)
            return [each.id for each in rows]

    assert listed(SECRETARY) == [doubt.id] == listed(CITY)
    assert listed(ELSEWHERE) == [] == listed(REVIEWER)

    def settle(by: Actor, reason: str = "另有市级第二名") -> None:
        with nomination.sessions.begin() as session:
            let_stand(session, nomination.clock, SETTLERS, doubt.id, reason, by)

    holder = Actor(MASTER, "张师傅", SECRETARY.memberships)
    assert listed(holder) == []
    for by, reason, error in (
        (ELSEWHERE, "好", DoubtNotFound),
        (holder, "好", OwnCase),
        (SECRETARY, "  ", DoubtReasonMissing),
    ):
        with pytest.raises(error):
            settle(by, reason)
    settle(SECRETARY)
    with pytest.raises(DoubtSettled):
        settle(SECRETARY)
    assert listed(SECRETARY) == []
    assert listed(SECRETARY, settled=True) == [doubt.id]


def test_taking_the_honour_back_settles_what_was_in_doubt(
    nomination: Nomination, honoured: tuple[str, str]
) -> None:
    competition_id, case_id = honoured
    cancel(nomination, competition_id)
    number = number_of(nomination, case_id)
    with nomination.sessions.begin() as session, pytest.raises(RevocationReasonMissing):
        revoke_honour(session, number, " ", by=SECRETARY, clock=nomination.clock)
    with nomination.sessions.begin() as session:
        revoke_honour(session, number, "竞赛已取消", by=SECRETARY, clock=nomination.clock)
    [doubt] = doubts(nomination, case_id)
    assert (doubt.open, doubt.settled_reason) == (False, "竞赛已取消")
    with nomination.sessions.begin() as session:
        recheck_cases_of(session, nomination.office, MASTER)
    assert len(doubts(nomination, case_id)) == 1


def test_what_came_after_an_honour_puts_it_in_no_doubt(
    nomination: Nomination, honoured: tuple[str, str]
) -> None:
    """The next term of the same honour is nothing that spoke against the first."""
    competition_id, case_id = honoured
    nomination.clock.advance_to(date(2028, 6, 1))
    nomination.win_a_competition(held_on=date(2027, 5, 1), rank=2)
    nomination.to_the_end()
    correct(nomination, competition_id, 2)
    assert doubts(nomination, case_id) == []
