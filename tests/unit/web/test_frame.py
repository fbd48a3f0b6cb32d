import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from shared.kernel.text import Text
from shared.kernel.words import WORDS
from shared.procedures import Finding
from shared.procedures.model import FIELD_TYPES, YES_OR_NO, FormField, Option
from shared.web import messages
from shared.web.pages import static_file
from tests.signing import Signer, a_person

STATIC = Path(messages.__file__).parent / "static"


def test_every_message_of_the_shared_pages_has_its_english() -> None:
    assert [each for each in messages.problems() if each.startswith("shared/web/")] == []


def test_every_word_for_a_code_is_there_in_both_languages() -> None:
    assert [code for code, text in WORDS.items() if not (text.zh and text.en)] == []


def test_the_openapi_document_is_3_1_and_describes_problems(client: FlaskClient) -> None:
    answer = client.get("/subsidy/api/v1/openapi.json")
    document = answer.json
    assert document is not None and document["openapi"] == "3.1.0"
    assert "/subsidy/api/v1/claims/mine" in document["paths"]
    refused = (
        document["components"]["responses"]["UNPROCESSABLE_CONTENT"]
        if ("UNPROCESSABLE_CONTENT" in document["components"]["responses"])
        else document["components"]["responses"]["UNPROCESSABLE_ENTITY"]
    )
    assert list(refused["content"]) == ["application/problem+json"]
    jsonschema.Draft202012Validator.check_schema(document["components"]["schemas"]["Problem"])


def test_a_page_is_chinese_first_and_english_when_asked(
    client: FlaskClient, signer: Signer
) -> None:
    headers = signer.bearer(a_person("worker"))
    page = client.get("/subsidy/hello", headers=headers).get_data(as_text=True)
    assert '<html lang="zh-Hans">' in page and "跳到正文" in page
    client.set_cookie("lang", "en")
    page = client.get("/subsidy/hello", headers=headers).get_data(as_text=True)
    assert '<html lang="en">' in page and "Skip to the content" in page
    assert not re.search(r"[\u4e00-\u9fff]", page.replace("王建国", "").replace("中文", ""))


def test_pages_allow_no_inline_script_and_are_not_kept(client: FlaskClient, signer: Signer) -> None:
    answer = client.get("/subsidy/hello", headers=signer.bearer(a_person("worker")))
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe-inline" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", page)


def test_static_files_are_ours_and_carry_their_digest(client: FlaskClient) -> None:
    for file in ("vendor/tabler-1.6.1/tabler.min.css", "vendor/htmx-2.0.11/htmx.min.js"):
        with client.get(static_file(file)) as answer:
            assert answer.status_code == 200
        assert (STATIC / file).with_name("LICENSE").exists()
    assert "http" not in "".join(
        re.findall(r"url\([^)d][^)]*\)", (STATIC / "gongjiang.css").read_text())
    )


def test_the_process_says_that_it_lives_and_shows_its_figures(client: FlaskClient) -> None:
    assert client.get("/subsidy/health").json == {"status": "live"}
    assert client.get("/subsidy/ready").status_code == 200
    assert "gongjiang_http_requests_total" in client.get("/subsidy/metrics").get_data(as_text=True)


@pytest.mark.parametrize(("value", "said"), [(True, "是"), (False, "否"), ("false", "否")])
def test_yes_and_no_are_chosen_and_read_as_words(app: Flask, value: Any, said: str) -> None:
    field = FormField("it", "boolean", Text("在岗", "Still there"), options=YES_OR_NO)
    with app.test_request_context("/subsidy/hello"):
        drawn = render_template_string(
            '{% from "forms.html" import procedure_field, answers with context %}'
            "{{ procedure_field(field, {'it': value}) }}{{ answers([field], {'it': value}) }}",
            field=field,
            value=value,
        )
    assert re.search(rf"<option[^>]* selected>{said}</option>", drawn)
    assert re.search(rf"<dd[^>]*>{said}</dd>", drawn)


def test_a_finding_of_a_form_that_is_not_sent_says_how_to_mend_it(app: Flask) -> None:
    finding = Finding("age", False, {}, "第一条", "未满。", "Too young.", "请核对。", "Check it.")
    with app.test_request_context("/subsidy/hello"):
        drawn = render_template_string(
            '{% from "parts.html" import findings_table with context %}'
            "{{ findings_table([finding]) }}",
            finding=finding,
        )
    assert "请核对。" in drawn and "method" not in drawn


def test_an_attachment_is_told_by_number_not_by_id(app: Flask) -> None:
    field = FormField("proof", "attachment", Text("证明", "Proof"))
    with app.test_request_context("/subsidy/hello"):
        drawn = render_template_string(
            '{% from "forms.html" import answers with context %}{{ answers([field], values) }}',
            field=field,
            values={"proof": ["01a1fdcb-76f5"]},
        )
    assert "已附 1 个文件" in drawn and "01a1" not in drawn


def test_each_kind_of_field_has_a_label_its_help_and_its_error_beside_it(app: Flask) -> None:
    errors = [{"field": "it", "detail": "错了", "code": "invalid_field"}]
    for kind in FIELD_TYPES:
        options = (Option("a", Text("甲", "A")),) if kind == "choice" else ()
        field = FormField(
            "it", kind, Text("标签", "Label"), Text("帮助", "Help"), True, options=options
        )
        with app.test_request_context("/subsidy/hello"):
            drawn = render_template_string(
                '{% from "forms.html" import procedure_field with context %}'
                "{{ procedure_field(field, values, errors) }}",
                field=field,
                values={"it": "a"},
                errors=errors,
            )
        assert 'for="field-it"' in drawn and 'id="field-it"' in drawn, kind
        assert "帮助" in drawn and 'id="error-it-1"' in drawn, kind
        assert 'aria-describedby="help-it error-it-1"' in drawn, kind
        assert 'aria-invalid="true"' in drawn, kind
