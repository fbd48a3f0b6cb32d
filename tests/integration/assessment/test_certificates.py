import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from services.assessment.certificates.handlers import (
    REVOKED,
    NotYourCertificate,
    reissue_certificate,
    revoke_certificate,
)
from services.assessment.certificates.model import AlreadyRevoked, Certificate, NameUnchanged
from services.assessment.certificates.queries import (
    CertificateNotFound,
    certificate_by_number,
    certificates_of,
    public_view,
)
from services.assessment.certificates.rules import SerialsExhausted
from services.assessment.sittings.model import Candidate
from shared.approvals.corrections import resubmit_case
from shared.approvals.errors import OwnCase
from shared.approvals.loading import locked_case
from shared.approvals.objections import LodgeObjection, lodge_objection
from shared.approvals.step_model import Task
from shared.approvals.timeline import timeline
from shared.contracts.events import parse_event
from shared.kernel.actor import Actor
from shared.kernel.characters import UnusableCharacter
from shared.kernel.clock import shanghai
from shared.kernel.text import Text
from shared.messaging.tables import OutboxRow
from shared.notices.model import Notice, NoticeEntry
from shared.notices.objections import Complaint
from tests.integration.assessment.conftest import CENTRE, REVIEWING_CENTRE, SCORER, Desk, person

ISSUED = "assessment.certificate_issued.v1"


def certificates(desk: Desk) -> list[Certificate]:
    with desk.sessions.begin() as session:
        return list(session.scalars(select(Certificate).order_by(Certificate.number)))


def events(desk: Desk, type: str = ISSUED) -> list[dict[str, Any]]:
    with desk.sessions.begin() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [each.content for each in rows if each.content and each.content.get("type") == type]


def told(desk: Desk, sitting_id: str) -> list[Text | None]:
    """What the timeline says of the certificates issued."""
    with desk.sessions.begin() as session:
        entries = timeline(session, desk.office, sitting_id)
        return [each.says for each in entries if each.action == "certificates_issued"]


def test_thirty_one_of_forty_get_a_number_and_an_event_each(desk: Desk) -> None:
    sitting_id = desk.issued()
    assert desk.case(sitting_id).status == "approved"
    numbers = [each.number for each in certificates(desk)]
    assert numbers == [f"S00004200001724{4}{serial:06d}" for serial in range(1, 32)]
    assert told(desk, sitting_id) == [
        Text(
            f"证书编号 {numbers[0]} 至 {numbers[-1]}，共 31 本。",
            f"Certificate numbers {numbers[0]} to {numbers[-1]}, 31 certificates.",
        )
    ]
    published = events(desk)
    assert [each["data"]["certificate_no"] for each in published] == numbers
    first = parse_event(published[0])["data"]
    assert (first["level"], first["issued_on"], first["sitting_id"]) == (
        4,
        "2024-03-18",
        sitting_id,
    )
    assert first["employer_name"] == "赤壁精工" and first["region"] == "421281"
    with desk.sessions.begin() as session:
        failed = session.scalars(select(Candidate).where(Candidate.number == 3)).one()
        assert certificates_of(session, failed.person_ref, None, 10) == []


def test_the_notice_shows_those_who_passed_without_an_identity_number(desk: Desk) -> None:
    desk.locked()
    with desk.sessions.begin() as session:
        notice = session.scalars(select(Notice)).one()
        shown = [entry.shown for entry in notice.entries]
    assert len(shown) == 31 and set(shown[0]) == {"name", "employer", "occupation", "level"}


def test_serials_of_one_site_and_year_go_on_in_the_next_sitting(desk: Desk) -> None:
    desk.issued(1)
    second = desk.locked(2)
    desk.clock.advance_to(shanghai(date(2024, 4, 8), 9))
    desk.advance(second)
    desk.decide(second, REVIEWING_CENTRE)
    assert [int(each.number[-6:]) for each in certificates(desk)] == list(range(1, 63))


def test_two_sittings_that_close_at_once_share_no_number(desk: Desk) -> None:
    sittings = [desk.locked(roster) for roster in (1, 2, 3)]
    desk.end_notice(sittings[0])
    for each in sittings[1:]:
        desk.advance(each)
    failed: list[BaseException] = []

    def review(sitting_id: str) -> None:
        try:
            desk.decide(sitting_id, REVIEWING_CENTRE)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=review, args=(each,)) for each in sittings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [int(each.number[-6:]) for each in certificates(desk)] == list(range(1, 94))


def test_a_review_that_fails_gives_its_numbers_back(desk: Desk) -> None:
    sitting_id = desk.noticed()
    with desk.sessions.begin() as session:
        session.execute(
            text("INSERT INTO certificate_counters VALUES ('S000042000017', 2024, '4', 999990)")
        )
    with pytest.raises(SerialsExhausted):
        desk.decide(sitting_id, REVIEWING_CENTRE)
    assert certificates(desk) == [] and events(desk) == []


def test_the_centre_returns_the_batch_but_never_changes_a_score(desk: Desk) -> None:
    sitting_id = desk.noticed()
    desk.decide(sitting_id, REVIEWING_CENTRE, "return", "缺少考场记录")
    desk.act(resubmit_case, sitting_id, {"place": "二号实训室"}, SCORER)
    desk.advance(sitting_id)
    assert desk.case(sitting_id).current_step == "centre_reviews"
    desk.decide(sitting_id, REVIEWING_CENTRE)
    assert len(certificates(desk)) == 31


