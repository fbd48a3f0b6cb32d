"""Who can take a task: for operators those that nobody can; and an expert who must stand aside."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared.approvals.office import CaseOffice
from shared.approvals.recusal import set_aside_score
from shared.approvals.schemas import ReasonSchema
from shared.approvals.staffing import unstaffed_tasks
from shared.persistence import Sessions
from shared.web.access import current_actor, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of


class AskedSchema(Schema):
    role = fields.String()
    organisation = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    level = fields.String(allow_none=True)


class UnstaffedTaskSchema(Schema):
    id = fields.String()
    case_id = fields.String()
    step_key = fields.String()
    unstaffed_at_utc = fields.AwareDateTime()
    candidates = fields.List(fields.Nested(AskedSchema))


class UnstaffedPageSchema(Schema):
    items = fields.List(fields.Nested(UnstaffedTaskSchema))
    next = fields.String(allow_none=True)


class SetAsideSchema(Schema):
    task_id = fields.String()
    case_id = fields.String()


def staffing_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("staffing", "staffing", description="Tasks without people 无人可办的待办")

    @routes.get("/tasks/unstaffed")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, UnstaffedPageSchema)
    @requires("operator", "auditor")
    def list_unstaffed(query: dict[str, Any]) -> Any:
        """Open tasks that none of the offices asked has anybody for."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        limit = query["limit"]
        with sessions() as session:
            rows = unstaffed_tasks(session, office, after=after, limit=limit)
            return page_of(rows, limit, lambda task: (task.id,))

    @routes.post("/tasks/<task_id>/set-aside")
    @routes.arguments(ReasonSchema)
    @routes.response(200, SetAsideSchema)
    @signed_in
    def set_aside(body: dict[str, Any], task_id: str) -> Response:
        """Set an expert's score aside for a conflict of interest; for the office that decides
        next."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                task = set_aside_score(session, office, task_id, body["reason"], actor)
                return Answer({"task_id": task.id, "case_id": task.case_id})

            return with_idempotency(session, actor, f"set aside {task_id}")(work).response()

    return routes
