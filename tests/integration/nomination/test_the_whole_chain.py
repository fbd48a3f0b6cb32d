"""From the form to the honour, through every kind of step."""

from datetime import date

import pytest
from sqlalchemy import select

from services.nomination.honours.model import Honour
from services.nomination.honours.queries import honour_of_case, honour_roll
from services.nomination.nominations.errors import NominationUnderWay
from services.nomination.nominations.queries import decided_score, panel_scores
from shared.approvals.corrections import resubmit_case, withdraw_case
from shared.approvals.errors import MembersDiffer, VetoUnknown
from shared.approvals.model import CaseFinding, CaseStatus
from shared.kernel.errors import Errors
from shared.notices.model import Notice
from tests.integration.nomination.conftest import (
    CONGRESS,
    DISTRICT,
    ENVIRONMENT,
    EXPERTS,
    LEADER,
    LEADERS_MINUTES,
    MASTER,
    MINUTES,
    NUMBER,
    OFFICER,
    REVIEWER,
    SECRETARY,
    TAX,
    Nomination,
    of_district,
)


def test_a_nomination_without_certificate_or_competition_is_refused_at_the_form(
    nomination: Nomination,
) -> None:
    with pytest.raises(Errors) as caught:
        nomination.submit()
    assert caught.value.errors[0].code == "submission_blocked"


def test_a_nominee_goes_through_the_whole_chain_and_is_honoured(nomination: Nomination) -> None:
    nomination.win_a_competition()
    case_id = nomination.to_the_end()
    assert nomination.case(case_id).status == CaseStatus.APPROVED
    with nomination.sessions.begin() as session:
        honour = honour_of_case(session, case_id)
        assert honour is not None
        assert [each.honour_no for each in honour_roll(session, after=None, limit=10)] == [
            honour.honour_no
        ]
    assert honour.honour_no == "QJNDS-420303-2024-001"
    assert (honour.person_ref, honour.holder_name) == (MASTER, "张师傅")
    assert honour.employer_name == "张湾机械厂"
    assert honour.level_of_honour == "county"
    assert honour.term_ends_on == date(honour.conferred_on.year + 4, 3, honour.conferred_on.day - 1)
    assert [each["key"] for each in honour.benefits] == ["recuperation", "studio"]


