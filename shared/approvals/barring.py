"""Which finding stands against carrying a case forward: the one place that says so. People are
told (409); where a clock ends a step, a failed finding refuses the case, an unknown one waits."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.approvals.errors import FindingNotMet, FindingUnknown
from shared.approvals.findings import evaluate_case, facts_of
from shared.approvals.judging import Judgement, outcomes_of
from shared.approvals.model import Case, CaseFinding
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.kernel.text import Text
from shared.procedures import Finding, Procedure, Step, step_applies

AGREES = ("approve", "confirm", "silence")
DECIDES = ("decide", "meeting")


def finding_against(
    session: Session, case: Case, *, unknown_too: bool = True
) -> CaseFinding | None:
    """The first that failed, else the first that is not known."""
    bars = CaseFinding.passed.is_not(True) if unknown_too else CaseFinding.passed.is_(False)
    return session.scalars(
        select(CaseFinding)
        .where(CaseFinding.case_id == case.id, bars)
        .order_by(CaseFinding.passed.is_(None), CaseFinding.number)
        .limit(1)
    ).first()


def findings_against(session: Session, case_ids: Sequence[str]) -> dict[str, CaseFinding]:
    """The same of many cases, by their id."""
    rows = session.scalars(
        select(CaseFinding)
        .where(CaseFinding.case_id.in_(case_ids), CaseFinding.passed.is_not(True))
        .order_by(CaseFinding.passed.is_(None).desc(), CaseFinding.number.desc())
    )
    return {row.case_id: row for row in rows}


def bar(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    judgement: Judgement,
) -> CaseFinding | None:
    """The finding that `judgement` of the step may not stand against; None where it may. Who may
    refuse answers for eligibility, and so does the last step, whatever it may answer, by what is
    so at that moment. Before the last, what is still to be asked of the departments may be
    unknown."""
    if judgement.follows != "continue":
        return None
    if is_last(session, office, case, procedure, step):
        if not office.effects.is_irrevocable(session, case):
            evaluate_case(session, office, case, procedure)
        return finding_against(session, case)
    if step.kind not in DECIDES or "reject" not in outcomes_of(step):
        return None
    if judgement.outcome not in AGREES:
        return None
    ahead = procedure.steps[procedure.steps.index(step) + 1 :]
    asked_later = any(each.kind == "opinions" for each in ahead)
    return finding_against(session, case, unknown_too=not asked_later)


def ensure_nothing_bars(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    judgement: Judgement,
) -> None:
    """Raises FindingNotMet or FindingUnknown, with the rule."""
    found = bar(session, office, case, procedure, step, judgement)
    if found is not None:
        raise refused_for(found)


def ensure_all_met(session: Session, case: Case) -> None:
    """Before what the findings rest on is fixed for good: a case that they bar could neither go on
    nor be mended then. Raises FindingNotMet or FindingUnknown, with the rule."""
    found = finding_against(session, case)
    if found is not None:
        raise refused_for(found)


def refused_for(found: CaseFinding | Finding) -> DomainError:
    error = FindingUnknown if found.passed is None else FindingNotMet
    return error(rule=found.rule, why=Text(found.zh, found.en))


def held_by(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> CaseFinding | None:
    """The finding for which a case waits once this step is done; None where it goes on."""
    if is_last_chance(session, office, case, procedure, step):
        return finding_against(session, case)
    return None


def refusal(found: CaseFinding, outcome: str) -> Judgement:
    """A clock that ends a step against a failed finding refuses the case for its reason."""
    return Judgement("reject", outcome, reason_of(found))


def reason_of(found: CaseFinding) -> str:
    return f"条件未满足：{found.zh} / A condition is not met: {found.en}"


def is_last(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> bool:
    """Whether the case is approved once the step is done: no step after it applies."""
    ahead = procedure.steps[procedure.steps.index(step) + 1 :]
    if any(each.when is None for each in ahead):
        return False
    facts = facts_of(session, office, case, procedure) if ahead else {}
    rules = office.catalogue.rules
    return all(step_applies(procedure, each, facts, rules) is False for each in ahead)


def is_last_chance(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step | None
) -> bool:
    """Whether the case, once the step is done (None: from its beginning), is approved or can no
    longer be taken back."""
    done = 0 if step is None else procedure.steps.index(step) + 1
    ahead = procedure.steps[done:]
    if ahead and ahead[0].when is None:
        return is_point_of_no_return(ahead[0])
    facts = facts_of(session, office, case, procedure) if ahead else {}
    rules = office.catalogue.rules
    applying = (s for s in ahead if step_applies(procedure, s, facts, rules) is not False)
    following = next(applying, None)
    return following is None or is_point_of_no_return(following)


def is_point_of_no_return(step: Step) -> bool:
    """From where a case cannot be taken back (money on its way): what bars it does so before."""
    return not step.settings.get("withdrawable", True)


def refuses_in_vain(session: Session, office: CaseOffice, case: Case, judgement: Judgement) -> bool:
    """A clock may not refuse a case whose money is on its way: the step stays with its office."""
    return judgement.follows == "reject" and office.effects.is_irrevocable(session, case)
