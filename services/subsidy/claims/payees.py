"""Who may be paid: the person whom the case is about, never an officer in the place of a firm."""

from services.subsidy.claims.errors import OfficerIsNotThePayee
from shared.approvals.model import Case
from shared.procedures import Procedure


def ensure_payee(case: Case, procedure: Procedure) -> None:
    """`organisation` is set where an officer applies by office. Raises OfficerIsNotThePayee."""
    if "entitlement" not in procedure.outcome:
        return
    if case.organisation is not None and case.subject_ref == case.applicant_ref:
        raise OfficerIsNotThePayee(field="identity_number")
