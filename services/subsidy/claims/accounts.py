"""The account of a claim: the field of its form that asks for it."""

from services.subsidy.claims.errors import AccountMissing
from shared.approvals.model import Case
from shared.procedures import Procedure


def account_field(procedure: Procedure) -> str:
    """The name of the form's first account; `account` where it asks for none."""
    found = (field.name for field in procedure.form if field.type == "bank_account")
    return next(found, "account")


def given_account(case: Case, procedure: Procedure) -> str | None:
    value = (case.personal or {}).get(account_field(procedure))
    return None if not value else str(value)


def account_of(case: Case, procedure: Procedure) -> str:
    """Raises AccountMissing."""
    account = given_account(case, procedure)
    if account is None:
        raise AccountMissing(case=case.id)
    return account


def keep_account(case: Case, field: str, account: str) -> None:
    case.personal = {**(case.personal or {}), field: account}
