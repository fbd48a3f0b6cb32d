"""The catalogue over JSON: what can be applied for here and now, its form and its chain, so that a
program can fill in a form that it has never seen."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from shared.approvals.catalogue import procedure_here
from shared.approvals.judging import outcomes_of
from shared.approvals.office import CaseOffice
from shared.approvals.schemas import TextSchema
from shared.approvals.views import text_view
from shared.kernel.region import parse_region
from shared.procedures import Procedure
from shared.procedures.model import FormField, Step
from shared.web.access import public, requires


class ProcedureQuery(Schema):
    region = fields.String(load_default="", validate=validate.Regexp(r"^([0-9]{6})?$"))


class ProcedureRowSchema(Schema):
    id = fields.String()
    version = fields.String()
    region = fields.String()
    title = fields.Nested(TextSchema)
    applicant = fields.List(fields.String())
    effective_from = fields.Date()
    effective_to = fields.Date(allow_none=True)


class ProcedureSchema(ProcedureRowSchema):
    form = fields.List(fields.Dict())
    steps = fields.List(fields.Dict())
    benefits = fields.List(fields.Dict())
    source = fields.Dict(allow_none=True)


class ProcedureListSchema(Schema):
    today = fields.Date(metadata={"description": "The business date of the system."})
    items = fields.List(fields.Nested(ProcedureRowSchema))


class ProblemListSchema(Schema):
    items = fields.List(fields.Dict())


def procedure_view(procedure: Procedure) -> dict[str, Any]:
    source = procedure.source
    return {
        **{name: getattr(procedure, name) for name in ("id", "version", "region", "applicant")},
        "title": text_view(procedure.title),
        "effective_from": procedure.effective_from,
        "effective_to": procedure.effective_to,
        "form": [_field_view(field) for field in procedure.form],
        "steps": [_step_view(step) for step in procedure.steps],
        "benefits": [{"key": b.key, "title": text_view(b.title)} for b in procedure.benefits],
        "source": {"text": text_view(source.text), "mark": source.mark} if source else None,
    }


def _field_view(field: FormField) -> dict[str, Any]:
    """`minimum`, `maximum`: of the number (money in fen), or of a text's length."""
    return {
        "name": field.name,
        "type": field.type,
        "label": text_view(field.label),
        "help": text_view(field.help) if field.help else None,
        "required": field.required,
        "personal": field.personal,
        "options": [{"value": o.value, "label": text_view(o.label)} for o in field.options],
        "minimum": field.minimum,
        "maximum": field.maximum,
    }


def _step_view(step: Step) -> dict[str, Any]:
    """`may`: what its tasks answer; `terms`: what steps of its kind have beside that (a notice its
    length and objections, a meeting its quorum, a panel its experts and pass mark)."""
    return {
        "key": step.key,
        "kind": step.kind,
        "title": text_view(step.title),
        "by": list(step.settings.get("offices", step.by)),
        "at": step.at,
        "of": step.of,
        "may": list(outcomes_of(step)),
        "within": step.within,
        "late": step.late,
        "silence": step.silence,
        "conditional": step.when is not None,
        "terms": {name: _plain(value) for name, value in step.settings.items()},
    }


def _plain(value: Any) -> Any:
    """As JSON has it: a quorum of two thirds is "2/3"."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def procedure_routes(office: CaseOffice) -> Blueprint:
    routes = Blueprint("procedures", "procedures", description="The catalogue 办事目录")

    @routes.get("/procedures")
    @routes.arguments(ProcedureQuery, location="query")
    @routes.response(200, ProcedureListSchema)
    @public
    def list_procedures(query: dict[str, Any]) -> Any:
        """What is in force today: in the region asked for, else everywhere."""
        today, region = office.clock.today(), query["region"]
        if region:
            parse_region(region, field="region")
            found = office.catalogue.all_in_force(today, region)
        else:
            found = [p for p in office.catalogue.all() if p.in_force(today, p.region)]
        return {"today": today, "items": [procedure_view(each) for each in found]}

    @routes.get("/procedures/<procedure_id>")
    @routes.arguments(ProcedureQuery, location="query")
    @routes.response(200, ProcedureSchema)
    @public
    def show_procedure(query: dict[str, Any], procedure_id: str) -> Any:
        return procedure_view(procedure_here(office, procedure_id, query["region"]))

    @routes.get("/procedures/problems")
    @routes.response(200, ProblemListSchema)
    @requires("operator", "auditor")
    def list_problems() -> Any:
        """Documents that did not load, or not whole: where, why, and what to do."""
        return {
            "items": [
                {
                    "file": p.file,
                    "path": p.path,
                    "line": p.line,
                    "severity": p.severity,
                    "text": {"zh": p.zh, "en": p.en},
                }
                for p in office.catalogue.problems()
            ]
        }

    return routes
