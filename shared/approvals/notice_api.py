"""Public notices over JSON: read by anyone, published by their office, objected to by anyone."""

from datetime import date
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from shared.approvals.noticing import publish_notice
from shared.approvals.objections import LodgeObjection, lodge_objection
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.notices import queries
from shared.notices.errors import NoticeNotFound
from shared.notices.model import Notice
from shared.notices.objections import Complaint
from shared.notices.signing import public_pem
from shared.persistence import Sessions
from shared.web.access import actor_or_none, current_actor, public, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of

ANYBODY = Actor(person_ref="anybody", name="")


class NoticeHeadSchema(Schema):
    id = fields.String()
    procedure = fields.String()
    step_key = fields.String()
    region = fields.String()
    status = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    first_day = fields.Date(allow_none=True)
    last_day = fields.Date(allow_none=True)
    publish_at_utc = fields.AwareDateTime()
    ends_at_utc = fields.AwareDateTime(allow_none=True)
    provisional = fields.Boolean()
    anonymous = fields.Boolean()
    office = fields.Dict()
    shows = fields.List(fields.String())
    labels = fields.Dict(metadata={"description": "What each column is called: {zh, en}"})


class NoticeSchema(NoticeHeadSchema):
    rows = fields.List(fields.Dict(), metadata={"description": "`entry`, the columns, `status`"})


class SnapshotSchema(Schema):
    """`signature`: ES256 over the canonical JSON of `snapshot` (shared/notices/signing.py)."""

    snapshot = fields.Dict()
    signature = fields.String(attribute="snapshot_signature")


class SnapshotKeySchema(Schema):
    public_key = fields.String(metadata={"description": "PEM, for `python -m shared.notices`"})


class NoticePageSchema(Schema):
    items = fields.List(fields.Nested(NoticeHeadSchema))
    next = fields.String(allow_none=True)


class ObjectionSchema(Schema):
    class Meta:
        unknown = RAISE

    entry = fields.String(required=True)
    grounds = fields.String(required=True, validate=validate.Length(min=1, max=2_000))
    named = fields.Boolean(load_default=True)
    name = fields.String(load_default=None, validate=validate.Length(max=100))
    contact = fields.String(load_default=None, validate=validate.Length(max=100))


class ObjectionAnswerSchema(Schema):
    id = fields.String()
    status = fields.String()
    due_at_utc = fields.AwareDateTime()


def notice_view(notice: Notice) -> dict[str, Any]:
    view = {name: getattr(notice, name) for name in NoticeHeadSchema().fields}
    return {**view, "rows": queries.shown_rows(notice)}


def notice_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("notices", "notices", description="Public notices 公示")
    _read(routes, sessions)
    _prove(routes, sessions, office)
    _act(routes, sessions, office)
    return routes


def _read(routes: Any, sessions: Sessions) -> None:
    @routes.get("/notices")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, NoticePageSchema)
    @public
    def list_notices(query: dict[str, Any]) -> Any:
        """Published and ended notices, newest first."""
        after = decode_cursor(query["after"], date, str) if query["after"] else None
        limit = query["limit"]
        with sessions.begin() as session:
            rows = queries.public_notices(session, after=after, limit=limit + 1)
            page = page_of(rows, limit, lambda notice: (notice.first_day, notice.id))
            return {"items": page.items, "next": page.next}

    @routes.get("/notices/collecting")
    @routes.response(200, NoticePageSchema)
    @signed_in
    def list_collecting() -> Any:
        """Batches that the person's office may publish before their day."""
        actor = current_actor()
        regions = [m.region for m in actor.memberships if m.region]
        with sessions.begin() as session:
            found = queries.collecting_notices(session, regions)
            mine = [n for n in found if n.publishes and actor.has_role(n.publishes)]
            return {"items": mine, "next": None}

    @routes.get("/notices/<notice_id>")
    @routes.response(200, NoticeSchema)
    @public
    def show_notice(notice_id: str) -> Any:
        with sessions.begin() as session:
            notice = queries.public_notice(session, notice_id)
            if notice is None:
                raise NoticeNotFound()
            return notice_view(notice)


def _prove(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.get("/notices/key")
    @routes.response(200, SnapshotKeySchema)
    @public
    def show_key() -> Any:
        """The public key of the snapshots' signatures."""
        return {"public_key": public_pem(office.snapshot_key)}

    @routes.get("/notices/<notice_id>/snapshot")
    @routes.response(200, SnapshotSchema)
    @public
    def show_snapshot(notice_id: str) -> Any:
        """What was shown, as it was signed when it was published."""
        with sessions.begin() as session:
            notice = queries.public_notice(session, notice_id)
            if notice is None:
                raise NoticeNotFound()
            return notice


def _act(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.post("/notices/<notice_id>/publish")
    @routes.response(200, NoticeSchema)
    @signed_in
    def publish(notice_id: str) -> Any:
        with sessions.begin() as session:
            return notice_view(publish_notice(session, office, notice_id, current_actor()))

    @routes.post("/notices/<notice_id>/objections")
    @routes.arguments(ObjectionSchema)
    @routes.response(201, ObjectionAnswerSchema)
    @public
    def object_to(body: dict[str, Any], notice_id: str) -> Response:
        """Anyone may object; signing in is not needed, a name and a contact usually are."""
        entry_id = body.pop("entry")
        command = LodgeObjection(notice_id, entry_id, Complaint(**body))
        with sessions.begin() as session:

            def work() -> Answer:
                objection = lodge_objection(session, office, command)
                return Answer(ObjectionAnswerSchema().dump(objection), 201)

            actor = actor_or_none() or ANYBODY
            return with_idempotency(session, actor, f"object {notice_id}")(work).response()
