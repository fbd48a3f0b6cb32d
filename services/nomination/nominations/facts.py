"""The facts that nomination supplies for the rules of its cases (shared/procedures/README.md)."""

from typing import Any

from sqlalchemy.orm import Session

from services.nomination.honours.model import Honour
from services.nomination.honours.queries import honour_facts, honours_of
from services.nomination.merits.queries import (
    certificate,
    certificate_facts,
    certificates_of,
    place_facts,
    places_of,
    status_of,
)
from services.nomination.nominations.queries import department_opinions, opinions_are_in
from services.nomination.nominations.rules import vetoes_of
from shared.approvals.model import Case
from shared.procedures import Procedure


def facts_of_nomination(session: Session, case: Case, procedure: Procedure) -> dict[str, Any]:
    person = case.subject_ref
    honours = [each for each in honours_of(session, person) if _known_at(case, each)]
    facts: dict[str, Any] = {
        "certificates": certificate_facts(certificates_of(session, person)),
        "competition_results": place_facts(places_of(session, person)),
        "honours": honour_facts(honours),
        **_named_certificate(session, case, procedure),
    }
    if opinions_are_in(session, case.id, procedure):
        facts["employer_vetoes"] = vetoes_of(department_opinions(session, case.id))
    return facts


def _known_at(case: Case, honour: Honour) -> bool:
    """Another honour than the case's own; of a case that has ended, none that came after."""
    ended = case.closed_at_utc
    return honour.case_id != case.id and (ended is None or honour.conferred_at_utc <= ended)


def _named_certificate(session: Session, case: Case, procedure: Procedure) -> dict[str, Any]:
    """What is known of the certificate that the form names; nothing where it names none."""
    field = next((each for each in procedure.form if each.type == "certificate_no"), None)
    number = case.form.get(field.name) if field is not None else None
    if not number:
        return {}
    held = certificate(session, str(number))
    if held is None:
        return {"certificate_no": number, "certificate_status": "not_found"}
    if held.person_ref != case.subject_ref:
        return {"certificate_no": number, "certificate_status": "other_holder"}
    return {
        "certificate_no": held.certificate_no,
        "certificate_status": status_of(held),
        "certificate_issued_on": held.issued_on,
        "occupation": held.occupation,
        "level": held.level,
    }
