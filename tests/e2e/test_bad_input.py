"""Whatever is sent to whichever route: never a fault of ours, always a problem that says what is
wrong, with a code, in the language that was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.servers.system import Person, System

SERVICES = ("nomination", "assessment", "subsidy")
PROBLEM = "application/problem+json"
CHINESE = re.compile("[㐀-鿿]")
WRITING = ("post", "put", "patch", "delete")

# What stands in the address where an id belongs.
GARBAGE = (
    "no-such-thing",
    "CLM-2024-999999",
    "%00",
    "%0a%1b",
    "..%2f..%2fetc",
    "%F0%9F%94%A8",
    "%ff%fe",
    "'%20OR%20'1'='1",
    "9" * 400,
)
# What stands in the query where a cursor, a number or a code belongs.
QUERIES = (
    {"after": "garbage"},
    {"after": "W10"},
    {"after": "bnVsbA"},
    {"after": "WyJcdTAwMDAiXQ"},
    {"after": "A" * 5000},
    {"limit": "0"},
    {"limit": "-1"},
    {"limit": "a lot"},
    {"limit": "9" * 40},
    {"limit": "1e3"},
    {"region": "\x00"},
    {"region": "somewhere"},
    {"status": "no-such-status"},
    {"year": "99999999999999999999"},
    {"case_id": "\x00"},
    {"unknown": "field"},
)
JSON = {"Content-Type": "application/json"}
# What stands in the body: (content, headers, the statuses that may answer it).
BODIES: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"", JSON),
    (b"{", JSON),
    (b"null", JSON),
    (b"[]", JSON),
    (b'"text"', JSON),
    (b"123", JSON),
    (b"NaN", JSON),
    (b"\xff\xfe\x00", JSON),
    (b"[" * 20_000, JSON),
    (b'{"form": {"a": ' + b"9" * 5000 + b"}}", JSON),
    (b'{"no_such_field": 1}', JSON),
    (b"<xml/>", {"Content-Type": "application/xml"}),
    (b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
    (b"--x", {"Content-Type": "multipart/form-data; boundary=x"}),
    (b"--x", {"Content-Type": "multipart/form-data"}),
)
# Values of the wrong kind for any one field of a body.
WRONG: tuple[Any, ...] = (
    None,
    True,
    10**30,
    -1,
    1.5,
    "\x00",
    "\ud800",
    "a\u0007b",
    "x" * 100_000,
    [],
    [None],
    {},
    {"deep": {"er": [1]}},
)


@dataclass
class Route:
    method: str
    path: str
    operation: dict[str, Any]
    fields: list[str] = field(default_factory=list)

    def at(self, value: str) -> str:
        return re.sub(r"\{[^}]+\}", value, self.path)


def routes_of(system: System, service: str) -> Iterator[Route]:
    """As the service's own API document lists them."""
    document = system.http.get(f"/{service}/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in (*WRITING, "get"):
                yield Route(method, path, operation, _fields(document, operation))


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return list(schema.get("properties", {}))


def complaint(answer: httpx.Response, lang: str) -> str | None:
    """What is wrong with an answer to something wrong."""
    if answer.status_code < 400:
        return None
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:300]}"
    if answer.headers.get("content-type") != PROBLEM:
        return f"{answer.status_code} is {answer.headers.get('content-type')}"
    problem = answer.json()
    if problem["status"] != answer.status_code or not problem.get("code"):
        return f"{answer.status_code} has no code: {problem}"
    detail = problem.get("detail", "")
    chinese = bool(CHINESE.search(detail))
    if not detail or (lang == "zh") != chinese:
        return f"the detail is not {lang}: {detail!r}"
    return None


class Sender:
    """Sends wrong things as somebody who holds every role of the demonstration's chain in turn."""

    def __init__(self, system: System, people: list[Person]) -> None:
        self.system, self.people, self.wrong = system, people, list[str]()
        self.sent = 0

    def send(self, method: str, path: str, **given: Any) -> None:
        lang = ("zh", "en")[self.sent % 2]
        person = self.people[self.sent % len(self.people)]
        self.sent += 1
        headers = {"Accept-Language": lang, **given.pop("headers", {})}
        answer = person.call(method.upper(), path, headers=headers, **given)
        if problem := complaint(answer, lang):
            said = str(given)[:160]
            self.wrong.append(f"{method.upper()} {path[:120]} {said}: {problem}")


PEOPLE = (
    "jinggong-worker1",
    "jinggong-officer",
    "chibi-bureau-officer",
    "chibi-bureau-payment-maker",
    "chibi-bureau-payment-approver",
    "chibi-finance-bureau-officer",
    "chibi-union-reviewer",
    "jiangxin-officer1",
    "hubei-centre-officer",
    "auditor",
    "operator",
)


@pytest.fixture
def sender(system: System) -> Sender:
    return Sender(system, [system.person(username) for username in PEOPLE])


@pytest.mark.parametrize("service", SERVICES)
def test_garbage_in_the_address_or_the_query_is_a_problem(
    system: System, sender: Sender, service: str
) -> None:
    for route in routes_of(system, service):
        if "{" in route.path:
            for value in GARBAGE:
                sender.send(route.method, route.at(value), content=b"{}", headers=JSON)
        if route.method == "get":
            for query in QUERIES:
                sender.send("get", route.at("no-such-thing"), params=query)
    assert not sender.wrong, "\n".join(sender.wrong)
    assert sender.sent > 200


@pytest.mark.parametrize("service", SERVICES)
def test_garbage_in_the_body_is_a_problem(system: System, sender: Sender, service: str) -> None:
    for route in routes_of(system, service):
        if route.method == "get":
            continue
        for content, headers in BODIES:
            sender.send(route.method, route.at("no-such-thing"), content=content, headers=headers)
        for name in route.fields:
            for value in WRONG:
                body = json.dumps({name: value}).encode()
                sender.send(route.method, route.at("no-such-thing"), content=body, headers=JSON)
    assert not sender.wrong, "\n".join(sender.wrong)
    assert sender.sent > 100


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_method_is_a_problem_that_says_what_is_allowed(
    system: System, service: str
) -> None:
    person = system.person("operator")
    known: dict[str, set[str]] = {}
    for route in routes_of(system, service):
        known.setdefault(route.path, set()).add(route.method)
    for path, methods in known.items():
        wrong = next(each for each in (*WRITING, "get") if each not in methods)
        address = re.sub(r"\{[^}]+\}", "no-such-thing", path)
        answer = person.call(wrong.upper(), address)
        assert answer.status_code == 405, (wrong, address, answer.text)
        assert complaint(answer, "zh") is None, (wrong, address, answer.text)
        assert answer.json()["code"] == "method_not_allowed"
        assert {each.upper() for each in methods} <= set(answer.headers["allow"].split(", "))


def test_more_than_the_gateway_takes_is_a_problem_in_both_languages(system: System) -> None:
    answer = system.person("jinggong-worker1").call(
        "POST", "/subsidy/api/v1/cases", content=b" " * (33 << 20), headers=JSON
    )
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    problem = answer.json()
    assert problem["code"] == "too_large" and CHINESE.search(problem["remedy"])
