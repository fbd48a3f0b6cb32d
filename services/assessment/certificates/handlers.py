"""Issues certificates in a batch, revokes one. The serials come from a locked counter row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.assessment.certificates.doubting import doubt_what_rests_on
from services.assessment.certificates.model import Certificate, CertificateCounter
from services.assessment.certificates.queries import CertificateNotFound
from services.assessment.certificates.rules import number_for
from services.assessment.organisations.model import OrganisationFiling
from services.assessment.sittings.errors import ReasonMissing
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.previous import open_sittings_naming
from shared.approvals.errors import OwnCase
from shared.approvals.loading import locked_case
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.rechecking import recheck_cases
from shared.audit import record
from shared.contracts.events import make_event
from shared.doubts import settle_doubts
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.characters import read_name
from shared.kernel.clock import Clock, shanghai_date
from shared.kernel.errors import Forbidden
from shared.kernel.occupation import occupation_name
from shared.messaging.outbox import publish, publish_many

ISSUED = "assessment.certificate_issued.v1"
REISSUED = "assessment.certificate_reissued.v1"
REVOKED = "assessment.certificate_revoked.v1"


class NotYourCertificate(Forbidden):
    code = "not_your_certificate"
    zh = "该证书的评价批次不在您的辖区内。"
    en = "The sitting of this certificate is outside the region of your office."


def issue_certificates(
    session: Session, sitting: Sitting, candidates: Sequence[Candidate], at: datetime
) -> list[str]:
    """Numbers in the order of the candidates, with their events; who has one gets no second. `at`
    is the business time of the act. The caller has locked the case and bumps its version
    (decision 1). Raises SerialsExhausted."""
    having = set(
        session.scalars(
            select(Certificate.candidate_id).where(Certificate.sitting_id == sitting.case_id)
        )
    )
    due = [each for each in candidates if each.id not in having]
    if not due:
        return []
    filing = session.get_one(OrganisationFiling, sitting.filing_id).as_rule()
    year = shanghai_date(at).year
    first = _take_serials(session, filing.site, year, sitting.level, len(due))
    numbers = [
        str(number_for(filing.site, year, sitting.level, first + at)) for at in range(len(due))
    ]
    rows = [
        _row(sitting, candidate, number, at) for candidate, number in zip(due, numbers, strict=True)
    ]
    session.execute(insert(Certificate), rows)
    publish_many(
        session,
        [
            (
                make_event(ISSUED, subject=row["number"], data=_event_data(row), at=at),
                sitting.case_id,
            )
            for row in rows
        ],
    )
    record(
        session,
        at=at,
        actor=SYSTEM,
        action="certificates_issued",
        case_id=sitting.case_id,
        facts={"count": len(rows), "first": numbers[0], "last": numbers[-1]},
    )
    return numbers


def revoke_certificate(
    session: Session, office: CaseOffice, number: str, reason: str, by: Actor
) -> Certificate:
    """By an assessment centre whose province issued it; the open sittings in which it was named are
    judged anew, and certificates that rest on it come into doubt. Raises AlreadyRevoked, OwnCase,
    ReasonMissing."""
    case, certificate = _in_charge(session, number, by)
    _ensure_stated(reason)
    clock = office.clock
    certificate.revoke(reason.strip(), clock.now())
    _note(session, clock, certificate, "certificate_revoked", reason, by)
    case.touch(clock.now())
    publish(session, _revocation(certificate, clock), case_id=case.id)
    session.flush()
    named_in = open_sittings_naming(session, certificate.number)
    recheck_cases(session, office, named_in, "credential_taken_back")
    doubt_what_rests_on(session, office, certificate)
    settle_doubts(session, clock, certificate.number, reason, by)
    return certificate


def reissue_certificate(
    session: Session, clock: Clock, number: str, holder_name: str, reason: str, by: Actor
) -> Certificate:
    """A misspelt name is mended: the certificate is issued anew under its number, and whoever has a
    copy is told. Raises AlreadyRevoked, NameUnchanged, OwnCase, ReasonMissing, UnusableCharacter.
    """
    name = read_name(holder_name, field="holder_name")
    case, certificate = _in_charge(session, number, by)
    _ensure_stated(reason)
    reissue = certificate.reissue(name, by, clock.today(), reason.strip())
    session.add(reissue)
    session.flush()
    certificate.follow(reissue)
    _note(session, clock, certificate, "certificate_reissued", reason, by)
    case.touch(clock.now())
    event = make_event(
        REISSUED,
        subject=certificate.number,
        data={
            "certificate_no": certificate.number,
            "person_ref": certificate.person_ref,
            "holder_name": name,
            "reissued_on": clock.today(),
            "sitting_id": certificate.sitting_id,
        },
        at=clock.now(),
    )
    publish(session, event, case_id=case.id)
    return certificate


def _in_charge(session: Session, number: str, by: Actor) -> tuple[Case, Certificate]:
    """Both rows locked, for an assessment centre of the certificate's province; nobody is in charge
    of their own. Raises CertificateNotFound, NotYourCertificate, OwnCase."""
    certificate = session.get(Certificate, number)
    if certificate is None:
        raise CertificateNotFound(number=number)
    case = locked_case(session, certificate.sitting_id)
    session.refresh(certificate, with_for_update=True)
    if not is_in_charge(by, certificate.region):
        raise NotYourCertificate()
    if certificate.person_ref == by.person_ref:
        raise OwnCase(case=certificate.sitting_id)
    return case, certificate


def is_in_charge(by: Actor, region: str) -> bool:
    """Whether they belong to an assessment centre of the province, or the nation's."""
    offices = [each.region or "" for each in by.memberships if each.role == "centre.officer"]
    return any(region[:2] == office[:2] or office == "000000" for office in offices)


