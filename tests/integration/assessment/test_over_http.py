"""The routes and pages of assessment over HTTP, as the people who use them."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import services.assessment.app as composition
from deploy.demonstration.rosters import bad_roster_file, roster_file, scores_file, welders
from services.assessment.certificates.api import certificate_routes
from services.assessment.certificates.pages import certificate_pages
from services.assessment.organisations.api import organisation_routes
from services.assessment.scoring.api import scoring_routes
from services.assessment.scoring.pages import scoring_pages
from services.assessment.sittings.api import sitting_routes
from services.assessment.sittings.pages import sitting_pages
from shared.identity.people import Person
from shared.kernel.actor import Actor
from shared.kernel.identity_number import person_ref
from shared.kernel.text import Text
from shared.web.access import routes_without_access
from shared.web.application import create_web
from tests.integration.assessment.conftest import (
    CENTRE,
    CHAIN,
    EMPLOYER,
    ORGANISATION,
    REGION,
    REVIEWING_CENTRE,
    SCORER,
    STAFF,
    WELDER,
    Desk,
)
from tests.signing import Signer, a_signer, web_settings

API = "/assessment/api/v1"


class Site:
    def __init__(self, client: FlaskClient, signer: Signer, desk: Desk) -> None:
        self.client, self.signer, self.desk = client, signer, desk

    def __call__(self, method: str, path: str, by: Actor | None = None, **given: Any) -> Any:
        headers = given.pop("headers", {})
        if by is not None:
            person = Person(by.name, by.name, by.person_ref, by.memberships, Text("", ""))
            headers = {**self.signer.bearer(person), **headers}
        return self.client.open(path, method=method, headers=headers, **given)

    def open(self, content: bytes, **more: str) -> Any:
        return self("POST", f"{API}/sittings", SCORER, data=multipart(content, **more))


def multipart(content: bytes, **more: str) -> dict[str, Any]:
    return {
        "occupation": WELDER,
        "level": "4",
        "held_on": "2024-03-08",
        "employer": EMPLOYER,
        "region": REGION,
        "roster": (io.BytesIO(content), "roster.xlsx"),
        **more,
    }


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    signer, root = a_signer(), Path(composition.__file__).parent
    app = create_web(
        web_settings("assessment"),
        desk.sessions,
        desk.office,
        [
            each(desk.sessions, desk.office)
            for each in (organisation_routes, sitting_routes, scoring_routes, certificate_routes)
        ],
        [
            each(desk.sessions, desk.office)
            for each in (sitting_pages, scoring_pages, certificate_pages)
        ],
        keys=signer.keys,
        templates=[root / "templates"],
        translations=[root / "translations"],
    )
    assert routes_without_access(app) == []
    yield Site(app.test_client(), signer, desk)


def test_a_bad_roster_is_a_problem_with_every_row_in_the_asked_language(site: Site) -> None:
    answer = site.open(bad_roster_file())
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert {each["row"] for each in answer.json["errors"]} == set(range(3, 11))
    assert all(each["field"] and each["detail"] for each in answer.json["errors"])
    english = site(
        "POST",
        f"{API}/sittings",
        SCORER,
        data=multipart(bad_roster_file()),
        headers={"Accept-Language": "en"},
    )
    assert "digits past the fifteenth are lost" in english.text
    assert site("GET", f"{API}/sittings", SCORER).json["items"] == []


def test_the_good_rows_are_imported_and_the_others_told_in_both_languages(site: Site) -> None:
    answer = site.open(bad_roster_file(), accept_good_rows="true")
    assert (answer.status_code, answer.json["candidates"]) == (201, 2)
    first = answer.json["skipped"][0]
    assert first["row"] == 3 and first["column"] == "identity_number"
    assert first["reason_zh"] and first["reason_en"] and first["remedy_en"]


def test_the_same_request_again_gives_the_first_answer(site: Site) -> None:
    key = {"Idempotency-Key": "one"}
    answers = [
        site("POST", f"{API}/sittings", SCORER, data=multipart(roster_file(1)), headers=key).json
        for _ in range(2)
    ]
    assert answers[0]["id"] == answers[1]["id"]


def test_a_roster_as_json_is_read_by_the_same_rules(site: Site) -> None:
    first = welders(1)[0]
    row = {
        "name": first.name,
        "identity_number": first.identity_number,
        "condition": "满 5 年",
        "years_in_occupation": 6,
    }
    form = {
        "occupation": WELDER,
        "level": 4,
        "held_on": "2024-03-08",
        "employer": EMPLOYER,
        "region": REGION,
    }
    numbers = {**row, "identity_number": int(first.identity_number.replace("X", "0"))}
    refused = site("POST", f"{API}/sittings", SCORER, json={"form": form, "rows": [row, numbers]})
    assert [(each["code"], each["row"]) for each in refused.json["errors"]] == [
        ("identity_number_is_a_number", 2)
    ]
    odd = {**row, "graduaton": "2019-07"}
    unknown = site("POST", f"{API}/sittings", SCORER, json={"form": form, "rows": [odd]})
    assert unknown.status_code == 422 and "graduaton" in unknown.text
    answer = site("POST", f"{API}/sittings", SCORER, json={"form": form, "rows": [row]})
    assert answer.status_code == 201, answer.text


def test_from_the_roster_to_a_verified_certificate(site: Site) -> None:
    sitting_id = site.open(roster_file(1)).json["id"]
    here = f"{API}/sittings/{sitting_id}"
    site.desk.advance(sitting_id)
    for each in CHAIN:
        site.desk.decide(sitting_id, each)
    staff = [{"duty": "invigilator", "name": "监考"}]
    told = site("PUT", f"{here}/staff", SCORER, json={"staff": staff}).json["staffing"]
    assert [each["passed"] for each in told] == [False, False, False]
    # the centre could not approve the procedure at the end with too few
    enough = [{"duty": each.duty, "name": each.name} for each in STAFF]
    told = site("PUT", f"{here}/staff", SCORER, json={"staff": enough}).json["staffing"]
    assert all(each["passed"] for each in told)
    bad = site(
        "PUT",
        f"{here}/scores",
        SCORER,
        json={"scores": [{"number": 1, "theory": "60.55", "practical": 60}]},
    )
    assert (bad.status_code, bad.json["errors"][0]["field"]) == (422, "theory")
    assert site("POST", f"{here}/scores/lock", SCORER).status_code == 422
    upload = {"scores": (io.BytesIO(scores_file(1)), "scores.xlsx")}
    assert site("POST", f"{here}/scores/import", SCORER, data=upload).json == {"entered": 40}
    locked = site("POST", f"{here}/scores/lock", SCORER)
    assert (locked.status_code, locked.json["passed"]) == (200, 31)
    assert site("POST", f"{here}/scores/lock", SCORER).json["code"] == "scores_locked"
    site.desk.advance(sitting_id)
    site.desk.end_notice(sitting_id)
    site.desk.decide(sitting_id, REVIEWING_CENTRE)
    lines = site("GET", f"{here}/candidates", CENTRE).json["items"]
    numbers = [each["certificate_no"] for each in lines if each["certificate_no"]]
    assert len(numbers) == 31 and "*" in lines[0]["identity_number"]
    shown = site("GET", f"{API}/certificates/{numbers[0]}").json
    assert shown["state"] == "valid" and shown["holder"].endswith("*")
    assert set(shown) == {
        "number",
        "holder",
        "occupation",
        "occupation_name",
        "level",
        "organisation_name",
        "reissued_on",
        "issued_on",
        "state",
    }
    missing = site("GET", f"{API}/certificates/S000042000017249999999")
    assert (missing.status_code, missing.json["code"]) == (404, "certificate_not_found")
    pages_agree(site, sitting_id, numbers[0])


def pages_agree(site: Site, sitting_id: str, number: str) -> None:
    html = {"Accept": "text/html"}
    found = site("GET", f"/assessment/verify?number={number}", headers=html)
    assert found.status_code == 200 and "证书有效" in found.text
    english = site(
        "GET", f"/assessment/verify?number={number}", headers={**html, "Accept-Language": "en"}
    )
    assert "The certificate is valid" in english.text and "Level four" in english.text
    missing = site("GET", "/assessment/verify?number=1", headers=html)
    assert missing.status_code == 404 and "没有查到" in missing.text
    first = welders(1)[0]
    holder = Actor(person_ref(first.identity_number, bytes(32)), first.name)
    mine = site("GET", "/assessment/certificates", holder, headers=html)
    assert number in mine.text
    assert first.name in site("GET", f"/assessment/certificates/{number}", holder).text
    assert site("GET", f"/assessment/certificates/{number}", CENTRE).status_code == 404
    own = site("GET", f"/assessment/sittings/{sitting_id}", holder, headers=html).text
    assert first.name in own and welders(1)[1].name not in own
    assert "31" in site("GET", f"/assessment/sittings/{sitting_id}", SCORER, headers=html).text


def test_the_import_page_shows_a_table_of_every_fault_and_then_takes_the_roster(site: Site) -> None:
    html = {"Accept": "text/html"}
    empty = site("GET", "/assessment/sittings/new", SCORER, headers=html)
    assert empty.status_code == 200 and 'type="file"' in empty.text
    bad = site(
        "POST", "/assessment/sittings/new", SCORER, data=multipart(bad_roster_file()), headers=html
    )
    assert bad.status_code == 422 and bad.text.count("<tr>") == 1 + 9
    assert "身份证号码单元格是数字格式" in bad.text
    no_form = site(
        "POST",
        "/assessment/sittings/new",
        SCORER,
        headers=html,
        data={"roster": (io.BytesIO(roster_file(1)), "r.xlsx")},
    )
    assert no_form.status_code == 422 and "<table" not in no_form.text
    good = site("POST", "/assessment/sittings/new", SCORER, data=multipart(roster_file(1)))
    assert good.status_code == 303
    page = site("GET", good.headers["Location"], SCORER, headers=html)
    assert page.status_code == 200 and welders(1)[39].name in page.text
    assert good.headers["Location"] in site("GET", "/assessment/sittings", SCORER).text


def test_scores_and_staff_are_written_on_the_page_without_javascript(site: Site) -> None:
    sitting_id = site.desk.accepted()
    here = f"/assessment/sittings/{sitting_id}"
    scores = {
        f"{part}-{each.number}": getattr(each, part)
        for each in welders(1)
        for part in ("theory", "practical")
    }
    wrong = site("POST", f"{here}/scores", SCORER, data=scores | {"theory-1": "101"})
    assert wrong.status_code == 422 and "101" in wrong.text
    assert site("POST", f"{here}/scores", SCORER, data=scores).status_code == 303
    few = {"assessor": "甲\n乙\n丙"}
    assert site("POST", f"{here}/staff", SCORER, data=few).status_code == 303
    refused = site("POST", f"{here}/scores/lock", SCORER)
    assert refused.status_code == 409 and "人员配备不足" in refused.text
    enough = {
        "invigilator": "监一\n监二\n监三",
        "assessor": "\n".join(["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬"]),
        "supervisor": "督",
    }
    assert site("POST", f"{here}/staff", SCORER, data=enough).status_code == 303
    assert site("POST", f"{here}/scores/lock", SCORER).status_code == 303
    page = site("GET", here, SCORER).text
    assert "已锁定" in page and "theory-1" not in page and "丙" in page


def test_only_a_centre_files_and_only_an_organisation_assesses(site: Site) -> None:
    body = {
        "code": EMPLOYER,
        "name": "赤壁精工",
        "region": REGION,
        "category": "Y",
        "organisation_code": "0000",
        "province": "42",
        "site_serial": "000018",
        "valid_from": "2024-01-01",
        "valid_until": "2026-12-31",
        "document": "x",
        "scope": [{"occupation": WELDER, "levels": ["5", "4"]}],
    }
    assert site("POST", f"{API}/organisations", SCORER, json=body).status_code == 403
    filed = site("POST", f"{API}/organisations", CENTRE, json=body)
    assert (filed.status_code, filed.json["version"]) == (201, 1)
    outside = site("POST", f"{API}/organisations", CENTRE, json={**body, "province": "43"})
    assert outside.json["code"] == "outside_your_province"
    listed = site("GET", f"{API}/organisations").json["items"]
    assert {each["code"] for each in listed} == {EMPLOYER, ORGANISATION}
    assert site("POST", f"{API}/sittings", CENTRE, json={}).status_code == 403
    assert site("GET", f"{API}/sittings").status_code == 401


def test_the_template_is_a_roster_that_only_lacks_its_rows(site: Site) -> None:
    template = site("GET", f"{API}/sittings/roster-template.xlsx")
    assert template.status_code == 200
    refused = site.open(template.data)
    assert refused.json["code"] == "sheet_empty"


def test_a_centre_corrects_and_revokes_on_the_page_of_the_sitting(site: Site) -> None:
    sitting_id = site.desk.issued()
    page = f"/assessment/sittings/{sitting_id}"
    first, second = [
        each["certificate_no"]
        for each in site("GET", f"{API}/sittings/{sitting_id}/candidates", CENTRE).json["items"]
        if each["certificate_no"]
    ][:2]
    assert "撤销证书" not in site("GET", page, SCORER).text
    unsaid = {"certificate": first, "holder_name": "冯锋"}
    assert "必须写明理由" in site("POST", f"{page}/certificates/reissue", CENTRE, data=unsaid).text
    told = {**unsaid, "reissue_reason": "与身份证核对"}
    assert site("POST", f"{page}/certificates/reissue", CENTRE, data=told).status_code == 303
    gone = {"certificate": second, "revocation_reason": "代考查实"}
    assert site("POST", f"{page}/certificates/revocation", CENTRE, data=gone).status_code == 303
    shown = site("GET", page, CENTRE).text
    assert "已更正为 冯锋" in shown
    assert f'<option value="{first}">' in shown
    assert f'<option value="{second}">' not in shown
    again = site("POST", f"{page}/certificates/revocation", CENTRE, data=gone)
    assert "已被撤销" in again.text
    refused = site("POST", f"{page}/certificates/revocation", SCORER, data=gone)
    assert refused.status_code == 403
