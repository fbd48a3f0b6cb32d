"""Files over HTTP: sent in as multipart/form-data, given out as downloads only."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, send_file
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from shared.audit import record
from shared.evidence.errors import FileEmpty
from shared.evidence.handlers import MaySee, file_for, keep_file
from shared.evidence.model import EvidenceFile
from shared.evidence.store import EvidenceStore
from shared.kernel.clock import Clock
from shared.web.access import current_actor, signed_in
from shared.web.api import Blueprint
from shared.web.context import sessions


class EvidenceFileOut(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256, hexadecimal"})


class UploadIn(Schema):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


@dataclass(frozen=True)
class EvidenceDesk:
    """What the routes need."""

    store: EvidenceStore
    clock: Clock
    may_see: MaySee


def evidence_blueprint(desk: EvidenceDesk) -> Blueprint:
    """POST and GET below /evidence, mounted with the service's other blueprints."""
    blueprint = Blueprint(
        "evidence",
        __name__,
        url_prefix="/evidence",
        description="Evidence files. 申报材料",
    )

    @blueprint.route("", methods=["POST"])
    @signed_in
    @blueprint.arguments(UploadIn, location="files")
    @blueprint.response(201, EvidenceFileOut)
    def upload_evidence(_files: dict[str, Any]) -> Any:
        """Send a file (PDF, PNG, JPEG, DOCX, XLSX)."""
        sent = request.files["file"]
        if not sent.filename:
            raise FileEmpty(field="file", name="")
        with sessions().begin() as session:
            return keep_file(
                session,
                desk.store,
                source=sent.stream,
                name=sent.filename,
                by=current_actor(),
                now=desk.clock.now(),
            )

    @blueprint.route("/<file_id>", methods=["GET"])
    @signed_in
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
    def download_evidence(file_id: str) -> Response:
        """Fetch a file of a case that you may see."""
        with sessions().begin() as session:
            file = file_for(session, file_id, current_actor(), desk.may_see)
            digest, media_type, name = file.digest, file.media_type, file.name
            _note_reading(session, file, desk.clock)
        return as_download(desk.store, digest, media_type, name)

    return blueprint


def _note_reading(session: Session, file: EvidenceFile, clock: Clock) -> None:
    """Reading what another person handed in is a privileged read."""
    actor = current_actor()
    if actor.person_ref != file.uploaded_by:
        record(
            session,
            at=clock.now(),
            actor=actor,
            action="evidence_read",
            case_id=file.case_id,
            facts={"file": file.id, "digest": file.digest},
        )


def as_download(store: EvidenceStore, digest: str, media_type: str, name: str) -> Response:
    """Never shown inside a page: another's file must not run in our origin."""
    response = send_file(
        store.open(digest),
        mimetype=media_type,
        as_attachment=True,
        download_name=name,
        etag=False,
        max_age=None,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
