"""Whether anybody has decided a case. A step that was passed over, or ended by its clock,
decides nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import CaseStep, StepStatus
from shared.kernel.text import Text
from shared.procedures.model import DECIDING

_AGREES_TO_NOTHING = ("silence", "return", "reject")
_BY_NOBODY = Text(
    "没有人对本办件作出决定：文件中作出决定的步骤都不适用于它，或到期无人答复；无人决定的办件不能"
    "通过。请撤回，待规则文件改正后重新申报。",
    "Nobody has decided this case: none of the document's deciding steps applied to it, or none "
    "was answered in time, and a case is not approved by nobody. Withdraw it, and apply again once "
    "the document is mended.",
)


def lacks_a_decision(session: Session, office: CaseOffice, case: Case) -> Text | None:
    """Why the case may not be approved, nor its money set out; None where somebody decided it, and
    where the money is on its way already."""
    if _is_decided(session, case) or office.effects.is_irrevocable(session, case):
        return None
    return _BY_NOBODY


def _is_decided(session: Session, case: Case) -> bool:
    agreed = select(CaseStep.id).where(
        CaseStep.case_id == case.id,
        CaseStep.kind.in_(DECIDING),
        CaseStep.status == StepStatus.COMPLETED,
        CaseStep.outcome.not_in(_AGREES_TO_NOTHING),
    )
    return session.scalars(agreed.limit(1)).first() is not None
