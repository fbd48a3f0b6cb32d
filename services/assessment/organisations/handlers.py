"""Files an assessment organisation, or renews its filing as a new version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assessment.organisations.model import FiledScope, Organisation, OrganisationFiling
from services.assessment.sittings.queries import open_sittings_of
from shared.approvals.office import CaseOffice
from shared.approvals.rechecking import recheck_cases
from shared.audit import record
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.credit_code import CreditCode
from shared.kernel.errors import DomainError, Errors, Forbidden
from shared.kernel.ids import new_id
from shared.kernel.occupation import parse_occupation
from shared.kernel.region import parse_region


class OutsideYourProvince(Forbidden):
    code = "outside_your_province"
    zh = "该机构的站点不在您的辖区省份内。"
    en = "The site of this organisation is outside the province of your office."


class PeriodReversed(DomainError):
    code = "period_reversed"
    zh = "备案有效期的截止日期早于起始日期。"
    en = "The filing would end before it begins."
    remedy_zh = "请核对备案文件上的日期。"
    remedy_en = "Compare the dates with the filing document."


@dataclass(frozen=True, slots=True)
class FileOrganisation:
    """A filing as the labour department decided it; see domain A2 and A3 for the parts."""

    code: str
    name: str
    region: str
    category: str
    organisation_code: str
    province: str
    site_serial: str
    valid_from: date
    valid_until: date
    document: str
    scope: Sequence[tuple[str, str]]  # (occupation, level)


def file_organisation(
    session: Session, office: CaseOffice, actor: Actor, command: FileOrganisation
) -> Organisation:
    """A first filing, or a renewal; the open sittings of the organisation are judged anew. A filing
    that is there, also one replaced since, changes nothing. Raises OutsideYourProvince, Errors, or
    InvalidCreditCode."""
    clock = office.clock
    _ensure_in_province(actor, command)
    code = CreditCode.parse(command.code, field="code").value
    scope = _checked(command)
    command = replace(
        command, region=parse_region(command.region)
    )  # of one abolished, its successor
    organisation = _locked(session, clock, code)
    if any(_same(each, command, scope) for each in organisation.filings):
        return organisation
    newest = organisation.newest
    organisation.changed_at_utc = clock.now()
    filing = OrganisationFiling(
        id=new_id(),
        filing_version=1 if newest is None else newest.filing_version + 1,
        name=command.name,
        region=command.region,
        category=command.category,
        number_code=command.organisation_code,
        province=command.province,
        site_serial=command.site_serial,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
        document=command.document,
        filed_by=actor.person_ref,
        filed_at_utc=clock.now(),
        scope=[FiledScope(occupation=occupation, level=level) for occupation, level in scope],
    )
    organisation.filings.append(filing)
    record(
        session,
        at=clock.now(),
        actor=actor,
        action="organisation_filed",
        case_id=None,
        facts={
            "organisation": code,
            "version": filing.filing_version,
            "until": str(command.valid_until),
        },
    )
    session.flush()
    recheck_cases(session, office, open_sittings_of(session, code), "filing_changed")
    return organisation


def _ensure_in_province(actor: Actor, command: FileOrganisation) -> None:
    offices = [each for each in actor.memberships if each.role == "centre.officer"]
    if not any((each.region or "")[:2] in (command.province, "00") for each in offices):
        raise OutsideYourProvince(field="province")


def _checked(command: FileOrganisation) -> list[tuple[str, str]]:
    errors: list[DomainError] = []
    if command.valid_until < command.valid_from:
        errors.append(PeriodReversed(field="valid_until"))
    scope = set()
    for number, (occupation, level) in enumerate(command.scope):
        try:
            scope.add((parse_occupation(occupation, field=f"scope.{number}.occupation"), level))
        except DomainError as error:
            errors.append(error)
    try:
        parse_region(command.region, field="region")
    except DomainError as error:
        errors.append(error)
    if errors:
        raise Errors(errors)
    return sorted(scope)


def _locked(session: Session, clock: Clock, code: str) -> Organisation:
    # Two first filings at once meet at the primary key; the second one then waits for the row.
    session.execute(
        insert(Organisation)
        .values(code=code, changed_at_utc=clock.now(), version=1)
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Organisation).where(Organisation.code == code).with_for_update()
    ).one()


def _same(
    filing: OrganisationFiling, command: FileOrganisation, scope: list[tuple[str, str]]
) -> bool:
    rule = filing.as_rule()
    return (
        (filing.name, filing.region, filing.document)
        == (command.name, command.region, command.document)
        and rule.category == command.category
        and rule.organisation_code == command.organisation_code
        and rule.province == command.province
        and rule.site_serial == command.site_serial
        and rule.valid_from == command.valid_from
        and rule.valid_until == command.valid_until
        and rule.scope == frozenset(scope)
    )
