"""GET /procedures: what may be applied for, with its form and its chain; the same in each service."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared.kernel.clock import Clock
from shared.kernel.text import Text
from shared.procedures.catalogue import Catalogue
from shared.procedures.model import FormField, Problem, Step
from shared.procedures.procedure import Procedure
from shared.web.access import public, requires


class ProcedureQuery(Schema):
    region = fields.String(load_default=None, metadata={"description": "Six digits 行政区划代码"})
    on = fields.Date(load_default=None, metadata={"description": "In force on this day 施行日"})


def procedure_routes(catalogue: Catalogue, clock: Clock) -> Blueprint:
    """The blueprint that every service mounts at /<service>/api/v1."""
    routes = Blueprint("procedures", "procedures", description="Procedures 办理事项")

    @routes.get("/procedures")
    @routes.arguments(ProcedureQuery, location="query")
    @public
    def list_procedures(query: dict[str, Any]) -> ResponseReturnValue:
        on: date = query["on"] or clock.today()
        found = (
            catalogue.all_in_force(on, query["region"])
            if query["region"]
            else [one for one in catalogue.all() if one.in_force(on, one.region)]
        )
        return jsonify({"items": [procedure_view(one) for one in found]})

    @routes.get("/procedures/<procedure_id>/<version>")
    @public
    def show_procedure(procedure_id: str, version: str) -> ResponseReturnValue:
        return jsonify(procedure_view(catalogue.get(procedure_id, version)))

    @routes.get("/procedure-problems")
    @requires("operator", "auditor")
    def list_problems() -> ResponseReturnValue:
        return jsonify({"items": [problem_view(one) for one in catalogue.problems()]})

    return routes


def procedure_view(procedure: Procedure) -> dict[str, Any]:
    return {
        "id": procedure.id,
        "version": procedure.version,
        "title": _text(procedure.title),
        "summary": _text(procedure.summary),
        "region": procedure.region,
        "effective_from": procedure.effective_from.isoformat(),
        "effective_to": procedure.effective_to and procedure.effective_to.isoformat(),
        "source": procedure.source
        and {**_words(procedure.source.text), "mark": procedure.source.mark},
        "applicant": list(procedure.applicant),
        "form": [field_view(one) for one in procedure.form],
        "steps": [step_view(one) for one in procedure.steps],
        "outcome": sorted(procedure.outcome),
        "benefits": [{"key": one.key, "title": _text(one.title)} for one in procedure.benefits],
        "digest": procedure.digest,
    }


def field_view(field: FormField) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "label": _text(field.label),
        "help": _text(field.help),
        "required": field.required,
        "personal": field.personal,
        "options": [{"value": one.value, "label": _text(one.label)} for one in field.options],
    }


def step_view(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "kind": step.kind,
        "title": _text(step.title),
        "by": list(step.by),
        "at": step.at,
        "of": step.of,
        "may": list(step.may),
        "within_working_days": step.within or step.settings.get("length"),
    }


def problem_view(problem: Problem) -> dict[str, Any]:
    """The file's name alone: the paths of the machine are nobody's business here."""
    return {
        "file": problem.file.replace("\\", "/").rsplit("/", 1)[-1],
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity,
        "zh": problem.zh,
        "en": problem.en,
    }


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else _words(text)
