"""The published events: samples that stay valid for ever, documents that are up to date."""

from __future__ import annotations

import copy
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft202012Validator, FormatChecker

from shared.contracts import InvalidEvent, UnknownEventType, make_event, parse_event, sequence_of
from shared.contracts.__main__ import main
from shared.contracts.documents import FOLDER, NotAdditive, breaking_changes, documents, write
from shared.contracts.registry import event_types

AT = datetime(2024, 3, 4, 9, tzinfo=UTC)
TYPES = event_types()
# The first samples were written by hand before identifiers had their shape, and stay; the others
# (`.real`) were published by a running system.
SAMPLES = [*TYPES, *(f"{type}.real" for type in TYPES)]
IDENTIFIERS = {
    "payment_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "entitlement_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "replaces": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "competition_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "end_to_end_id": r"P[0-9a-f]{32}",
    "batch_id": r"PB-\d{4}-\d{6,}",
    "case_id": r"(CLM|NOM|ASM)-\d{4}-\d{6,}",
    "sitting_id": r"ASM-\d{4}-\d{6,}",
}


def golden(sample: str) -> dict[str, Any]:
    text = (FOLDER / "golden" / f"{sample}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def type_of(sample: str) -> str:
    return sample.removesuffix(".real")


def schema(type: str) -> dict[str, Any]:
    text = (FOLDER / "schemas" / f"{type}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def test_every_sample_ever_kept_has_a_type_and_every_type_two_samples() -> None:
    kept = sorted(path.stem for path in (FOLDER / "golden").glob("*.json"))
    assert kept == sorted(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_golden_sample_still_fits_the_type(sample: str) -> None:
    assert parse_event(golden(sample))["type"] == type_of(sample)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_golden_sample_fits_the_published_json_schema(sample: str) -> None:
    published = schema(type_of(sample))
    Draft202012Validator.check_schema(published)
    Draft202012Validator(published, format_checker=FormatChecker()).validate(golden(sample))


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_golden_sample_is_a_cloudevent_for_the_reference_library(sample: str) -> None:
    event = JSONFormat().read(CloudEvent, json.dumps(golden(sample)))
    service = sample.split(".")[0]
    assert (event.get_type(), event.get_source()) == (type_of(sample), f"/{service}")
    assert event.get_extension("sequence") == golden(sample)["sequence"]


@pytest.mark.parametrize("type", TYPES)
def test_a_sample_of_a_running_system_shows_identifiers_as_they_are(type: str) -> None:
    data = golden(f"{type}.real")["data"]
    for name, shape in IDENTIFIERS.items():
        assert data.get(name) is None or re.fullmatch(shape, data[name]), (name, data[name])


@pytest.mark.parametrize("type", TYPES)
def test_the_published_schema_gives_an_example_of_each_identifier(type: str) -> None:
    for name, field in schema(type)["properties"]["data"]["properties"].items():
        if name in IDENTIFIERS:
            [example] = field["examples"]
            assert re.fullmatch(IDENTIFIERS[name], example), (name, example)


@pytest.mark.parametrize("type", TYPES)
def test_an_event_without_its_number_does_not_fit_the_published_schema(type: str) -> None:
    event = golden(type)
    del event["sequence"]
    wrong = Draft202012Validator(schema(type)).iter_errors(event)
    assert ["sequence" in error.message for error in wrong] == [True]


@pytest.mark.parametrize("type", TYPES)
def test_an_event_made_today_fits_the_published_json_schema(type: str) -> None:
    sample = golden(type)
    event = make_event(type, subject=sample["subject"], data=sample["data"], at=AT)
    event["sequence"] = sample["sequence"]  # the relay's part
    Draft202012Validator(schema(type), format_checker=FormatChecker()).validate(event)


@pytest.mark.parametrize("type", TYPES)
def test_no_event_has_room_for_an_identity_number_phone_or_account(type: str) -> None:
    fields = schema(type)["properties"]["data"]["properties"]
    assert not [f for f in fields if re.search("identity|phone|account|mobile|card", f)]


def test_the_documents_are_up_to_date() -> None:
    assert main(["check"]) == 0


def test_the_asyncapi_document_names_every_type_and_its_references_resolve() -> None:
    document = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
    assert document["asyncapi"] == "3.1.0"
    assert sorted(document["components"]["messages"]) == list(TYPES)
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        part = document
        for step in reference.split("/"):
            part = part[step]


def test_a_new_optional_field_is_the_only_change_within_a_version() -> None:
    before = schema("subsidy.payment_instructed.v1")["properties"]["data"]

    def changed(change: str) -> list[str]:
        after = copy.deepcopy(before)
        exec_changes[change](after)
        return breaking_changes(before, after)

    exec_changes = {
        "optional field": lambda s: s["properties"].update(memo={"type": "string"}),
        "field gone": lambda s: s["properties"].pop("scheme"),
        "required field": lambda s: (
            s["properties"].update(memo={"type": "string"}),
            s["required"].append("memo"),
        ),
        "narrower": lambda s: s["properties"]["amount_fen"].update(maximum=5),
        "other type": lambda s: s["properties"]["amount_fen"].update(type="string"),
        "no longer there": lambda s: s["required"].remove("scheme"),
    }
    assert changed("optional field") == []
    for change in set(exec_changes) - {"optional field"}:
        assert changed(change), change


def test_generating_refuses_a_change_that_is_not_additive_and_writes_nothing(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    path = tmp_path / "schemas" / "subsidy.payment_instructed.v1.json"
    published = json.loads(path.read_text(encoding="utf-8"))
    published["properties"]["data"]["properties"]["purpose"] = {"type": "string"}
    path.write_text(json.dumps(published), encoding="utf-8")
    with pytest.raises(NotAdditive, match="purpose is gone"):
        write(tmp_path)
    assert "purpose" in path.read_text(encoding="utf-8")


def test_generating_refuses_to_take_a_type_away(tmp_path: Path) -> None:
    write(tmp_path)
    gone = documents()["schemas/subsidy.payment_settled.v1.json"]
    path = tmp_path / "schemas" / "subsidy.payment_forgiven.v1.json"
    path.write_text(json.dumps(gone), encoding="utf-8")
    with pytest.raises(NotAdditive, match="the type is gone"):
        write(tmp_path)


def test_a_reader_passes_over_a_field_that_a_later_writer_added() -> None:
    event = golden("subsidy.payment_settled.v1")
    event["data"]["added_later"] = {"by": "a later version"}
    assert parse_event(event)["data"]["added_later"]


def test_a_writer_may_not_add_a_field_that_the_contract_does_not_know() -> None:
    data = {**golden("subsidy.payment_settled.v1")["data"], "identity_number": "x"}
    with pytest.raises(InvalidEvent, match="identity_number"):
        make_event("subsidy.payment_settled.v1", subject="P", data=data, at=AT)


def test_money_that_is_not_whole_fen_is_refused_and_the_value_is_not_quoted() -> None:
    data = {**golden("subsidy.payment_instructed.v1")["data"], "amount_fen": 1500.5}
    with pytest.raises(InvalidEvent) as refused:
        make_event("subsidy.payment_instructed.v1", subject="P", data=data, at=AT)
    assert "amount_fen" in str(refused.value) and "1500" not in str(refused.value)


def test_dates_become_text_and_the_source_is_the_service_of_the_type() -> None:
    sample = golden("assessment.certificate_issued.v1")
    data = {**sample["data"], "issued_on": date(2024, 3, 4)}
    event = make_event(sample["type"], subject="S", data=data, at=AT)
    assert event["data"]["issued_on"] == "2024-03-04"
    assert (event["source"], event["time"]) == ("/assessment", "2024-03-04T09:00:00Z")
    assert sequence_of(event) is None and sequence_of(sample) == int(sample["sequence"])


def test_an_unknown_type_and_a_time_without_a_zone_are_refused() -> None:
    with pytest.raises(UnknownEventType):
        make_event("subsidy.claim_forgotten.v1", subject="S", data={}, at=AT)
    sample = golden("subsidy.payment_settled.v1")
    with pytest.raises(InvalidEvent):
        make_event(sample["type"], subject="S", data=sample["data"], at=AT.replace(tzinfo=None))
