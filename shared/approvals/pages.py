"""Pages of cases, the same for every service: apply, a case with its decision forms, correct it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from shared.approvals import applications, queries
from shared.approvals.applications import OpenCase
from shared.approvals.catalogue import procedure_here, procedure_shown
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.previewing import preview_findings
from shared.approvals.rechecking import recheck_case
from shared.approvals.timeline import timeline
from shared.approvals.views import case_view
from shared.evidence.api import EvidenceDesk
from shared.evidence.handlers import files_of_case, keep_file
from shared.kernel.errors import DomainError
from shared.notices.queries import grounds_by_objection
from shared.persistence import Sessions
from shared.procedures import Procedure
from shared.web.access import current_actor, public, signed_in
from shared.web.idempotency import FORM_FIELD, Answer, with_idempotency
from shared.web.problems import problem_of

NUMBERS = ("members", "present", "in_favour", "against", "abstain")


# Where one applies for a procedure that wants more than its form; None: the form is all.
Entrance = Callable[[Procedure], str | None]


def by_its_form(procedure: Procedure) -> str | None:
    return None


def case_pages(
    sessions: Sessions,
    office: CaseOffice,
    evidence: EvidenceDesk,
    entrance: Entrance = by_its_form,
) -> Blueprint:
    pages = Blueprint("case_pages", __name__, template_folder="templates")
    _apply_pages(pages, sessions, office, evidence, entrance)
    _case_pages(pages, sessions, office, evidence)
    _act_pages(pages, sessions, office)
    return pages


def _errors(error: DomainError) -> list[dict[str, Any]]:
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


def _to_case(office: CaseOffice, case_id: str) -> Response:
    return redirect(f"/{office.service}/cases/{case_id}", 303)


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
        return render_template("apply_list.html", procedures=found, service=office.service)

    @pages.get("/apply/<procedure_id>")
    @signed_in
    def fill_in(procedure_id: str) -> Any:
        procedure = procedure_here(office, procedure_id, request.args.get("region", ""))
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
                errors=_errors(error),
                office=office,
            )
            return page, error.status


def _case_pages(
    pages: Blueprint, sessions: Sessions, office: CaseOffice, evidence: EvidenceDesk
) -> None:
    @pages.get("/cases/<case_id>")
    @signed_in
    def show_case(case_id: str) -> str:
        return _case_page(sessions, office, case_id)

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
                else applications.resubmit_case
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
                errors=_errors(error),
            )
            return page, error.status


def _own(session: Any, office: CaseOffice, case_id: str) -> tuple[Case, Procedure]:
    case = queries.visible_case(session, case_id, current_actor())
    return case, procedure_of(session, office, case)


def _case_page(
    sessions: Sessions,
    office: CaseOffice,
    case_id: str,
    errors: list[dict[str, Any]] | None = None,
    values: dict[str, Any] | None = None,
    failed_task: str | None = None,
) -> str:
    actor = current_actor()
    with sessions() as session:
        case = queries.visible_case(session, case_id, actor)
        procedure = procedure_of(session, office, case)
        return render_template(
            "case.html",
            service=office.service,
            case=case_view(session, office, case),
            procedure=procedure,
            findings=queries.findings_of(session, case_id),
            entries=timeline(session, office, case_id),
            files=files_of_case(session, case_id),
            tasks=[
                (task, procedure.step(task.step_key))
                for task in queries.tasks_to_take(session, case_id, actor)
            ],
            grounds=grounds_by_objection(session, case_id),
            mine=actor.person_ref in (case.applicant_ref, case.submitted_by),
            errors=errors,
            values=values or {},
            failed_task=failed_task,
        )


def _act_pages(pages: Blueprint, sessions: Sessions, office: CaseOffice) -> None:
    @pages.post("/tasks/<task_id>/decision")
    @signed_in
    def decide(task_id: str) -> Any:
        actor = current_actor()
        with sessions() as session:
            case_id = queries.case_of_task(session, task_id)
        version = request.form.get("version", "")
        command = DecideTask(
            task_id=task_id,
            outcome=request.form.get("outcome", ""),
            reason=request.form.get("reason", ""),
            data=_figures(),
            version=int(version) if version.isdigit() and len(version) < 10 else None,
        )
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    decide_task(session, office, command, actor)
                    return Answer(None, 303, {"Location": f"/{office.service}/cases/{case_id}"})

                return with_idempotency(session, actor, f"decide {task_id}")(work).response()
        except DomainError as error:
            if error.status == 403:  # perhaps not theirs to see either
                raise
            values = {**request.form, "outcome": command.outcome}
            page = _case_page(sessions, office, case_id, _errors(error), values, task_id)
            return page, error.status

    @pages.post("/cases/<case_id>/withdraw")
    @signed_in
    def withdraw(case_id: str) -> Response:
        with sessions.begin() as session:
            reason = request.form.get("reason", "").strip()
            applications.withdraw_case(session, office, case_id, reason, current_actor())
        return _to_case(office, case_id)

    @pages.post("/cases/<case_id>/recheck")
    @signed_in
    def recheck(case_id: str) -> Response:
        recheck_case(sessions, office, case_id, current_actor())
        return _to_case(office, case_id)


def _figures() -> dict[str, Any]:
    """The score or the minutes out of the form; what is no number stays text and is refused."""
    plain = ("outcome", "reason", "version", FORM_FIELD)
    given = {k: v.strip() for k, v in request.form.items() if k not in plain and v.strip()}
    return {
        name: int(value) if name in NUMBERS and value.isdigit() and len(value) < 9 else value
        for name, value in given.items()
    }