@pytest.mark.parametrize(("outcome", "issued"), [("uphold", 30), ("dismiss", 31)])
def test_an_objection_decides_about_its_candidate_alone(
    desk: Desk, outcome: str, issued: int
) -> None:
    sitting_id = desk.locked()
    with desk.sessions.begin() as session:
        entry = session.scalars(select(NoticeEntry).order_by(NoticeEntry.id).limit(1)).one()
    complaint = Complaint(grounds="代考", named=True, name="知情人", contact="13800000000")
    desk.act(lodge_objection, LodgeObjection(entry.notice_id, entry.id, complaint))
    desk.end_notice(sitting_id)
    with desk.sessions.begin() as session:
        task = session.scalars(select(Task).where(Task.kind == "objection")).one()
    desk.answer(
        task, person("李裁", "centre.officer", level="city", region="421200"), outcome, "已核实"
    )
    desk.advance(sitting_id)
    desk.decide(sitting_id, REVIEWING_CENTRE)
    assert len(certificates(desk)) == issued
    holders = {each.candidate_id for each in certificates(desk)}
    assert (entry.subject in holders) == (outcome == "dismiss")


def test_a_held_certificate_is_issued_when_the_objection_fails_later(desk: Desk) -> None:
    sitting_id = desk.noticed()
    with desk.sessions.begin() as session:
        session.execute(
            text(
                "UPDATE notice_entries SET status = 'objected' WHERE id = "
                "(SELECT min(id) FROM notice_entries)"
            )
        )
    desk.decide(sitting_id, REVIEWING_CENTRE)
    assert len(certificates(desk)) == 30
    with desk.sessions.begin() as session:
        entry = session.scalars(select(NoticeEntry).order_by(NoticeEntry.id).limit(1)).one()
        entry.status = "dismissed"
        session.flush()
        case = locked_case(session, sitting_id)
        case.touch(desk.clock.now())
        for _ in range(2):
            desk.office.effects.objection_settled(session, case, entry.subject, "dismissed")
    assert [int(each.number[-6:]) for each in certificates(desk)] == list(range(1, 32))
    late = certificates(desk)[-1]
    assert late.candidate_id == entry.subject and len(events(desk)) == 31
    alone = Text(f"证书编号 {late.number}。", f"Certificate number {late.number}.")
    assert told(desk, sitting_id)[1:] == [alone]


def test_anyone_verifies_a_number_and_sees_a_masked_name(desk: Desk) -> None:
    desk.issued()
    first = certificates(desk)[0]
    with desk.sessions.begin() as session:
        shown = public_view(certificate_by_number(session, f" {first.number.lower()}"))
        assert shown["holder"] == first.holder_name[0] + "*" * (len(first.holder_name) - 1)
        assert shown["state"] == "valid" and "person_ref" not in shown
        for number in ("S000042000017244000999", "没有"):
            with pytest.raises(CertificateNotFound):
                certificate_by_number(session, number)


def test_a_centre_of_the_province_revokes_once_and_nothing_else_changes(desk: Desk) -> None:
    desk.issued()
    number = certificates(desk)[0].number
    stranger = person("外省", "centre.officer", level="city", region="430200")
    for actor, error in ((stranger, NotYourCertificate), (CENTRE, None), (CENTRE, AlreadyRevoked)):
        with desk.sessions.begin() as session:
            if error is None:
                revoke_certificate(session, desk.office, number, "代考查实", actor)
                continue
            with pytest.raises(error):
                revoke_certificate(session, desk.office, number, "代考查实", actor)
    with desk.sessions.begin() as session:
        assert public_view(certificate_by_number(session, number))["state"] == "revoked"
    [told] = events(desk, REVOKED)
    assert parse_event(told)["data"]["certificate_no"] == number


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates SET holder_name = 'x'",
        "DELETE FROM certificates",
        "TRUNCATE certificates",
        "UPDATE certificates SET state = 'revoked', level = '1'",
    ],
)
def test_an_issued_certificate_is_not_changed_by_sql(desk: Desk, statement: str) -> None:
    desk.issued()
    with pytest.raises(DBAPIError), desk.sessions.begin() as session:
        session.execute(text(statement))
    with desk.sessions.begin() as session:
        assert session.execute(select(func.count()).select_from(Certificate)).scalar_one() == 31


def test_a_misspelt_name_is_mended_under_the_same_number(desk: Desk) -> None:
    desk.issued()
    first = certificates(desk)[0]

    def reissue(name: str, by: Actor = CENTRE) -> None:
        with desk.sessions.begin() as session:
            reissue_certificate(session, desk.clock, first.number, name, "身份证核对", by)

    with pytest.raises(NameUnchanged):
        reissue(first.holder_name)
    with pytest.raises(UnusableCharacter):
        reissue("王\ue000")
    with pytest.raises(NotYourCertificate):
        reissue("王建囯", person("外省", "centre.officer", level="city", region="440100"))
    own = Actor(first.person_ref, "本人", CENTRE.memberships)
    with pytest.raises(OwnCase):
        reissue("王建囯", own)
    reissue(" 王\u200b建囯 ")
    [mended] = [each for each in certificates(desk) if each.number == first.number]
    assert (mended.holder_name, mended.state) == ("王建囯", "valid")
    [told] = events(desk, "assessment.certificate_reissued.v1")
    parse_event(told)
    assert told["data"]["holder_name"] == "王建囯"
    with desk.sessions() as session:
        view = public_view(certificate_by_number(session, first.number))
        assert view["reissued_on"] == desk.clock.today()
    with pytest.raises(DBAPIError), desk.sessions.begin() as session:
        session.execute(text("UPDATE certificates SET holder_name = '别人'"))
    with desk.sessions.begin() as session:
        revoke_certificate(session, desk.office, first.number, "虚假材料", CENTRE)
    with pytest.raises(AlreadyRevoked):
        reissue("王建国")
