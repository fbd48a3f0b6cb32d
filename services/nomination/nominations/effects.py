"""What nomination adds to a case: one nomination a person and programme at a time, the facts for
its rules, the line in the notices, and the honour at its end."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.nomination.honours.doubting import weigh_findings
from services.nomination.honours.handlers import Recipient, confer_honour
from services.nomination.honours.rules import honour_terms
from services.nomination.merits.queries import certificates_of
from services.nomination.nominations.errors import NominationUnderWay
from services.nomination.nominations.facts import facts_of_nomination
from services.nomination.nominations.model import OpenNomination
from services.nomination.nominations.queries import decided_score
from services.nomination.nominations.telling import TELLS
from shared.approvals.findings import evaluate_case
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import Because, PlainEffects
from shared.approvals.step_model import CaseStep
from shared.approvals.telling import Teller
from shared.kernel.actor import Actor
from shared.kernel.occupation import occupation_name
from shared.kernel.text import Text
from shared.notices.model import NoticeRow
from shared.procedures import Finding, Procedure, Step
from shared.procedures.facts import as_whole


class NominationEffects(PlainEffects):
    """The composition root sets `office` once it is made: each needs the other."""

    tells: Mapping[str, Teller] = TELLS
    judged_after_approval = True

    def facts(self, session: Session, case: Case, procedure: Procedure) -> Mapping[str, Any]:
        return facts_of_nomination(session, case, procedure)

    def submitted(self, session: Session, case: Case, procedure: Procedure) -> None:
        """Raises NominationUnderWay when another case has this person for this programme."""
        statement = (
            insert(OpenNomination)
            .values(person_ref=case.subject_ref, programme=procedure.id, case_id=case.id)
            .on_conflict_do_nothing()
            .returning(OpenNomination.case_id)
        )
        if session.execute(statement).one_or_none() is None:
            raise NominationUnderWay(programme=procedure.title)

    def amended(self, session: Session, case: Case, procedure: Procedure) -> None:
        """About another person now: it takes their place, if that is free."""
        held = select(OpenNomination).where(OpenNomination.case_id == case.id)
        row = session.scalars(held).one_or_none()
        if row is not None and row.person_ref != case.subject_ref:
            session.delete(row)
            session.flush()
            self.submitted(session, case, procedure)

    def step_opened(
        self, session: Session, case: Case, procedure: Procedure, step: Step, opened: CaseStep
    ) -> None:
        """What the departments said is a fact from the next step on."""
        before = procedure.steps[: procedure.steps.index(step)]
        if any(each.kind == "opinions" for each in before):
            evaluate_case(session, self.office, case, procedure)

    def notice_rows(
        self, session: Session, case: Case, procedure: Procedure, step: Step
    ) -> list[NoticeRow]:
        values = {**case.form, **self._shown(session, case, procedure)}
        return [NoticeRow(subject=case.subject_ref, values=values)]

    def objection_settled(self, session: Session, case: Case, subject: str, outcome: str) -> None:
        """An upheld objection ends the case in approvals, which comes back as `closed`."""

    def rejudged(
        self, session: Session, case: Case, findings: Sequence[Finding], because: Because, by: Actor
    ) -> None:
        if case.status == CaseStatus.APPROVED:
            weigh_findings(session, self.office.clock, case, findings)

    def closed(self, session: Session, case: Case, procedure: Procedure) -> None:
        session.execute(delete(OpenNomination).where(OpenNomination.case_id == case.id))
        terms = honour_terms(procedure)
        if case.status != CaseStatus.APPROVED or terms is None:
            return
        recipient = Recipient(
            case_id=case.id,
            region=case.region,
            person_ref=case.subject_ref,
            name=case.subject_name,
            employer=case.employer,
            employer_name=self._employer(case),
        )
        confer_honour(session, recipient, procedure, terms, clock=self.office.clock)

    def _shown(self, session: Session, case: Case, procedure: Procedure) -> dict[str, Any]:
        """What the notice may pick from; it turns codes into words, and leaves out what is None."""
        facts = {**case.form, **facts_of_nomination(session, case, procedure)}
        terms = honour_terms(procedure)
        occupation, level = facts.get("occupation"), as_whole(facts.get("level"))
        employer = self._employer(case)
        highest = max(
            certificates_of(session, case.subject_ref), key=lambda one: -one.level, default=None
        )
        if highest is not None:
            occupation, level = occupation or highest.occupation, level or highest.level
        return {
            "name": case.subject_name,
            "employer": employer,
            "unit": employer,
            "occupation": occupation,
            "occupation_name": _named_occupation(occupation),
            "level": level,
            "region": case.region,
            "programme": _said(procedure.title),
            "honour": _said(terms.title) if terms else None,
            "title": _said(terms.title if terms else procedure.title),
            "score": decided_score(session, case.id),
        }

    def _employer(self, case: Case) -> str | None:
        known = self.office.directory.organisation(case.employer) if case.employer else None
        return known.name.zh if known is not None else case.employer


def _named_occupation(code: Any) -> dict[str, str] | None:
    if not code:
        return None
    return {lang: occupation_name(str(code), lang) for lang in ("zh", "en")}


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
