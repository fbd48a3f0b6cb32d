"""What lists and checks read of the organisations."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.assessment.organisations.model import Organisation, OrganisationFiling
from services.assessment.organisations.rules import ensure_in_scope, filing_in_force
from shared.kernel.errors import NotFound


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"
    zh = "没有代码为 {organisation} 的评价机构。"
    en = "There is no assessment organisation {organisation}."


def organisation_by_code(session: Session, code: str) -> Organisation:
    """With its filings and their scopes; raises OrganisationNotFound."""
    found = session.scalars(
        select(Organisation)
        .where(Organisation.code == code)
        .options(selectinload(Organisation.filings).selectinload(OrganisationFiling.scope))
    ).one_or_none()
    if found is None:
        raise OrganisationNotFound(field="organisation", organisation=code)
    return found


def organisations_after(session: Session, after: str | None, limit: int) -> Sequence[Organisation]:
    """In the order of their codes, one more than `limit`."""
    query = (
        select(Organisation)
        .options(selectinload(Organisation.filings).selectinload(OrganisationFiling.scope))
        .order_by(Organisation.code)
        .limit(limit + 1)
    )
    return session.scalars(query.where(Organisation.code > after) if after else query).all()


def filing_for(
    organisation: Organisation, occupation: str, level: str, on: date
) -> OrganisationFiling:
    """The filing under which it may assess; raises OrganisationNotFiled or OutOfScope."""
    rule = ensure_in_scope([each.as_rule() for each in organisation.filings], occupation, level, on)
    return next(each for each in organisation.filings if each.filing_version == rule.version)


def shown(organisation: Organisation, on: date) -> dict[str, object]:
    """An organisation as it is shown: the filing in force on the day, the newest where none is;
    scopes by occupation."""
    rule = filing_in_force([each.as_rule() for each in organisation.filings], on)
    filing = organisation.newest
    if filing is None:
        raise OrganisationNotFound(organisation=organisation.code)
    if rule is not None:
        filing = next(each for each in organisation.filings if each.filing_version == rule.version)
    levels: dict[str, list[str]] = {}
    for each in filing.scope:
        levels.setdefault(each.occupation, []).append(each.level)
    return {
        "code": organisation.code,
        "name": filing.name,
        "region": filing.region,
        "version": filing.filing_version,
        "category": filing.category,
        "organisation_code": filing.number_code,
        "province": filing.province,
        "site_serial": filing.site_serial,
        "valid_from": filing.valid_from,
        "valid_until": filing.valid_until,
        "document": filing.document,
        "scope": [
            {"occupation": occupation, "levels": sorted(those, reverse=True)}
            for occupation, those in sorted(levels.items())
        ],
    }
