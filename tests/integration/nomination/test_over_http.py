"""Nomination over HTTP: who may call what, and what pages and answers show."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.nomination.app import COMPOSITION, HERE
from services.nomination.competitions.api import competition_routes
from services.nomination.competitions.pages import competition_pages
from services.nomination.honours.api import honour_routes
from services.nomination.honours.doubting import SETTLERS
from services.nomination.honours.handlers import revoke_honour
from services.nomination.honours.pages import honour_pages
from services.nomination.merits.api import merit_routes
from services.nomination.merits.pages import merit_pages
from services.nomination.nominations.api import nomination_routes
from shared.approvals.api import case_routes
from shared.approvals.notice_api import notice_routes
from shared.approvals.notice_pages import notice_pages
from shared.approvals.objections import LodgeObjection, lodge_objection
from shared.approvals.pages import case_pages
from shared.approvals.queries import may_see_case
from shared.contracts.events import parse_event
from shared.doubts.api import doubt_routes
from shared.doubts.pages import doubt_pages
from shared.evidence.api import EvidenceDesk, evidence_blueprint
from shared.evidence.store import EvidenceStore
from shared.identity.people import Person
from shared.kernel.actor import Actor, Membership
from shared.kernel.text import Text
from shared.notices.model import NoticeEntry
from shared.notices.objections import Complaint
from shared.notices.signing import read_public_pem, verify
from shared.procedures import Catalogue
from shared.web.access import routes_without_access
from shared.web.application import create_web
from tests.integration.nomination.conftest import (
    CATALOGUE,
    COLLEAGUE,
    CONGRESS,
    DISTRICT,
    EXPERTS,
    MASTER,
    MINUTES,
    NUMBER,
    OFFICER,
    REVIEWER,
    SECRETARY,
    TAX,
    Nomination,
    of_unit,
)
from tests.signing import Signer, a_signer, web_settings

API = "/nomination/api/v1"
PDF = b"%PDF-1.7\n%%EOF\n"


class Visitor:
    """A client that is signed in as one person, or as nobody."""

    def __init__(self, client: FlaskClient, signer: Signer, actor: Actor | None) -> None:
        self._client = client
        self.headers: dict[str, str] = {"Accept-Language": "zh"}
        if actor is not None:
            person = Person(
                actor.name, actor.name, actor.person_ref, actor.memberships, Text("", "")
            )
            self.headers |= signer.bearer(person)

    def get(self, path: str, **headers: str):  # type: ignore[no-untyped-def]
        return self._client.get(path, headers={**self.headers, **headers})

    def post(self, path: str, body: object = None, **options: object):  # type: ignore[no-untyped-def]
        if body is not None:
            options["json"] = body
        return self._client.post(path, headers=self.headers, **options)


@pytest.fixture
def app(nomination: Nomination, tmp_path: Path) -> Iterator[Flask]:
    sessions, office = nomination.sessions, nomination.office
    desk = EvidenceDesk(EvidenceStore(tmp_path, 1), office.clock, may_see_case)

    def take_back(session: Session, number: str, reason: str, by: Actor) -> object:
        return revoke_honour(session, number, reason, by=by, clock=office.clock)

    signer = a_signer()
    app = create_web(
        web_settings("nomination"),
        sessions,
        office,
        [
            case_routes(sessions, office),
            notice_routes(sessions, office),
            evidence_blueprint(desk),
            competition_routes(sessions, office),
            honour_routes(sessions, office),
            doubt_routes(sessions, office, SETTLERS),
            merit_routes(sessions),
            nomination_routes(sessions),
        ],
        [
            case_pages(sessions, office, desk),
            notice_pages(sessions, office),
            competition_pages(sessions, office),
            honour_pages(sessions, office),
            doubt_pages(sessions, office, SETTLERS, take_back),
            merit_pages(sessions),
        ],
        keys=signer.keys,
        templates=COMPOSITION.templates,
        translations=(HERE / "translations",),
    )
    app.extensions["signer"] = signer
    yield app


@pytest.fixture
def visit(app: Flask):  # type: ignore[no-untyped-def]
    return lambda actor=None: Visitor(app.test_client(), app.extensions["signer"], actor)


@pytest.fixture
def refused_document(nomination: Nomination, tmp_path: Path) -> str:
    """The name of a file in the catalogue that no case could come through."""
    text = (CATALOGUE / "skill-master.yaml").read_text(encoding="utf-8")
    path = tmp_path / "refused.yaml"
    path.write_text(text.replace("by: union.secretary, at: county", "by: worker"), "utf-8")
    catalogue = Catalogue([tmp_path], COMPOSITION.rules, COMPOSITION.capabilities)
    nomination.office = replace(nomination.office, catalogue=catalogue)
    return path.name


WORKER = Actor(MASTER, "张师傅")
OPERATOR = Actor("operator", "运维", (Membership("operator"),))
COMPETITION = {
    "title": "车城杯",
    "tier": "county",
    "occupation": "6-18-01-01",
    "region": DISTRICT,
    "held_on": "2024-03-01",
}
RESULT = {"identity_number": NUMBER, "holder_name": "张师傅", "rank": 1}


def test_every_route_of_nomination_says_who_may_call_it(app: Flask) -> None:
    assert routes_without_access(app) == []


def test_an_operator_reads_on_the_page_of_the_catalogue_why_a_document_is_not_used(  # type: ignore[no-untyped-def]
    refused_document: str, visit
) -> None:
    page = visit(OPERATOR).get("/nomination/apply").text
    assert refused_document in page and "worker 是任何登录的人" in page
    assert refused_document not in visit(WORKER).get("/nomination/apply").text


def test_an_officer_registers_a_competition_and_its_result_and_anyone_reads_them(visit) -> None:  # type: ignore[no-untyped-def]
    officer = visit(REVIEWER)
    opened = officer.post(f"{API}/competitions", COMPETITION)
    assert opened.status_code == 201
    path = f"{API}/competitions/{opened.json['id']}"
    recorded = officer.post(f"{path}/results", {"results": [RESULT]})
    assert recorded.status_code == 200
    shown = visit().get(path)
    assert [each["rank"] for each in shown.json["results"]] == [1]
    assert NUMBER not in shown.text and MASTER not in shown.text
    assert visit().get(f"{API}/competitions").json["items"][0]["results_count"] == 1


def test_others_may_not_register_a_competition(visit) -> None:  # type: ignore[no-untyped-def]
    refused = visit(OFFICER).post(f"{API}/competitions", COMPETITION)
    assert (refused.status_code, refused.json["code"]) == (403, "role_required")
    assert visit().post(f"{API}/competitions", COMPETITION).status_code == 401
    elsewhere = visit(REVIEWER).post(f"{API}/competitions", {**COMPETITION, "region": "421281"})
    assert (elsewhere.status_code, elsewhere.json["code"]) == (403, "not_your_competition")


def test_every_wrong_identity_number_is_named_with_its_row_and_nothing_is_recorded(visit) -> None:  # type: ignore[no-untyped-def]
    officer = visit(REVIEWER)
    competition_id = officer.post(f"{API}/competitions", COMPETITION).json["id"]
    wrong = {**RESULT, "identity_number": "420303198501010031"}
    answer = officer.post(
        f"{API}/competitions/{competition_id}/results", {"results": [RESULT, wrong]}
    )
    assert answer.status_code == 422
    assert [each["row"] for each in answer.json["errors"]] == [2]
    assert wrong["identity_number"] not in answer.text
    assert visit().get(f"{API}/competitions/{competition_id}").json["results"] == []


def test_the_same_competition_twice_is_a_conflict(visit) -> None:  # type: ignore[no-untyped-def]
    officer = visit(REVIEWER)
    officer.post(f"{API}/competitions", COMPETITION)
    again = officer.post(f"{API}/competitions", COMPETITION)
    assert (again.status_code, again.json["code"]) == (409, "competition_already_open")


def test_the_pages_of_a_competition_work_as_forms(visit) -> None:  # type: ignore[no-untyped-def]
    officer = visit(REVIEWER)
    assert officer.get("/nomination/competitions/new").status_code == 200
    refused = officer.post("/nomination/competitions/new", data={**COMPETITION, "occupation": "x"})
    assert refused.status_code == 422 and "职业代码不正确" in refused.text
    opened = officer.post("/nomination/competitions/new", data=COMPETITION)
    assert opened.status_code == 303
    page = opened.headers["Location"]
    assert officer.post(f"{page}/results", data={**RESULT, "rank": "x"}).status_code == 422
    assert officer.post(f"{page}/results", data={**RESULT, "rank": "1"}).status_code == 303
    assert "张师傅" in visit().get(page).text
    assert "车城杯" in visit().get("/nomination/competitions").text


def test_the_honour_roll_shows_what_was_conferred_and_an_honour_can_be_checked(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    case_id = nomination.to_the_end()
    [row] = visit().get(f"{API}/honours").json["items"]
    number = row["honour_no"]
    assert MASTER not in str(row)
    one = visit().get(f"{API}/honours/{number}").json
    assert [each["key"] for each in one["benefits"]] == ["recuperation", "studio"]
    assert number in visit().get("/nomination/honours").text
    english = visit().get(f"/nomination/honours/{number}", **{"Accept-Language": "en"}).text
    assert "District skill master" in english and "Conferred on" in english
    assert visit().get(f"{API}/honours/none").status_code == 404
    assert visit(WORKER).get(f"{API}/honours/mine").json[0]["honour_no"] == number
    entries = visit(OFFICER).get(f"{API}/cases/{case_id}/timeline").json["items"]
    [said] = [each["says"] for each in entries if each["action"] == "honour_conferred"]
    assert said == {"zh": f"荣誉编号 {number}。", "en": f"Honour number {number}."}
    told = visit(OFFICER).get(f"/nomination/cases/{case_id}", **{"Accept-Language": "en"}).text
    assert f"Honour number {number}." in told and "5 working days." in told
    scores = visit(OFFICER).get(f"{API}/cases/{case_id}/scores").json
    assert (len(scores["items"]), scores["mean"]) == (3, "87.83")


def test_an_honour_is_taken_back_by_its_office_with_a_reason(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    nomination.to_the_end()
    number = visit().get(f"{API}/honours").json["items"][0]["honour_no"]
    path = f"{API}/honours/{number}/revocation"
    assert visit(REVIEWER).post(path, {"reason": "材料不实"}).status_code == 403
    elsewhere = Actor("z", "z", (Membership("union.secretary", None, "county", "421281"),))
    refused = visit(elsewhere).post(path, {"reason": "材料不实"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_your_honour")
    assert visit(SECRETARY).post(path, {"reason": "材料不实"}).json["status"] == "revoked"
    again = visit(SECRETARY).post(path, {"reason": "材料不实"})
    assert (again.status_code, again.json["code"]) == (409, "honour_already_revoked")
    assert visit().get(f"{API}/honours").json["items"] == []
    assert "撤销" in visit().get(f"/nomination/honours/{number}").text
    [told] = nomination.events("nomination.honour_revoked.v1")
    assert parse_event(told)["data"]["honour_no"] == number
    nomination.receive(told)


def test_merits_are_shown_on_the_case_to_who_may_see_it_and_to_nobody_else(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    merits = visit(OFFICER).get(f"{API}/cases/{case_id}/merits").json
    assert [each["rank"] for each in merits["competition_results"]] == [1]
    assert visit(TAX).get(f"{API}/cases/{case_id}/merits").status_code == 404
    assert "车城杯" in visit(OFFICER).get(f"/nomination/cases/{case_id}").text
    assert visit(WORKER).get(f"{API}/merits").json["competition_results"][0]["tier"] == "county"
    assert "车城杯" in visit(WORKER).get("/nomination/merits").text


def test_the_officers_of_the_organisation_that_applied_see_its_case_and_its_workers_do_not(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    path = f"{API}/cases/{nomination.submit()}"
    assert visit(COLLEAGUE).get(path).status_code == 200
    worker = of_unit("a worker", "worker")
    elsewhere = Actor("e", "e", (Membership("enterprise.officer", "91420300X", None, None),))
    for other in (worker, elsewhere):
        assert visit(other).get(path).status_code == 404


def test_the_case_page_shows_scores_only_once_all_experts_have_scored(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    case_id = nomination.up_to_the_experts()
    nomination.score(case_id, 91.25, 92.5)
    for path in (f"/nomination/cases/{case_id}", f"{API}/cases/{case_id}/timeline"):
        assert "91.25" not in visit(OFFICER).get(path).text
        assert "91.25" not in visit(EXPERTS[2]).get(path).text
    nomination.decide(case_id, EXPERTS[2], "score", {"score": 93}, "好")
    assert "91.25" in visit(OFFICER).get(f"/nomination/cases/{case_id}").text


def test_evidence_is_given_out_as_a_download_and_only_to_who_may_see_it(visit) -> None:  # type: ignore[no-untyped-def]
    sent = visit(OFFICER).post(f"{API}/evidence", data={"file": (io.BytesIO(PDF), "事迹.pdf")})
    assert sent.status_code == 201
    path = f"{API}/evidence/{sent.json['id']}"
    with visit(OFFICER).get(path) as got:
        assert got.data == PDF
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert visit(REVIEWER).get(path).status_code == 404
    assert visit().get(path).status_code == 401


def test_a_file_that_is_not_there_or_is_anothers_is_named_by_its_field(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    def nominated(proof: str):  # type: ignore[no-untyped-def]
        form = {"identity_number": NUMBER, "region": DISTRICT, "proof": [proof]}
        return visit(OFFICER).post(f"{API}/cases", {"procedure": "trimmed", "form": form})

    sent = visit(OFFICER).post(f"{API}/evidence", data={"file": (io.BytesIO(PDF), "事迹.pdf")})
    unknown = nominated("01a1fd1e-b0a4-70ff-bb5b-dfd83c185d6c")
    assert (unknown.status_code, unknown.json["field"]) == (404, "proof")
    case_id = nominated(sent.json["id"]).json["id"]
    withdrawn = visit(OFFICER).post(f"{API}/cases/{case_id}/withdraw", {"reason": "重报"})
    assert withdrawn.status_code == 200
    again = nominated(sent.json["id"])
    assert (again.status_code, again.json["field"]) == (409, "proof")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"<html>", 415, "file_type_refused"),
        (PDF + b" " * 1024 * 1024, 413, "file_too_large"),
    ],
)
def test_a_file_that_is_not_taken_says_why(visit, content: bytes, status: int, code: str) -> None:  # type: ignore[no-untyped-def]
    # written by hand: the test client would leave a temporary file of a large form open
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
    answer = visit(OFFICER).post(
        f"{API}/evidence",
        data=head + content + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_public_notice_takes_an_objection_from_anybody_until_it_ends(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    [notice] = visit().get(f"{API}/notices").json["items"]
    path = f"{API}/notices/{notice['id']}"
    [row] = visit().get(path).json["rows"]
    said = {"entry": row["entry"], "grounds": "不实", "name": "王五", "contact": "13871234567"}
    nameless = visit().post(f"{path}/objections", {**said, "name": ""})
    assert (nameless.status_code, nameless.json["code"]) == (422, "objection_incomplete")
    assert visit().post(f"{path}/objections", said).status_code == 201
    shown = visit().get(path)
    assert shown.json["rows"][0]["status"] == "objected"
    assert "王五" not in shown.text
    nomination.decide(case_id, COLLEAGUE, "dismiss", reason="查无实据")
    nomination.let_the_notice_end(case_id)
    late = visit().post(f"{path}/objections", said)
    assert (late.status_code, late.json["code"]) == (409, "objections_closed")


def test_a_case_on_notice_says_until_when_and_whom_to_telephone_in_both_languages(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    waiting = visit(OFFICER).get(f"{API}/cases/{case_id}").json["waiting"]
    [notice] = visit().get(f"{API}/notices").json["items"]
    assert waiting["due_at_utc"] == notice["ends_at_utc"] and waiting["due_provisional"] is False
    # the directory knows no office of the unit: the union answers, to which the case goes next
    assert [each["telephone"] for each in waiting["offices"]] == ["0719-1"]
    page = f"/nomination/cases/{case_id}"
    chinese = visit(OFFICER).get(page).text
    assert "正在公示，至 2024-03-08 止" in chinese and "tel:0719-1" in chinese
    english = visit(OFFICER).get(page, **{"Accept-Language": "en"}).text
    assert "On public notice until 2024-03-08" in english and "District union" in english
    public = visit().get(f"/nomination/notices/{notice['id']}").text
    assert "区总工会" in public and "tel:0719-1" in public


def test_anybody_can_check_the_snapshot_of_a_notice_with_the_public_key(
    nomination: Nomination,
    visit,  # type: ignore[no-untyped-def]
) -> None:
    nomination.win_a_competition()
    nomination.decide(nomination.submit(), CONGRESS, "approve", MINUTES)
    [notice] = visit().get(f"{API}/notices").json["items"]
    proof = visit().get(f"{API}/notices/{notice['id']}/snapshot").json
    pem = visit().get(f"{API}/notices/key").json["public_key"]
    key = read_public_pem(pem.encode())
    assert verify(proof["snapshot"], proof["signature"], [key])
    assert not verify({**proof["snapshot"], "rows": []}, proof["signature"], [key])


def test_the_start_of_the_service_links_its_programmes_and_pages(visit) -> None:  # type: ignore[no-untyped-def]
    page = visit().get("/nomination/").text
    assert "区技能大师" in page and "/nomination/honours" in page


def test_an_upheld_objection_ends_the_nomination(nomination: Nomination) -> None:
    nomination.win_a_competition()
    case_id = nomination.submit()
    nomination.decide(case_id, CONGRESS, "approve", MINUTES)
    lodge(nomination, case_id)
    nomination.decide(case_id, COLLEAGUE, "uphold", reason="属实")
    nomination.let_the_notice_end(case_id)
    assert nomination.case(case_id).status == "refused"


def lodge(nomination: Nomination, case_id: str) -> None:
    with nomination.sessions.begin() as session:
        entry = session.scalars(select(NoticeEntry).where(NoticeEntry.case_id == case_id)).one()
        complaint = Complaint("不实", True, "王五", "13871234567")
        command = LodgeObjection(entry.notice_id, entry.id, complaint)
        lodge_objection(session, nomination.office, command)


def test_a_secretary_decides_on_the_page_about_an_honour_in_doubt(  # type: ignore[no-untyped-def]
    nomination: Nomination, visit
) -> None:
    competition_id = nomination.win_a_competition()
    case_id = nomination.to_the_end()
    cancelled = visit(REVIEWER).post(
        f"{API}/competitions/{competition_id}/cancellation", {"reason": "泄题"}
    )
    assert cancelled.status_code == 200
    nomination.deliver("nomination.competition_result_corrected.v1")
    secretary = visit(SECRETARY)
    [doubt] = secretary.get(f"{API}/doubts").json["items"]
    assert (doubt["case_id"], doubt["open"]) == (case_id, True)
    assert visit(REVIEWER).get(f"{API}/doubts").status_code == 403
    assert visit(WORKER).get("/nomination/doubts").status_code == 403
    page = secretary.get("/nomination/doubts")
    assert doubt["number"] in page.text and doubt["says"]["zh"] in page.text
    empty = secretary.post("/nomination/doubts/revocation", data={"number": doubt["number"]})
    assert empty.status_code == 422 and "必须写明理由" in empty.text
    assert secretary.post("/nomination/doubts/revocation", data={"number": "无"}).status_code == 404
    path = f"/nomination/doubts/{doubt['id']}/settlement"
    kept = secretary.post(path, data={"reason": "另有市级第二名"})
    assert kept.status_code == 303
    assert secretary.post(path, data={"reason": "再来"}).status_code == 409
    [settled] = secretary.get(f"{API}/doubts?state=settled").json["items"]
    assert settled["settled_reason"] == "另有市级第二名"
    taken = {"number": doubt["number"], "reason": "复核后撤销"}
    assert secretary.post("/nomination/doubts/revocation", data=taken).status_code == 303
    assert visit().get(f"{API}/honours/{doubt['number']}").json["status"] == "revoked"
