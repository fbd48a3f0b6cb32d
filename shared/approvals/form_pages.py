"""Pages with a procedure's form, the same for every service: apply, complete a draft, correct
what was returned."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from marshmallow import Schema, fields, validate

from shared.approvals import applications, corrections, queries
from shared.approvals.applicants import applying_roles
from shared.approvals.applications import OpenCase
from shared.approvals.catalogue import procedure_here, procedure_shown
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.previewing import preview_findings
from shared.evidence.api import EvidenceDesk
from shared.evidence.handlers import keep_file
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.procedures import Problem, Procedure
from shared.web.access import actor_or_none, current_actor, public, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.problems import problem_of
from shared.web.queries import asked, takes

# Where one applies for a procedure that wants more than its form; None: the form is all.
Entrance = Callable[[Procedure], str | None]


class RegionQuery(Schema):
    region = fields.String(load_default="", validate=validate.Regexp(r"^[0-9]{0,6}$"))


def by_its_form(procedure: Procedure) -> str | None:
    return None


def _may_apply(procedure: Procedure) -> bool:
    """Who is not signed in may yet be anybody."""
    actor = actor_or_none()
    return actor is None or bool(applying_roles(procedure, actor))


def _refused(office: CaseOffice) -> list[Problem]:
    """Why a document of the catalogue is not offered, for those who look after it."""
    actor = actor_or_none()
    if actor is None or not any(actor.has_role(role) for role in ("operator", "auditor")):
        return []
    return [each for each in office.catalogue.problems() if each.severity == "error"]


def add_form_pages(
    pages: Blueprint,
    sessions: Sessions,
    office: CaseOffice,
    evidence: EvidenceDesk,
    entrance: Entrance,
) -> None:
    _apply_pages(pages, sessions, office, evidence, entrance)
    _correction_pages(pages, sessions, office, evidence)


def errors_of(error: DomainError) -> list[dict[str, Any]]:
    body = problem_of(error).body
    return body.get("errors") or [{"detail": body["detail"], "remedy": body.get("remedy")}]


def _written(sessions: Sessions, evidence: EvidenceDesk, procedure: Procedure) -> dict[str, Any]:
    """What the form says, files kept already: their ids stand in the form from then on."""
    values: dict[str, Any] = {
        field.name: request.form[field.name].strip()
        for field in procedure.form
        if request.form.get(field.name, "").strip()
    }
    for field in procedure.form:
        if field.type != "attachment":
            continue
        kept = request.form.getlist(f"{field.name}_kept")
        uploads = [each for each in request.files.getlist(field.name) if each.filename]
        for upload in uploads:
            with sessions.begin() as session:
                file = keep_file(
                    session,
                    evidence.store,
                    source=upload.stream,
                    name=upload.filename or "",
                    by=current_actor(),
                    now=evidence.clock.now(),
                )
                kept.append(file.id)
        if kept:
            values[field.name] = kept
    return values


def _apply_pages(
    pages: Blueprint,
    sessions: Sessions,
    office: CaseOffice,
    evidence: EvidenceDesk,
    entrance: Entrance,
) -> None:
    @pages.get("/")
    @pages.get("/apply")
    @public
    def choose_procedure() -> str:
        today = office.clock.today()
        found = [p for p in office.catalogue.all() if p.in_force(today, p.region)]
        return render_template(
            "apply_list.html",
            procedures=found,
            service=office.service,
            may_apply=_may_apply,
            refused=_refused(office),
        )

    @pages.get("/apply/<procedure_id>")
    @takes(RegionQuery)
    @signed_in
    def fill_in(procedure_id: str) -> Any:
        procedure = procedure_here(office, procedure_id, asked()["region"])
        if elsewhere := entrance(procedure):
            return redirect(elsewhere)
        return render_template("apply.html", procedure=procedure, values={}, office=office)

    @pages.post("/apply/<procedure_id>")
    @signed_in
    def send_form(procedure_id: str) -> Any:
        """`check` shows what the rules say, `draft` keeps the answers, `submit` sends them."""
        actor = current_actor()
        procedure = procedure_shown(office, procedure_id, request.form.get("region", "").strip())
        values: dict[str, Any] = dict(request.form)
        action = request.form.get("action", "check")
        try:
            values = _written(sessions, evidence, procedure)
            command = OpenCase(procedure_id, values)
            if action == "check":
                with sessions() as session:
                    findings = preview_findings(session, office, command, actor)
                return render_template(
                    "apply.html",
                    procedure=procedure,
                    values=values,
                    findings=findings,
                    office=office,
                )
            handle = applications.save_draft if action == "draft" else applications.submit_case
            with sessions.begin() as session:

                def work() -> Answer:
                    case = handle(session, office, command, actor)
                    return Answer(None, 303, {"Location": f"/{office.service}/cases/{case.id}"})

                return with_idempotency(session, actor, f"{action} {procedure_id}")(work).response()
        except DomainError as error:
            page = render_template(
                "apply.html",
                procedure=procedure,
                values=values,
                errors=errors_of(error),
                office=office,
            )
            return page, error.status


def _correction_pages(
    pages: Blueprint, sessions: Sessions, office: CaseOffice, evidence: EvidenceDesk
) -> None:
    @pages.get("/cases/<case_id>/correct")
    @signed_in
    def correct(case_id: str) -> str:
        with sessions() as session:
            case, procedure = _own(session, office, case_id)
        values = {**case.form, **(case.personal or {})}
        return render_template("correct.html", case=case, procedure=procedure, values=values)

    @pages.post("/cases/<case_id>/correct")
    @signed_in
    def send_correction(case_id: str) -> Any:
        """A draft is submitted, a returned case is submitted again."""
        actor = current_actor()
        with sessions() as session:
            case, procedure = _own(session, office, case_id)
        values: dict[str, Any] = dict(request.form)
        try:
            values = _written(sessions, evidence, procedure)
            given = {field.name: values.get(field.name) for field in procedure.form}
            handle = (
                applications.submit_draft
                if case.status == CaseStatus.DRAFT
                else corrections.resubmit_case
            )
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session, office, case_id, given, actor)
                    return Answer(None, 303, {"Location": f"/{office.service}/cases/{case_id}"})

                return with_idempotency(session, actor, f"correct {case_id}")(work).response()
        except DomainError as error:
            page = render_template(
                "correct.html",
                case=case,
                procedure=procedure,
                values=values,
                errors=errors_of(error),
            )
            return page, error.status


def _own(session: Any, office: CaseOffice, case_id: str) -> tuple[Case, Procedure]:
    case = queries.visible_case(session, case_id, current_actor())
    return case, procedure_of(session, office, case)
