"""Cases and tasks over JSON, the same for every service: thin entrances to the handlers."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from shared.approvals import applications, corrections, decisions, queries, reservations
from shared.approvals.applications import OpenCase
from shared.approvals.decisions import DecideTask
from shared.approvals.endings import state_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.rechecking import recheck_case
from shared.approvals.reservations import acts_on
from shared.approvals.schemas import (
    CaseListQuery,
    CasePageSchema,
    CaseSchema,
    DecideSchema,
    DecisionSchema,
    FindingListSchema,
    FormSchema,
    OpenCaseSchema,
    ReasonSchema,
    TaskPageSchema,
    TaskSchema,
    TimelineSchema,
)
from shared.approvals.separation import may_take_task
from shared.approvals.step_model import OBJECTION, Task
from shared.approvals.timeline import timeline
from shared.approvals.views import case_row_view, case_view, task_view, text_view, worklist_view
from shared.kernel.actor import Actor
from shared.notices.queries import grounds_by_objection
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in
from shared.web.etags import expected_version, with_etag
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of


def case_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    """The blueprint that every service mounts at /<service>/api/v1."""
    routes = Blueprint("cases", "cases", description="Cases 申请 and tasks 待办")
    _application_routes(routes, sessions, office)
    _reading_routes(routes, sessions, office)
    _task_routes(routes, sessions, office)
    return routes


def _answer(schema: Any, view: Any, status: int = 200, location: str | None = None) -> Answer:
    headers = {"ETag": f'"{view["version"]}"'} if "version" in view else {}
    if location is not None:
        headers["Location"] = location
    return Answer(schema.dump(view), status, headers)


def _application_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown = CaseSchema()

    @routes.post("/cases")
    @routes.arguments(OpenCaseSchema)
    @routes.response(201, CaseSchema)
    @signed_in
    def open_case(body: dict[str, Any]) -> Response:
        actor = current_actor()
        command = OpenCase(body["procedure"], body["form"])
        handle = applications.save_draft if body["draft"] else applications.submit_case
        with sessions.begin() as session:

            def work() -> Answer:
                case = handle(session, office, command, actor)
                session.flush()
                view = case_view(session, office, case, opened_now=True)
                where = f"/{office.service}/api/v1/cases/{case.id}"
                return _answer(shown, view, 201, where)

            return with_idempotency(session, actor, "open_case")(work).response()

    def act_on_case(case_id: str, action: str, handle: Any, given: Any) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                case = handle(session, office, case_id, given, actor)
                session.flush()
                return _answer(shown, case_view(session, office, case))

            return with_idempotency(session, actor, f"{action} {case_id}")(work).response()

    @routes.patch("/cases/<case_id>")
    @routes.arguments(FormSchema)
    @routes.response(200, CaseSchema)
    @signed_in
    def amend_draft(body: dict[str, Any], case_id: str) -> Response:
        return act_on_case(case_id, "amend", applications.amend_draft, body["form"])

    @routes.post("/cases/<case_id>/submit")
    @routes.arguments(FormSchema)
    @routes.response(200, CaseSchema)
    @signed_in
    def submit_draft(body: dict[str, Any], case_id: str) -> Response:
        return act_on_case(case_id, "submit", applications.submit_draft, body["form"])

    @routes.post("/cases/<case_id>/resubmit")
    @routes.arguments(FormSchema)
    @routes.response(200, CaseSchema)
    @signed_in
    def resubmit(body: dict[str, Any], case_id: str) -> Response:
        return act_on_case(case_id, "resubmit", corrections.resubmit_case, body["form"])

    @routes.post("/cases/<case_id>/withdraw")
    @routes.arguments(ReasonSchema)
    @routes.response(200, CaseSchema)
    @signed_in
    def withdraw(body: dict[str, Any], case_id: str) -> Response:
        return act_on_case(case_id, "withdraw", corrections.withdraw_case, body["reason"])


def _reading_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.get("/cases")
    @routes.arguments(CaseListQuery, location="query")
    @routes.response(200, CasePageSchema)
    @signed_in
    def list_cases(query: dict[str, Any]) -> Any:
        """The cases of the person who asks, newest first."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        with sessions.begin() as session:
            rows = queries.my_cases(
                session,
                current_actor(),
                after=after,
                limit=query["limit"],
                status=query["status"],
            )
            page = page_of(rows, query["limit"], lambda case: (case.id,))
            items = [case_row_view(session, office, case) for case in page.items]
            return {"items": items, "next": page.next}

    @routes.get("/cases/<case_id>")
    @routes.response(200, CaseSchema)
    @signed_in
    def show_case(case_id: str) -> Response:
        with sessions.begin() as session:
            case = queries.visible_case(session, case_id, current_actor())
            view = CaseSchema().dump(case_view(session, office, case))
        return with_etag(jsonify(view), view["version"])

    @routes.get("/cases/<case_id>/timeline")
    @routes.response(200, TimelineSchema)
    @signed_in
    def show_timeline(case_id: str) -> Any:
        with sessions.begin() as session:
            queries.visible_case(session, case_id, current_actor())
            return {"items": timeline(session, office, case_id)}

    @routes.get("/cases/<case_id>/findings")
    @routes.response(200, FindingListSchema)
    @signed_in
    def show_findings(case_id: str) -> Any:
        with sessions.begin() as session:
            queries.visible_case(session, case_id, current_actor())
            return {"items": queries.findings_of(session, case_id)}

    @routes.post("/cases/<case_id>/findings")
    @routes.response(200, FindingListSchema)
    @signed_in
    def recheck(case_id: str) -> Any:
        """Ask the registries again and evaluate the rules anew."""
        return {"items": recheck_case(sessions, office, case_id, current_actor())}