def _ensure_stated(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(field="reason")


def _note(
    session: Session, clock: Clock, certificate: Certificate, action: str, reason: str, by: Actor
) -> None:
    record(
        session,
        at=clock.now(),
        actor=by,
        action=action,
        case_id=certificate.sitting_id,
        facts={"certificate": certificate.number},
        reason=reason.strip(),
    )


def _revocation(certificate: Certificate, clock: Clock) -> dict[str, Any]:
    return make_event(
        REVOKED,
        subject=certificate.number,
        data={
            "certificate_no": certificate.number,
            "person_ref": certificate.person_ref,
            "revoked_on": clock.today(),
            "sitting_id": certificate.sitting_id,
        },
        at=clock.now(),
    )


def _take_serials(session: Session, site: str, year: int, level: str, count: int) -> int:
    """The first of `count` serials. The counter's row stays locked until the commit, so a batch
    that fails gives its numbers back and no two batches meet."""
    session.execute(
        upsert(CertificateCounter)
        .values(site=site, year=year, level=level, last_serial=0)
        .on_conflict_do_nothing()
    )
    counter = session.scalars(
        select(CertificateCounter)
        .where(
            CertificateCounter.site == site,
            CertificateCounter.year == year,
            CertificateCounter.level == level,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    first = counter.last_serial + 1
    number_for(site, year, level, counter.last_serial + count)
    counter.last_serial += count
    session.flush()
    return first


def _row(sitting: Sitting, candidate: Candidate, number: str, at: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "candidate_id": candidate.id,
        "sitting_id": sitting.case_id,
        "person_ref": candidate.person_ref,
        "holder_name": candidate.name,
        "occupation": sitting.occupation,
        "occupation_name": occupation_name(sitting.occupation, "zh"),
        "level": sitting.level,
        "organisation": sitting.organisation,
        "organisation_name": sitting.organisation_name,
        "employer": sitting.employer,
        "employer_name": sitting.employer_name,
        "region": sitting.region,
        "issued_on": shanghai_date(at),
        "issued_at_utc": at,
        "state": "valid",
    }


def _event_data(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "certificate_no": row["number"],
        "level": int(row["level"]),
        **{
            key: row[key]
            for key in (
                "person_ref",
                "holder_name",
                "occupation",
                "occupation_name",
                "issued_on",
                "organisation",
                "organisation_name",
                "employer",
                "employer_name",
                "region",
                "sitting_id",
            )
        },
    }
