"""The contracts for those who do not run our code: a JSON Schema for each type, and the AsyncAPI
document. Generated from the marshmallow schemas; `check` refuses what is not additive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.contracts import events as _events
from shared.contracts.registry import SERVICES, event_types, schema_of, service_of, wording_of

FOLDER = Path(__file__).parent
ASYNCAPI = "asyncapi.json"
Document = dict[str, Any]

assert _events  # importing it registers every type


DOCUMENTATION = ("title", "description", "examples")


class NotAdditive(Exception):
    """A published schema would change in a way that breaks its readers or writers."""


def documents() -> dict[str, Document]:
    """{file name relative to this package: document}"""
    schemas = {type: event_schema(type) for type in event_types()}
    files = {f"schemas/{type}.json": schema for type, schema in schemas.items()}
    return {**files, ASYNCAPI: asyncapi(schemas)}


def event_schema(type: str) -> Document:
    """JSON Schema of the whole CloudEvent in structured mode."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type,
        "description": wording_of(type),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": {"const": f"/{service_of(type)}"},
            "type": {"const": type},
            "subject": text,
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "sequence": {
                "type": "string",
                "pattern": "^[0-9]{12,}$",
                "description": "Gapless per source, from 1. 每个来源连续编号",
            },
            "traceparent": {"type": "string"},
            "data": _data_schema(type),
        },
    }


def asyncapi(schemas: dict[str, Document]) -> Document:
    """AsyncAPI 3.1: a channel a service, a message a type."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Gongjiang events 工匠事件",
            "version": "1",
            "description": (
                "CloudEvents 1.0, structured JSON. Additive within a version. Delivered at least "
                "once, in the order of `sequence`; on a gap read "
                "GET /<service>/api/v1/events?after=N, which also names `head`, the last number "
                "given (409 if N is past it)."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {service: _channel(service, schemas) for service in SERVICES},
        "operations": {
            f"publish_{service}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{service}"},
                "summary": f"What {service} publishes.",
            }
            for service in SERVICES
        },
        "components": {
            "messages": {type: _message(type) for type in schemas},
            "schemas": {
                type: {name: part for name, part in schema.items() if name != "$schema"}
                for type, schema in schemas.items()
            },
        },
    }


def check(folder: Path = FOLDER) -> None:
    """Raises NotAdditive where a schema in `folder` was published in a form that the one of
    today does not extend. A type is never taken away."""
    current = documents()
    for file in sorted((folder / "schemas").glob("*.json")):
        name = f"schemas/{file.name}"
        if name not in current:
            raise NotAdditive(f"{name}: the type is gone")
        before = json.loads(file.read_text(encoding="utf-8"))
        broken = breaking_changes(before["properties"]["data"], current[name]["properties"]["data"])
        if broken:
            raise NotAdditive(f"{name}: {'; '.join(broken)}")


def breaking_changes(before: Document, after: Document) -> list[str]:
    """What a reader or writer of `before` would notice: only a new optional field is allowed."""
    found = []
    old, new = before["properties"], after["properties"]
    for field in old:
        if field not in new:
            found.append(f"{field} is gone")
        elif _shape(old[field]) != _shape(new[field]):
            found.append(f"{field} has another shape")
    now_required = set(after.get("required", ())) - set(before.get("required", ()))
    found += [f"{field} became required" for field in sorted(now_required)]
    now_optional = set(before.get("required", ())) - set(after.get("required", ()))
    found += [f"{field} became optional" for field in sorted(now_optional)]
    return found


def write(folder: Path = FOLDER) -> list[Path]:
    """Writes every document; raises NotAdditive and writes nothing if one may not change."""
    check(folder)
    written = []
    for name, document in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered(document), encoding="utf-8")
        written.append(path)
    return written


def rendered(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _data_schema(type: str) -> Document:
    plugin = MarshmallowPlugin()
    APISpec(title="events", version="1", openapi_version="3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    convert: Callable[[object], Document] = plugin.converter.schema2jsonschema
    schema = dict(convert(schema_of(type)))
    schema["properties"] = {name: dict(part) for name, part in schema["properties"].items()}
    schema.pop("additionalProperties", None)  # a reader passes over what it does not know
    return schema


def _channel(service: str, schemas: dict[str, Document]) -> Document:
    return {
        "address": f"{service}_events",
        "description": "Topic exchange; the routing key is the type. 主题交换机",
        "messages": {
            type: {"$ref": f"#/components/messages/{type}"}
            for type in schemas
            if service_of(type) == service
        },
    }


def _message(type: str) -> Document:
    return {
        "name": type,
        "summary": wording_of(type),
        "contentType": "application/cloudevents+json",
        "payload": {"$ref": f"#/components/schemas/{type}"},
    }


def _shape(field: Document) -> Document:
    return {name: part for name, part in field.items() if name not in DOCUMENTATION}
