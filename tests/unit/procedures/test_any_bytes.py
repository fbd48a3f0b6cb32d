"""Whatever bytes a file of the catalogue holds, the check ends soon, with a verdict in words."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.procedures import Catalogue
from tests.unit.procedures.services_here import SERVICES
from tests.unit.procedures.test_officers_documents import DOCUMENTS

PIECES = st.sampled_from(
    [
        *(b"\t", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xb0\xec", b"*a ", b"&a ", b"!!int "),
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b": ",
            b"- ",
            b"? ",
            b"| ",
            b"> ",
            b'"',
            b"'",
            b"#",
            b"%",
            b"---\n",
        ),
        *("：".encode(), "，".encode(), "“".encode(), "５".encode(), "\u2028".encode()),
        *(b"null", b"~", b"no", b"042", b"1e999", b"9" * 30, b"2024-02-30", b"0", b"-1", b"1.5"),
        *(b"any: [", b"{rule: ", b"by: worker", b"at: unit", b"when: ", b"outcome: ", b"steps: "),
    ]
)
SECONDS = 20.0  # generous for a busy machine: without bounds the worst take minutes


def verdict_of(service: str, content: bytes) -> Catalogue:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "any.yaml").write_bytes(content)
        composition = SERVICES[service]
        return Catalogue([Path(folder)], composition.rules, composition.capabilities)


def ensure_verdict(service: str, content: bytes) -> None:
    begun = time.monotonic()
    catalogue = verdict_of(service, content)
    refused = [one for one in catalogue.problems() if one.severity == "error"]
    assert time.monotonic() - begun < SECONDS
    assert bool(refused) != bool(catalogue.all())
    assert all(one.zh and one.en and "Error)" not in one.en for one in refused), refused


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_a_document_with_anything_put_in_or_taken_out_gets_a_verdict(
    service: str, data: st.DataObject
) -> None:
    content = DOCUMENTS[service].encode()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 12))
        content = content[:at] + data.draw(PIECES) + content[at + gone :]
    ensure_verdict(service, content)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_a_document_whose_lines_are_mixed_up_gets_a_verdict(
    service: str, data: st.DataObject
) -> None:
    lines = DOCUMENTS[service].encode().split(b"\n")
    for _ in range(data.draw(st.integers(1, 4))):
        source, target = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        if data.draw(st.booleans()):
            lines[target] = lines[source]
        else:
            lines.insert(target, lines.pop(source))
    ensure_verdict(service, b"\n".join(lines))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_document_get_a_verdict(content: bytes) -> None:
    ensure_verdict("nomination", content)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]",
        "a: &a {b: *a}",
        "steps: " + "[" * 100_000,
        "".join(f"key{n}: 1\n" for n in range(19_000)),
        "steps:\n" + "- {decide: a, witin: 1}\n" * 6_000,
        "form:\n" + "".join(f"- {{field: f{n}, type: txt}}\n" for n in range(5_000)),
        "id: " + "a" * 500_000,
        "title: {zh: " + "，b：" * 100_000 + "}",
        "rules:\n" + "- " * 300 + "a",
    ],
    ids=range(10),
)
def test_a_document_made_to_keep_the_check_busy_is_refused_soon(text: str) -> None:
    ensure_verdict("nomination", text.encode())
