"""Pages of public notices: read and objected to by anyone, published early by their office."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from marshmallow import Schema, fields
from werkzeug.wrappers import Response

from shared.approvals.notice_api import ANYBODY
from shared.approvals.noticing import publish_notice
from shared.approvals.objections import LodgeObjection, lodge_objection
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.notices import queries
from shared.notices.errors import NoticeNotFound
from shared.notices.objections import Complaint
from shared.persistence import Sessions
from shared.web.access import actor_or_none, current_actor, public, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.problems import problem_of
from shared.web.queries import PageAfter, asked, takes

PAGE = 20


class LodgedQuery(Schema):
    lodged = fields.String(load_default=None)


def notice_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("notice_pages", __name__, template_folder="templates")

    @pages.get("/notices")
    @takes(PageAfter)
    @public
    def list_notices() -> str:
        cursor = asked()["after"]
        after = decode_cursor(cursor, date, str) if cursor else None
        actor = actor_or_none()
        with sessions() as session:
            rows = queries.public_notices(session, after=after, limit=PAGE + 1)
            page = page_of(rows, PAGE, lambda notice: (notice.first_day, notice.id))
            regions = [m.region for m in actor.memberships if m.region] if actor else []
            collecting = queries.collecting_notices(session, regions)
            mine = [n for n in collecting if actor and n.publishes and actor.has_role(n.publishes)]
            return render_template(
                "notices.html", page=page, collecting=mine, service=office.service
            )

    @pages.get("/notices/<notice_id>")
    @takes(LodgedQuery)
    @public
    def show_notice(notice_id: str) -> str:
        return _notice_page(sessions, office, notice_id)

    @pages.post("/notices/<notice_id>/publish")
    @signed_in
    def publish(notice_id: str) -> Response:
        with sessions.begin() as session:
            publish_notice(session, office, notice_id, current_actor())
        return redirect(f"/{office.service}/notices/{notice_id}", 303)

    @pages.post("/notices/<notice_id>/objections")
    @public
    def object_to(notice_id: str) -> Any:
        form = request.form
        complaint = Complaint(
            grounds=form.get("grounds", ""),
            named=form.get("named", "yes") == "yes",
            name=form.get("name"),
            contact=form.get("contact"),
        )
        command = LodgeObjection(notice_id, form.get("entry", ""), complaint)
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    lodge_objection(session, office, command)
                    where = f"/{office.service}/notices/{notice_id}?lodged=1"
                    return Answer(None, 303, {"Location": where})

                actor = actor_or_none() or ANYBODY
                return with_idempotency(session, actor, f"object {notice_id}")(work).response()
        except DomainError as error:
            body = problem_of(error).body
            errors = body.get("errors") or [{"detail": body["detail"]}]
            return _notice_page(sessions, office, notice_id, errors, dict(form)), error.status

    return pages


def _notice_page(
    sessions: Sessions,
    office: CaseOffice,
    notice_id: str,
    errors: list[dict[str, Any]] | None = None,
    values: dict[str, Any] | None = None,
) -> str:
    with sessions() as session:
        notice = queries.public_notice(session, notice_id)
        if notice is None:
            raise NoticeNotFound()
        return render_template(
            "notice.html",
            notice=notice,
            rows=queries.shown_rows(notice),
            office=office,
            now=office.clock.now(),
            errors=errors,
            values=values or {},
            lodged=bool(asked().get("lodged")),
        )
