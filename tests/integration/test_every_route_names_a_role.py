"""Every route of every service says who may call it, and the API document describes them all."""

import json
import re

import pytest

from shared.web.access import access_of, routes_without_access
from tests.composed import SERVICES, composed


@pytest.fixture(params=SERVICES)
def service(request, database, tmp_path):
    service = composed(request.param, database(request.param), tmp_path)
    yield service
    service.engine.dispose()


def test_every_route_names_a_role_or_says_public(service):
    assert routes_without_access(service.web()) == []


def test_the_api_document_is_generated_and_names_the_shared_routes(service):
    name = service.composition.name
    document = service.web().test_client().get(f"/{name}/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    for path in ("/cases", "/cases/{case_id}", "/tasks", "/tasks/{task_id}/decision", "/notices"):
        assert f"/{name}/api/v1{path}" in paths


def test_every_reference_of_the_api_document_leads_somewhere(service):
    name = service.composition.name
    document = service.web().test_client().get(f"/{name}/api/v1/openapi.json").get_json()
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(document)))
    assert references
    for reference in references:
        found = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in found, reference
            found = found[part]


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/cases/CLM-2024-000001", "/events"])
def test_a_stranger_is_asked_to_sign_in(service, path):
    name = service.composition.name
    answer = service.web().test_client().get(f"/{name}/api/v1{path}")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "sign_in_required"


def test_who_proves_what_happened_may_read_the_events(service):
    app = service.web()
    [rule] = [each for each in app.url_map.iter_rules() if each.rule.endswith("/events")]
    access = access_of(app.view_functions[rule.endpoint], "GET")
    assert not access.open
    assert set(access.roles) == {"events.reader", "finance.system", "auditor", "operator"}


def test_a_stranger_is_offered_what_a_stranger_may_open(service):
    name, browser = service.composition.name, service.web().test_client()
    page = browser.get(f"/{name}/apply", headers={"Accept": "text/html"}).text
    links = set(re.findall(rf'href="(/{name}/[^"?]*)"', page))
    assert f"/{name}/notices" in links
    beside = [each for each in links if not each.startswith(f"/{name}/apply/")]
    assert {each: browser.get(each).status_code for each in beside} == dict.fromkeys(beside, 200)


def test_no_document_of_the_catalogue_is_refused(service):
    problems = [p for p in service.office.catalogue.problems() if p.severity == "error"]
    assert problems == []
    assert service.office.catalogue.all()
