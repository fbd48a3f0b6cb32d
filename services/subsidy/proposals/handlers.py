"""Makes a draft claim out of an event; it waits until the person confirms it with an account."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.entitlements.rules import subject_of
from services.subsidy.proposals.model import Proposal
from services.subsidy.proposals.rules import form_of, matches
from shared.approvals.applicants import Party
from shared.approvals.applications import propose_case
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.contracts.events import make_event
from shared.kernel.errors import DomainError
from shared.messaging import outbox
from shared.procedures import Procedure

LOG = logging.getLogger(__name__)


def propose_claims(session: Session, office: CaseOffice, event: Mapping[str, Any]) -> list[Case]:
    """One draft for each scheme in force that this event proposes from; none the second time."""
    data = event["data"]
    cases = []
    for procedure in _proposing(office, event["type"], data):
        if _proposed(session, procedure, event):
            continue
        try:
            with session.begin_nested():
                cases.append(_proposed_from(session, office, procedure, event))
        except DomainError:  # a fault of one document keeps nothing else from being known
            LOG.exception("%s proposes nothing from %s", procedure.id, event["id"])
    return cases


def _proposed_from(
    session: Session, office: CaseOffice, procedure: Procedure, event: Mapping[str, Any]
) -> Case:
    case = _propose(session, office, procedure, event["data"])
    session.add(
        Proposal(
            procedure=procedure.id,
            event_type=event["type"],
            evidence=event["subject"],
            case_id=case.id,
            proposed_at_utc=office.clock.now(),
        )
    )
    _publish(session, office, case, procedure)
    return case


def _proposing(office: CaseOffice, event_type: str, data: Mapping[str, Any]) -> Iterator[Procedure]:
    named = {
        procedure.id
        for procedure in office.catalogue.all()
        if procedure.proposed_from and procedure.proposed_from["event"] == event_type
    }
    today, region = office.clock.today(), str(data.get("region") or "")
    for identifier in sorted(named):
        found = [
            procedure
            for procedure in office.catalogue.all()
            if procedure.id == identifier and procedure.in_force(today, region)
        ]
        if not found:
            continue
        procedure = office.catalogue.in_force(identifier, on=today, region=region)
        source = procedure.proposed_from
        if source and source["event"] == event_type and matches(source["where"], data):
            yield procedure


def _proposed(session: Session, procedure: Procedure, event: Mapping[str, Any]) -> bool:
    key = (procedure.id, event["type"], event["subject"])
    return session.get(Proposal, key) is not None


def _propose(
    session: Session, office: CaseOffice, procedure: Procedure, data: Mapping[str, Any]
) -> Case:
    source = procedure.proposed_from or {}
    person = data[source["person"]]
    name = data.get("holder_name") or ""
    employer = data.get("employer")
    party = Party(
        applicant_ref=person,
        applicant_name=name,
        subject_ref=person,
        subject_name=name,
        employer=employer,
        organisation=None,
    )
    return propose_case(session, office, procedure, party, form_of(source["fields"], data))


def _publish(session: Session, office: CaseOffice, case: Case, procedure: Procedure) -> None:
    """A proposal whose amount is not known yet is made, and not announced."""
    if not case.amount_fen:
        return
    facts = {**case.form, **office.effects.facts(session, case, procedure)}
    wanted = procedure.outcome.get("entitlement", {}).get("subject", ())
    event = make_event(
        "subsidy.claim_proposed.v1",
        subject=case.id,
        data={
            "case_id": case.id,
            "person_ref": case.subject_ref,
            "scheme": procedure.scheme,
            "subject": subject_of(facts, wanted, case.id),
            "amount_fen": case.amount_fen,
        },
        at=office.clock.now(),
    )
    outbox.publish(session, event, case_id=case.id)


def proposals_of(session: Session, person_ref: str) -> list[str]:
    """The cases that events have proposed to a person and that are drafts still."""
    return list(
        session.scalars(
            select(Case.id)
            .join(Proposal, Proposal.case_id == Case.id)
            .where(Case.applicant_ref == person_ref, Case.status == "draft")
            .order_by(Case.id)
        )
    )
