"""What an officer has to confirm; changes nothing."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from services.subsidy.claims.model import ClaimFunding
from services.subsidy.repairs.handlers import OFFICER
from services.subsidy.repairs.model import PaymentRepair, RepairState
from shared.approvals.model import Case
from shared.identity.reach import within
from shared.kernel.actor import Actor


def repairs_that_wait(
    session: Session, actor: Actor, *, after: str | None, limit: int
) -> Sequence[Row[PaymentRepair, str]]:
    """Accounts that nobody has decided yet, with the region, of the actor's regions and not the
    actor's own, the oldest first; one more than `limit`."""
    region = func.coalesce(ClaimFunding.region, Case.region)
    query = (
        select(PaymentRepair, region)
        .join(Case, Case.id == PaymentRepair.case_id)
        .outerjoin(ClaimFunding, ClaimFunding.case_id == Case.id)
        .where(
            PaymentRepair.state == RepairState.PROPOSED,
            PaymentRepair.proposed_by != actor.person_ref,
            within(actor, [OFFICER], region),
        )
        .order_by(PaymentRepair.id)
        .limit(limit + 1)
    )
    return session.execute(query if after is None else query.where(PaymentRepair.id > after)).all()
