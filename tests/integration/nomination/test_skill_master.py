"""The programme of the catalogue, 张湾区技能大师, from a worker's own application to conferral."""

from services.nomination.honours.queries import honour_of_case
from shared.approvals.model import CaseStatus
from shared.kernel.actor import Actor, Membership
from tests.integration.nomination.conftest import (
    CONGRESS,
    EMPLOYER,
    LEADER,
    LEADERS_MINUTES,
    MASTER,
    MINUTES,
    REVIEWER,
    SECRETARY,
    Nomination,
    of_district,
)

WORKER = Actor(MASTER, "张师傅", (Membership("worker", EMPLOYER, None, None),))
DEPARTMENTS = ("tax", "market_regulation", "human_resources", "emergency", "environment")


def test_a_worker_becomes_a_skill_master(nomination: Nomination) -> None:
    nomination.win_a_competition()
    case_id = nomination.apply(
        "skill-master",
        WORKER,
        employer=EMPLOYER,
        region="420303",
        occupation="6-18-01-01",
        post="front_line",
        deeds="改进 12 项工艺。",
    )
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    nomination.let_the_notice_end(case_id)
    nomination.decide(case_id, REVIEWER, "approve")
    for name in DEPARTMENTS:
        nomination.decide(case_id, of_district(name, f"department.{name}"), "support")
    nomination.score(case_id, 92, 88, 95)
    nomination.decide(case_id, LEADER, "approve", LEADERS_MINUTES)
    nomination.let_the_notice_end(case_id)
    nomination.decide(case_id, SECRETARY, "approve")
    nomination.decide(case_id, of_district("bureau", "bureau.leader"), "approve")
    assert nomination.case(case_id).status == CaseStatus.APPROVED
    with nomination.sessions.begin() as session:
        honour = honour_of_case(session, case_id)
    assert honour is not None
    assert (honour.honour_no, len(honour.benefits)) == ("JNDS-420303-2024-001", 10)


def test_every_document_of_the_catalogue_loads(nomination: Nomination) -> None:
    problems = nomination.office.catalogue.problems()
    assert [str(each) for each in problems if each.severity == "error"] == []
