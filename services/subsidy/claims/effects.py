"""What subsidy adds to a case: facts, funding when the case comes to its allocation, notice lines,
and what follows from its end."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.subsidy.claims.funding import fund_claim
from services.subsidy.claims.handlers import refuse_as_granted, release_claim
from services.subsidy.claims.payees import ensure_payee
from services.subsidy.claims.queries import INSURANCE_RECORD, facts_of_claim
from services.subsidy.claims.registry import InsuranceRegistry
from services.subsidy.claims.rules import ALLOCATION_STEP, FROM_THE_REGISTRY, facts_needed
from services.subsidy.contradictions.rules import Source
from services.subsidy.contradictions.weighing import weigh_findings
from services.subsidy.credentials.queries import occupation_names
from services.subsidy.entitlements.errors import AlreadyGranted
from services.subsidy.entitlements.handlers import live_entitlement
from services.subsidy.entitlements.model import EntitlementState
from services.subsidy.payments.handlers import money_is_under_way
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import Because, PlainEffects
from shared.approvals.step_model import CaseStep
from shared.contracts.events import make_event
from shared.kernel.actor import Actor
from shared.kernel.money import yuan
from shared.kernel.text import Text
from shared.messaging import outbox
from shared.notices.model import NoticeRow
from shared.procedures import Finding, Procedure, Step

_NOTHING_TO_PAY = Text(
    "各环节已办完，但没有补贴资格和款项，不能办结。请由人社局负责人查明后终止，或更正办法文件。",
    "Every step is done, but there is no entitlement and no payment, so it is not approved. A "
    "leader of the bureau may end the claim; the scheme's document needs mending.",
)


class ClaimEffects(PlainEffects):
    """Nothing is reserved before the offices have agreed: only the allocation step reserves."""

    external_steps: Mapping[str, bool] = {ALLOCATION_STEP: False}
    judged_after_approval = True

    def __init__(self, registry: InsuranceRegistry) -> None:
        self._registry = registry
        self._needed: dict[str, frozenset[str]] = {}  # by the document's digest

    def facts(self, session: Session, case: Case, procedure: Procedure) -> Mapping[str, Any]:
        needed = self._needed_by(procedure)
        return facts_of_claim(session, self.office, case, procedure, needed)

    def asks_registries(self, procedure: Procedure) -> bool:
        return bool(FROM_THE_REGISTRY & self._needed_by(procedure))

    def external_facts(self, case_id: str, subject_ref: str) -> Mapping[str, Any]:
        return {INSURANCE_RECORD: self._registry.record_of(subject_ref)}

    def amended(self, session: Session, case: Case, procedure: Procedure) -> None:
        if case.status != CaseStatus.DRAFT:  # a draft may name its payee later
            ensure_payee(case, procedure)

    def submitted(self, session: Session, case: Case, procedure: Procedure) -> None:
        ensure_payee(case, procedure)

    def step_opened(
        self, session: Session, case: Case, procedure: Procedure, step: Step, opened: CaseStep
    ) -> None:
        if step.key != ALLOCATION_STEP:
            return
        try:
            fund_claim(session, self.office, case, procedure, step)
        except AlreadyGranted as error:
            refuse_as_granted(session, self.office, case, procedure, error)

    def notice_rows(
        self, session: Session, case: Case, procedure: Procedure, step: Step
    ) -> list[NoticeRow]:
        facts = {**case.form, **self.facts(session, case, procedure)}
        employer = self.office.directory.organisation(case.employer) if case.employer else None
        names = occupation_names(session, [str(facts.get("certificate_no"))])
        values = {
            **facts,
            "occupation": next(iter(names.values()), facts.get("occupation")),
            "name": case.subject_name,
            "employer": employer.name.zh if employer else case.employer,
            "amount": None if case.amount_fen is None else yuan(case.amount_fen),
            "procedure": procedure.title.zh,
            "region": case.region,
            "date": self.office.clock.today().isoformat(),
        }
        return [NoticeRow(subject=case.subject_ref, values=values)]

    def rejudged(
        self, session: Session, case: Case, findings: Sequence[Finding], because: Because, by: Actor
    ) -> None:
        weigh_findings(session, self.office.clock, case, findings, Source(because), by)

    def is_irrevocable(self, session: Session, case: Case) -> bool:
        return money_is_under_way(session, case.id)

    def lacks_for_approval(self, session: Session, case: Case, procedure: Procedure) -> Text | None:
        if "entitlement" not in procedure.outcome or live_entitlement(session, case.id) is not None:
            return None
        return _NOTHING_TO_PAY

    def closed(self, session: Session, case: Case, procedure: Procedure) -> None:
        if case.status == CaseStatus.APPROVED:
            self._grant(session, case)
        else:
            release_claim(session, self.office, case.id, case.outcome_reason or str(case.status))

    def _needed_by(self, procedure: Procedure) -> frozenset[str]:
        found = self._needed.get(procedure.digest)
        if found is None:
            found = frozenset(facts_needed(procedure, self.office.catalogue.rules))
            self._needed[procedure.digest] = found
        return found

    def _grant(self, session: Session, case: Case) -> None:
        entitlement = live_entitlement(session, case.id)
        if entitlement is None or entitlement.state == EntitlementState.GRANTED:
            return
        entitlement.grant(self.office.clock.today())
        event = make_event(
            "subsidy.entitlement_granted.v1",
            subject=entitlement.id,
            data={
                "entitlement_id": entitlement.id,
                "case_id": case.id,
                "person_ref": entitlement.person_ref,
                "scheme": entitlement.scheme,
                "subject": entitlement.subject,
                "amount_fen": entitlement.amount_fen,
            },
            at=self.office.clock.now(),
        )
        outbox.publish(session, event, case_id=case.id)
