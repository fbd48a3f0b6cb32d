"""Competitions, and merits that come by event."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.nomination.competitions.errors import (
    CompetitionAlreadyOpen,
    CompetitionCancelled,
    HeldInTheFuture,
    NotYourCompetition,
    OwnResult,
    RankUnchanged,
    RecorderHasPlaced,
    ResultRecordedDifferently,
)
from services.nomination.competitions.handlers import (
    OpenCompetition,
    Place,
    cancel_competition,
    correct_rank,
    open_competition,
    record_results,
    withdraw_result,
)
from services.nomination.competitions.queries import competition_with_results
from services.nomination.merits.handlers import CertificateNotHeld
from services.nomination.merits.queries import certificate_facts, certificates_of, places_of
from shared.approvals.queries import findings_of
from shared.audit.model import AuditEntry
from shared.contracts.events import make_event
from shared.kernel.actor import Actor, Membership
from shared.persistence.constraint_errors import translate
from tests.integration.nomination.conftest import DISTRICT, MASTER, REVIEWER, Nomination

COMMAND = OpenCompetition("车城杯", "county", "6-18-01-01", DISTRICT, date(2024, 3, 1))


def open_one(nomination: Nomination, command: OpenCompetition = COMMAND) -> str:
    with nomination.sessions.begin() as session:
        return open_competition(session, command, by=REVIEWER, clock=nomination.clock).id


def record(nomination: Nomination, competition_id: str, *places: Place) -> None:
    with nomination.sessions.begin() as session:
        record_results(session, competition_id, places, by=REVIEWER, clock=nomination.clock)


def test_a_result_is_published_and_becomes_a_merit_of_the_person(nomination: Nomination) -> None:
    record(nomination, open_one(nomination), Place(MASTER, "张师傅", 2))
    nomination.deliver("nomination.competition_result_recorded.v1")
    nomination.deliver("nomination.competition_result_recorded.v1")
    with nomination.sessions.begin() as session:
        [place] = places_of(session, MASTER)
        assert (place.title, place.tier, place.rank) == ("车城杯", "county", 2)


def test_recording_the_same_result_again_publishes_nothing_new(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    for _ in range(2):
        record(nomination, competition_id, Place(MASTER, "张师傅", 2))
    assert len(nomination.events("nomination.competition_result_recorded.v1")) == 1
    with pytest.raises(ResultRecordedDifferently):
        record(nomination, competition_id, Place(MASTER, "张师傅", 1))


def test_nobody_records_their_own_result(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    with pytest.raises(OwnResult):
        record(nomination, competition_id, Place(REVIEWER.person_ref, "审核员", 1))


def test_a_competition_is_recorded_by_the_office_of_its_region(nomination: Nomination) -> None:
    elsewhere = Actor("x", "x", (Membership("union.reviewer", None, "county", "421281"),))
    city = Actor("y", "y", (Membership("union.reviewer", None, "city", "420300"),))
    with nomination.sessions.begin() as session, pytest.raises(NotYourCompetition):
        open_competition(session, COMMAND, by=elsewhere, clock=nomination.clock)
    with nomination.sessions.begin() as session:
        assert open_competition(session, COMMAND, by=city, clock=nomination.clock).id


def test_results_are_not_recorded_before_the_day(nomination: Nomination) -> None:
    later = OpenCompetition("车城杯", "county", "6-18-01-01", DISTRICT, date(2024, 5, 1))
    competition_id = open_one(nomination, later)
    with pytest.raises(HeldInTheFuture):
        record(nomination, competition_id, Place(MASTER, "张师傅", 1))


def test_the_same_competition_is_not_opened_twice(nomination: Nomination) -> None:
    open_one(nomination)
    with pytest.raises(IntegrityError) as caught:
        open_one(nomination)
    assert isinstance(translate(caught.value), CompetitionAlreadyOpen)


def test_a_certificate_arrives_by_event(nomination: Nomination) -> None:
    data = {
        "certificate_no": "S000042000001243000001",
        "person_ref": MASTER,
        "holder_name": "张师傅",
        "occupation": "6-18-02-04",
        "occupation_name": "焊工",
        "level": 3,
        "issued_on": date(2024, 2, 1),
        "organisation": "91421281MA4900001X",
        "organisation_name": "评价机构",
        "employer": None,
        "employer_name": None,
        "region": DISTRICT,
        "sitting_id": "s1",
    }
    event = make_event(
        "assessment.certificate_issued.v1",
        subject="S000042000001243000001",
        data=data,
        at=nomination.clock.now(),
    )
    for _ in range(2):
        nomination.receive(event)
    with nomination.sessions.begin() as session:
        [held] = certificates_of(session, MASTER)
        assert (held.level, held.issued_on) == (3, date(2024, 2, 1))
        assert certificate_facts([held])[0]["status"] == "valid"
    nomination.receive(
        make_event(
            "assessment.certificate_revoked.v1",
            subject=event["subject"],
            data={
                "certificate_no": event["subject"],
                "person_ref": MASTER,
                "revoked_on": date(2024, 3, 2),
                "sitting_id": "s1",
            },
            at=nomination.clock.now(),
        )
    )
    nomination.receive(event)  # told again, late
    with nomination.sessions.begin() as session:
        [fact] = certificate_facts(certificates_of(session, MASTER))
        assert fact["status"] == "revoked"


def test_the_revocation_of_a_certificate_that_nobody_told_of_is_not_passed_over(
    nomination: Nomination,
) -> None:
    data = {
        "certificate_no": "S000042000001243000009",
        "person_ref": MASTER,
        "revoked_on": date(2024, 3, 2),
        "sitting_id": "s1",
    }
    event = make_event(
        "assessment.certificate_revoked.v1",
        subject="S000042000001243000009",
        data=data,
        at=nomination.clock.now(),
    )
    with pytest.raises(CertificateNotHeld):
        nomination.receive(event)


CORRECTED = "nomination.competition_result_corrected.v1"


def correct(nomination: Nomination, competition_id: str, rank: int, by: Actor = REVIEWER) -> None:
    with nomination.sessions.begin() as session:
        [result, *_] = competition_with_results(session, competition_id).results
        correct_rank(
            session, competition_id, result.id, rank, "评分有误", by=by, clock=nomination.clock
        )


def cancel(nomination: Nomination, competition_id: str, by: Actor = REVIEWER) -> None:
    with nomination.sessions.begin() as session:
        cancel_competition(session, competition_id, "泄题", by=by, clock=nomination.clock)


def findings(nomination: Nomination, case_id: str) -> dict[str, bool | None]:
    with nomination.sessions() as session:
        return {each.rule: each.passed for each in findings_of(session, case_id)}


def test_a_corrected_rank_reaches_the_merits_of_the_person(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    record(nomination, competition_id, Place(MASTER, "张师傅", 2))
    nomination.deliver("nomination.competition_result_recorded.v1")
    with pytest.raises(RankUnchanged):
        correct(nomination, competition_id, 2)
    correct(nomination, competition_id, 12)
    nomination.deliver(CORRECTED)
    with nomination.sessions.begin() as session:
        assert [each.rank for each in places_of(session, MASTER)] == [12]
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        [noted] = [each for each in entries if each.action == "competition_result_corrected"]
        assert (noted.facts["before"], noted.facts["rank"], noted.reason) == (2, 12, "评分有误")


def test_a_nomination_that_rests_on_a_cancelled_competition_is_judged_anew(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    before = findings(nomination, case_id)
    with nomination.sessions() as session:
        [place] = places_of(session, MASTER)
        competition_id = place.competition_id
    cancel(nomination, competition_id)
    nomination.deliver(CORRECTED)
    changed = {
        rule for rule, passed in findings(nomination, case_id).items() if passed != before[rule]
    }
    assert changed
    with nomination.sessions() as session:
        assert places_of(session, MASTER) == []
    with pytest.raises(CompetitionCancelled):
        cancel(nomination, competition_id)
    with pytest.raises(CompetitionCancelled):
        correct(nomination, competition_id, 3)
    with pytest.raises(CompetitionCancelled):
        record(nomination, competition_id, Place("b" * 64, "李师傅", 1))


def test_nobody_corrects_or_cancels_their_own_result(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    record(nomination, competition_id, Place(MASTER, "张师傅", 2))
    winner = Actor(MASTER, "张师傅", REVIEWER.memberships)
    with pytest.raises(OwnResult):
        correct(nomination, competition_id, 1, winner)
    with pytest.raises(OwnResult):
        cancel(nomination, competition_id, winner)
    elsewhere = Actor("x", "x", (Membership("union.reviewer", None, "county", "421281"),))
    with pytest.raises(NotYourCompetition):
        correct(nomination, competition_id, 1, elsewhere)


def test_a_contestant_touches_no_result_of_a_rival(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    rival = Actor("c" * 64, "李师傅", REVIEWER.memberships)
    record(
        nomination,
        competition_id,
        Place(MASTER, "张师傅", 1),
        Place(rival.person_ref, rival.name, 2),
    )
    with pytest.raises(OwnResult):  # the rank of MASTER
        correct(nomination, competition_id, 3, rival)
    with nomination.sessions.begin() as session, pytest.raises(OwnResult):
        places = [Place("d" * 64, "王师傅", 3)]
        record_results(session, competition_id, places, by=rival, clock=nomination.clock)


def test_who_recorded_results_is_not_placed_later(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    record(nomination, competition_id, Place(MASTER, "张师傅", 1))
    colleague = Actor("e" * 64, "同事", REVIEWER.memberships)
    with nomination.sessions.begin() as session, pytest.raises(RecorderHasPlaced):
        places = [Place(REVIEWER.person_ref, REVIEWER.name, 2)]
        record_results(session, competition_id, places, by=colleague, clock=nomination.clock)


def test_a_result_of_a_wrong_name_is_withdrawn_and_recorded_anew(nomination: Nomination) -> None:
    competition_id = open_one(nomination)
    record(nomination, competition_id, Place(MASTER, "张帅傅", 2))
    nomination.deliver("nomination.competition_result_recorded.v1")
    with pytest.raises(ResultRecordedDifferently) as refused:
        record(nomination, competition_id, Place(MASTER, "张师傅", 2))
    assert "张帅傅" in refused.value.text("zh")
    with nomination.sessions.begin() as session:
        [result] = competition_with_results(session, competition_id).results
        withdraw_result(
            session, competition_id, result.id, "姓名有误", by=REVIEWER, clock=nomination.clock
        )
    nomination.deliver(CORRECTED)
    with nomination.sessions() as session:
        assert places_of(session, MASTER) == []
    record(nomination, competition_id, Place(MASTER, "张师傅", 2))
    nomination.receive(nomination.events("nomination.competition_result_recorded.v1")[-1])
    with nomination.sessions() as session:
        assert [each.rank for each in places_of(session, MASTER)] == [2]
        assert competition_with_results(session, competition_id).results_count == 1


def test_a_competition_is_held_anew_after_it_was_cancelled(nomination: Nomination) -> None:
    cancel(nomination, open_one(nomination))
    open_one(nomination)
    with pytest.raises(IntegrityError):
        open_one(nomination)