def test_the_honour_is_published_once_after_the_case_with_no_identity_number(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.to_the_end()
    nomination.advance(case_id)
    [event] = nomination.events("nomination.honour_conferred.v1")
    assert event["data"]["honour_no"] == "QJNDS-420303-2024-001"
    assert event["data"]["case_id"] == case_id
    assert NUMBER not in str(event)


def test_a_corrected_name_is_the_name_of_the_honour_and_of_its_event(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit(name="张帅傅")
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    nomination.let_the_notice_end(case_id)
    nomination.decide(case_id, REVIEWER, "return")
    with nomination.sessions.begin() as session:
        resubmit_case(session, nomination.office, case_id, {"name": "张师傅"}, OFFICER)
    nomination.advance(case_id)
    nomination.let_the_notice_end(case_id)
    nomination.decide(case_id, REVIEWER, "approve")
    nomination.decide(case_id, TAX, "support")
    nomination.decide(case_id, ENVIRONMENT, "support")
    nomination.score(case_id, 90, 85.5, 88)
    nomination.decide(case_id, LEADER, "approve", LEADERS_MINUTES)
    nomination.let_the_notice_end(case_id)
    nomination.decide(case_id, SECRETARY, "approve")
    [event] = nomination.events("nomination.honour_conferred.v1")
    assert event["data"]["holder_name"] == "张师傅"
    with nomination.sessions() as session:
        honour = honour_of_case(session, case_id)
        assert honour is not None and honour.holder_name == "张师傅"


def test_scores_are_kept_by_expert_and_shown_only_when_the_panel_is_complete(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.up_to_the_experts()
    nomination.score(case_id, 90, 85.5)
    with nomination.sessions.begin() as session:
        assert panel_scores(session, case_id) == []
        assert decided_score(session, case_id) is None
    nomination.decide(case_id, EXPERTS[2], "score", {"score": 88}, "好")
    with nomination.sessions.begin() as session:
        scores = panel_scores(session, case_id)
        assert sorted(each.score for each in scores) == ["85.5", "88", "90"]
        assert {each.expert for each in scores} == {each.name for each in EXPERTS}
        assert decided_score(session, case_id) == "87.83"


def test_the_score_that_is_shown_is_the_one_that_decided(nomination: Nomination) -> None:
    """The highest and lowest left out: 79.25 passes at 78, the plain mean of 77.75 would not."""
    case_id = nomination.apply("trimmed", OFFICER, identity_number=NUMBER, region=DISTRICT)
    experts = [*EXPERTS, of_district("expert 4", "expert")]
    for expert, score in zip(experts, (88, 92.5, 70.5, 60), strict=True):
        nomination.decide(case_id, expert, "score", {"score": score})
    assert nomination.case(case_id).current_step == "confers"
    with nomination.sessions.begin() as session:
        assert decided_score(session, case_id) == "79.25"


def test_the_minutes_count_the_members_that_the_document_names(nomination: Nomination) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    with pytest.raises(MembersDiffer):
        nomination.decide(case_id, CONGRESS, "approve", {**MINUTES, "members": 61})


def test_a_mean_below_the_pass_mark_ends_the_nomination_without_an_honour(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.up_to_the_experts()
    nomination.score(case_id, 79, 80, 80)
    assert nomination.case(case_id).status == CaseStatus.REFUSED
    with nomination.sessions.begin() as session:
        assert honour_of_case(session, case_id) is None


def test_the_final_notice_shows_names_and_the_score_and_no_identity_number(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.up_to_the_experts()
    nomination.score(case_id, 90, 90, 90)
    nomination.decide(case_id, LEADER, "approve", LEADERS_MINUTES)
    with nomination.sessions.begin() as session:
        notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert notice is not None and notice.snapshot is not None
        [row] = notice.snapshot["rows"]
    assert row["name"] == "张师傅"
    assert row["employer"] == "张湾机械厂"
    assert row["honour"] == {"zh": "区技能大师", "en": "District skill master"}
    assert notice.snapshot["labels"]["score"] == {"zh": "得分", "en": "Score"}
    assert row["score"] == "90.00"
    assert NUMBER not in str(row)


def test_a_department_that_opposes_becomes_a_veto_that_forbids_the_leading_group_to_approve(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    nomination.let_the_notice_end(case_id)
    assert veto_finding(nomination, case_id).passed is None
    nomination.decide(case_id, REVIEWER, "approve")
    nomination.decide(case_id, TAX, "support")
    for vetoes in (["polution"], "pollution", [1]):
        with pytest.raises(VetoUnknown):
            nomination.decide(case_id, ENVIRONMENT, "oppose", {"vetoes": vetoes}, "去年有环保处罚")
    with pytest.raises(VetoUnknown):
        nomination.decide(case_id, ENVIRONMENT, "support", {"vetoes": ["pollution"]})
    nomination.decide(case_id, ENVIRONMENT, "oppose", reason="去年有环保处罚")
    finding = veto_finding(nomination, case_id)
    assert finding.passed is False
    assert finding.facts["employer_vetoes"] == ["pollution"]
    nomination.score(case_id, 90, 90, 90)
    with pytest.raises(Exception, match="finding_not_met"):
        nomination.decide(case_id, LEADER, "approve", LEADERS_MINUTES)


def veto_finding(nomination: Nomination, case_id: str) -> CaseFinding:
    with nomination.sessions.begin() as session:
        return session.scalars(
            select(CaseFinding).where(
                CaseFinding.case_id == case_id, CaseFinding.rule == "employer_has_no_veto"
            )
        ).one()


def test_a_person_is_nominated_for_a_programme_by_one_case_at_a_time(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    with pytest.raises(NominationUnderWay):
        nomination.submit()
    with nomination.sessions.begin() as session:
        withdraw_case(session, nomination.office, case_id, "材料有误", OFFICER)
    assert nomination.submit() != case_id


def test_the_same_honour_is_given_again_only_after_its_term_and_for_something_new(
    nomination: Nomination,
) -> None:
    nomination.win_a_competition()
    nomination.to_the_end()
    again = nomination.submit()
    assert repeat_finding(nomination, again).passed is False
    with nomination.sessions.begin() as session:
        withdraw_case(session, nomination.office, again, "任期未满", OFFICER)
    nomination.clock.advance_to(date(2028, 6, 1))
    later = nomination.submit()
    assert repeat_finding(nomination, later).passed is False
    with nomination.sessions.begin() as session:
        withdraw_case(session, nomination.office, later, "没有新贡献", OFFICER)
    nomination.win_a_competition(held_on=date(2027, 5, 1), rank=2)
    assert repeat_finding(nomination, nomination.submit()).passed is True


def repeat_finding(nomination: Nomination, case_id: str) -> CaseFinding:
    with nomination.sessions.begin() as session:
        return session.scalars(
            select(CaseFinding).where(
                CaseFinding.case_id == case_id,
                CaseFinding.rule == "new_contribution_since_same_honour",
            )
        ).one()


def test_honour_numbers_go_on_by_one_and_a_second_term_is_counted(nomination: Nomination) -> None:
    nomination.win_a_competition()
    nomination.to_the_end()
    nomination.clock.advance_to(date(2028, 6, 1))
    nomination.win_a_competition(held_on=date(2028, 5, 1))
    nomination.to_the_end()
    with nomination.sessions.begin() as session:
        honours = session.scalars(select(Honour).order_by(Honour.conferred_on)).all()
    assert [(each.honour_no, each.term) for each in honours] == [
        ("QJNDS-420303-2024-001", 1),
        ("QJNDS-420303-2028-001", 2),
    ]


def test_a_number_that_is_taken_already_is_not_given_again(nomination: Nomination) -> None:
    """Another region, year or programme of the same pattern counts for itself."""
    with nomination.sessions.begin() as session:
        session.add(
            Honour(
                honour_no="QJNDS-420303-2024-001",
                case_id="NOM-2023-000001",
                programme="another",
                programme_version="1",
                title_zh="另一称号",
                title_en="Another",
                level_of_honour="county",
                region="420302",
                person_ref="f" * 64,
                holder_name="李师傅",
                term=1,
                conferred_on=date(2024, 1, 5),
                benefits=[],
                conferred_at_utc=nomination.clock.now(),
            )
        )
    nomination.win_a_competition()
    case_id = nomination.to_the_end()
    with nomination.sessions() as session:
        honour = honour_of_case(session, case_id)
        assert honour is not None and honour.honour_no == "QJNDS-420303-2024-002"