def _task_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown, decided = TaskSchema(), DecisionSchema()

    @routes.get("/tasks")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, TaskPageSchema)
    @signed_in
    def list_tasks(query: dict[str, Any]) -> Any:
        """The open tasks that the person may take, overdue first."""
        limit = query["limit"]
        after = _task_cursor(query["after"])
        with sessions.begin() as session:
            actor = current_actor()
            rows = queries.worklist(session, actor, after=after, limit=limit)
            page = page_of(rows, limit, lambda row: (row.due_at_utc, row.task.id))
            items = [worklist_view(session, office, row, actor) for row in page.items]
            return {"items": items, "next": page.next}

    @routes.get("/tasks/<task_id>")
    @routes.response(200, TaskSchema)
    @signed_in
    def show_task(task_id: str) -> Response:
        with sessions.begin() as session:
            task = queries.visible_task(session, task_id, current_actor())
            view = shown.dump(_task(session, office, task, current_actor()))
        return with_etag(jsonify(view), view["version"])

    def act_on_task(task_id: str, handle: Any) -> Response:
        actor = current_actor()
        with sessions.begin() as session:
            task = handle(session, office, task_id, actor)
            session.flush()
            return _answer(shown, _task(session, office, task, actor)).response()

    @routes.post("/tasks/<task_id>/claim")
    @routes.response(200, TaskSchema)
    @signed_in
    def claim(task_id: str) -> Response:
        """Reserve it. 409 where a colleague has: take it over."""
        return act_on_task(task_id, reservations.claim_task)

    @routes.post("/tasks/<task_id>/take-over")
    @routes.response(200, TaskSchema)
    @signed_in
    def take_over(task_id: str) -> Response:
        """Reserve it although a colleague has it; the timeline names both."""
        return act_on_task(task_id, reservations.take_over_task)

    @routes.post("/tasks/<task_id>/release")
    @routes.response(200, TaskSchema)
    @signed_in
    def release(task_id: str) -> Response:
        return act_on_task(task_id, reservations.release_task)

    @routes.post("/tasks/<task_id>/decision")
    @routes.arguments(DecideSchema)
    @routes.response(201, DecisionSchema)
    @signed_in
    def decide(body: dict[str, Any], task_id: str) -> Response:
        actor = current_actor()
        command = DecideTask(task_id=task_id, version=expected_version(), **body)
        with sessions.begin() as session:

            def work() -> Answer:
                decision = decisions.decide_task(session, office, command, actor)
                return Answer(decided.dump(decision), 201)

            return with_idempotency(session, actor, f"decide {task_id}")(work).response()


def _task(session: Any, office: CaseOffice, task: Task, actor: Actor) -> dict[str, Any]:
    """One task alone also says what happened to it, and of which objection it is."""
    case = session.get_one(Case, task.case_id)
    view = task_view(session, office, task, case, task.due_at_utc)
    says = state_of(session, case, task)
    view["says"] = text_view(says) if says else None
    view["acts"] = acts_on(task, actor) if may_take_task(session, task.id, actor) else []
    if task.kind == OBJECTION:
        objection_id = task.seat.removeprefix(f"{OBJECTION}:")
        view["grounds"] = grounds_by_objection(session, task.case_id).get(objection_id)
    return view


def _task_cursor(cursor: str | None) -> Any:
    return decode_cursor(cursor, datetime, str) if cursor else None
