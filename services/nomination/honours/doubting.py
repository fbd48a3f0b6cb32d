"""An honour that rests on what was taken back since stands, in doubt, until its office decides."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.nomination.honours.model import HonourStatus
from services.nomination.honours.queries import honour_of_case
from services.nomination.honours.rules import REVOKERS
from shared.approvals.model import Case
from shared.approvals.queries import findings_of
from shared.doubts import Doubted, Settlers, lift_doubts, raise_doubts
from shared.kernel.clock import Clock
from shared.procedures import Finding

SETTLERS = Settlers(*REVOKERS)


def weigh_findings(session: Session, clock: Clock, case: Case, findings: Sequence[Finding]) -> None:
    """A condition that was met when the case ended and is not met now speaks against the honour;
    one that is met again no longer does."""
    honour = honour_of_case(session, case.id)
    if honour is None or honour.status == HonourStatus.REVOKED:
        return
    at_the_end = {row.number: row.passed for row in findings_of(session, case.id)}
    numbered = [(f"{n} {each.rule}", n, each) for n, each in enumerate(findings, start=1)]
    lift_doubts(
        session, clock, honour.honour_no, [cause for cause, _, each in numbered if each.passed]
    )
    raise_doubts(
        session,
        clock,
        [
            Doubted(
                number=honour.honour_no,
                case_id=case.id,
                person_ref=honour.person_ref,
                region=honour.region,
                cause=cause,
                zh=each.zh,
                en=each.en,
            )
            for cause, n, each in numbered
            if each.passed is False and at_the_end.get(n) is True
        ],
    )
