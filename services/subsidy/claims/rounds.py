"""Giving out money that has come, in the background: a chore of the relay. Whatever made money
available (an appropriation, a release, a new year), what is left to do is read from the database
at each turn: a kill loses nothing, and nobody need be told."""

import logging
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.subsidy.claims.errors import FundingFailed
from services.subsidy.claims.funding import Claim, fund_claims
from services.subsidy.claims.handlers import refuse_as_granted
from services.subsidy.claims.model import ClaimFunding, FundingRound, FundingState
from services.subsidy.claims.queue import next_in_line
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.kernel.ids import new_id
from shared.messaging import outbox
from shared.messaging.failures import describe

log = logging.getLogger(__name__)
AT_ONCE = 200


def fund_next(session: Session, office: CaseOffice, at_once: int = AT_ONCE) -> bool:
    """Fund the next claims in line; whether more may follow at once."""
    clock = office.clock
    line = next_in_line(session, now=clock.now(), year=clock.today().year, count=at_once)
    current = session.scalars(
        select(FundingRound).where(FundingRound.closed_at_utc.is_(None)).with_for_update()
    ).first()
    if not line:
        if current is not None:
            current.close(clock.now())
        return False
    settled = _fund(session, office, line)
    funded = [each for each in settled if each.state == FundingState.FUNDED]
    if funded:
        if current is None:
            current = FundingRound(
                id=new_id(), opened_at_utc=clock.now(), funded_count=0, funded_fen=0
            )
            session.add(current)
        current.add(len(funded), sum(each.amount_fen or 0 for each in funded))
    return bool(settled)


def _fund(session: Session, office: CaseOffice, line: Sequence[str]) -> list[ClaimFunding]:
    """All at once; where that fails by a fault of ours, one by one, so that one claim keeps no
    other from its money. Answers those that do not stand where they stood."""
    try:
        with session.begin_nested():
            return _fund_together(session, office, line)
    except OperationalError:  # a lock or the database: tried again at the next turn
        raise
    except Exception as error:
        if len(line) > 1:
            return [each for case_id in line for each in _fund(session, office, [case_id])]
        log.error("claim %s could not be funded: %s", line[0], describe(error))
        failed = [funding for _, funding in _locked(session, line)]
        for funding in failed:
            funding.wait(office.clock.now(), FundingFailed(case=line[0]))
        return failed


def _fund_together(session: Session, office: CaseOffice, line: Sequence[str]) -> list[ClaimFunding]:
    claims = [
        Claim(case, procedure_of(session, office, case), funding)
        for case, funding in _locked(session, line)
    ]
    before = {claim.case.id: claim.funding.problem_code for claim in claims}
    for case_id, error in fund_claims(session, office, claims).items():
        [claim] = [each for each in claims if each.case.id == case_id]
        refuse_as_granted(session, office, claim.case, claim.procedure, error)
        outbox.signal_workflow(session, case_id=case_id)
    session.flush()
    return [
        claim.funding
        for claim in claims
        if claim.funding.state != FundingState.WAITING
        or claim.funding.problem_code != before[claim.case.id]
    ]


def _locked(session: Session, line: Sequence[str]) -> list[tuple[Case, ClaimFunding]]:
    """In the order of the line, locked in the order of their ids; without those that have gone on
    meanwhile."""
    cases = {
        case.id: case
        for case in session.scalars(
            select(Case)
            .where(Case.id.in_(line))
            .order_by(Case.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    fundings = {
        funding.case_id: funding
        for funding in session.scalars(
            select(ClaimFunding)
            .where(ClaimFunding.case_id.in_(line), ClaimFunding.state == FundingState.WAITING)
            .execution_options(populate_existing=True)
        )
    }
    return [
        (cases[case_id], fundings[case_id])
        for case_id in line
        if case_id in fundings and cases[case_id].status == CaseStatus.IN_PROGRESS
    ]
