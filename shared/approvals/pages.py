"""The page of a case, the same for every service: where it stands, and what its offices and its
applicant may do with it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from shared.approvals import corrections, queries
from shared.approvals.applicants import acts_for_applicant
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.form_pages import Entrance, add_form_pages, by_its_form, errors_of
from shared.approvals.loading import procedure_of
from shared.approvals.office import CaseOffice
from shared.approvals.rechecking import recheck_case
from shared.approvals.reservations import acts_on, claim_task, release_task, take_over_task
from shared.approvals.timeline import timeline
from shared.approvals.views import case_view
from shared.evidence.api import EvidenceDesk
from shared.evidence.handlers import files_of_case
from shared.kernel.errors import DomainError
from shared.notices.queries import grounds_by_objection
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in
from shared.web.idempotency import FORM_FIELD, Answer, with_idempotency

RESERVATIONS = {"claim": claim_task, "release": release_task, "take-over": take_over_task}
NUMBERS = ("members", "present", "in_favour", "against", "abstain")


def case_pages(
    sessions: Sessions,
    office: CaseOffice,
    evidence: EvidenceDesk,
    entrance: Entrance = by_its_form,
) -> Blueprint:
    pages = Blueprint("case_pages", __name__, template_folder="templates")
    add_form_pages(pages, sessions, office, evidence, entrance)
    _act_pages(pages, sessions, office)

    @pages.get("/cases/<case_id>")
    @signed_in
    def show_case(case_id: str) -> str:
        return _case_page(sessions, office, case_id)

    return pages


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
        offered = queries.tasks_to_take(session, case_id, actor)
        return render_template(
            "case.html",
            service=office.service,
            case=case_view(session, office, case),
            procedure=procedure,
            findings=queries.findings_of(session, case_id),
            entries=timeline(session, office, case_id),
            files=files_of_case(session, case_id),
            tasks=[(task, procedure.step(task.step_key), acts_on(task, actor)) for task in offered],
            grounds=grounds_by_objection(session, case_id),
            # a colleague who is asked to decide is not offered what the applicant may do
            mine=not offered and acts_for_applicant(procedure, case, actor),
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
            page = _case_page(sessions, office, case_id, errors_of(error), values, task_id)
            return page, error.status

    @pages.post("/tasks/<task_id>/<any('claim', 'release', 'take-over'):act>")
    @signed_in
    def reserve(task_id: str, act: str) -> Any:
        with sessions() as session:
            case_id = queries.case_of_task(session, task_id)
        try:
            with sessions.begin() as session:
                RESERVATIONS[act](session, office, task_id, current_actor())
        except DomainError as error:
            if error.status == 403:
                raise
            return _case_page(sessions, office, case_id, errors_of(error)), error.status
        return _to_case(office, case_id)

    @pages.post("/cases/<case_id>/withdraw")
    @signed_in
    def withdraw(case_id: str) -> Response:
        with sessions.begin() as session:
            reason = request.form.get("reason", "").strip()
            corrections.withdraw_case(session, office, case_id, reason, current_actor())
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


def _to_case(office: CaseOffice, case_id: str) -> Response:
    return redirect(f"/{office.service}/cases/{case_id}", 303)
