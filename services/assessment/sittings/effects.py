"""What an assessment adds to a case: its facts, the rows of the notice, certificates at its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assessment.certificates.handlers import issue_certificates
from services.assessment.organisations.model import Organisation, OrganisationFiling
from services.assessment.organisations.queries import filing_for
from services.assessment.organisations.rules import ensure_own_staff
from services.assessment.scoring.handlers import scores_of
from services.assessment.scoring.rules import SCORES_LOCKED, check_staffing, is_passed
from services.assessment.sittings.errors import FixedByRoster, RosterMissing
from services.assessment.sittings.findings import row_findings
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.previous import lost_ground
from services.assessment.sittings.standard import Standard
from services.assessment.sittings.telling import TELLS
from shared.approvals.findings import applied_on
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import PlainEffects
from shared.approvals.step_model import CaseStep
from shared.approvals.telling import Teller
from shared.kernel.clock import shanghai_date
from shared.kernel.errors import DomainError, Errors
from shared.kernel.occupation import occupation_name
from shared.kernel.text import Text
from shared.notices.model import EntryStatus, NoticeEntry, NoticeRow
from shared.procedures import Procedure, Step
from shared.procedures.verdicts import level_name

_NOT_FILED = Text(
    "评价机构现行备案已不包括本次评价的职业、等级、日期或单位，不能发证；备案补齐后自动继续办理。",
    "By the filing in force the organisation may not hold this assessment (occupation, level, day "
    "or employer): no certificate is issued. Once it is filed, the case goes on by itself.",
)


class SittingEffects(PlainEffects):
    """The CaseEffects of this service; one for every sitting."""

    external_steps: Mapping[str, bool] = {SCORES_LOCKED: True}
    tells: Mapping[str, Teller] = TELLS

    def facts(self, session: Session, case: Case, procedure: Procedure) -> Mapping[str, Any]:
        """A case whose sitting is not there yet has none; the rules then say "not known yet"."""
        sitting = session.get(Sitting, case.id)
        if sitting is None:
            return {}
        _ensure_as_opened(case, sitting)
        standard = Standard.of(procedure)
        candidates = sitting.present
        # after the lock nobody leaves the roster: who has lost the ground is then not certified
        lost = {} if sitting.locked else lost_ground(session, self.office, case, procedure, sitting)
        duties = [each.duty for each in sitting.staff]
        staffing = check_staffing(len(candidates), sitting.level, duties, standard.staffing)
        return {
            "occupation": sitting.occupation,
            "level": int(sitting.level),
            "organisation_scope_covers": _in_scope(session, sitting),
            "candidates": len(candidates),
            "candidates_without_condition": [
                each.number
                for each in candidates
                if each.meets_condition is False or each.id in lost
            ],
            "candidates_undecided": [
                each.number for each in candidates if each.meets_condition is None
            ],
            "invigilators": duties.count("invigilator"),
            "assessors": duties.count("assessor") + duties.count("senior_assessor"),
            "senior_assessors": duties.count("senior_assessor"),
            "supervisors": duties.count("supervisor"),
            "staffing_complete": all(each.passed for each in staffing) if duties else None,
            "staffing_gaps": [each.rule for each in staffing if not each.passed],
            "scores_locked": sitting.locked,
            "candidates_passed": len(self._certifiable(session, case, procedure, sitting)),
        }

    def amended(self, session: Session, case: Case, procedure: Procedure) -> None:
        sitting = session.get(Sitting, case.id)
        if sitting is None:
            return
        _ensure_as_opened(case, sitting)
        _follow_filing(session, sitting)
        sitting.place, sitting.region = str(case.form.get("place") or ""), case.region
        sitting.pass_mark_tenths = Standard.of(procedure).pass_mark_tenths

    def submitted(self, session: Session, case: Case, procedure: Procedure) -> None:
        """A case of this service goes nowhere without its roster. The roster of an earlier day's
        draft is judged as of the day of application."""
        sitting = session.get(Sitting, case.id)
        if sitting is None or not sitting.present:
            raise RosterMissing(field="roster", case=case.id)
        day, rules = applied_on(self.office, case), self.office.catalogue.rules
        if day != shanghai_date(case.opened_at_utc):
            for each in sitting.candidates:
                each.findings = row_findings(procedure, each, sitting, day, rules)

    def step_opened(
        self, session: Session, case: Case, procedure: Procedure, step: Step, opened: CaseStep
    ) -> None:
        """A case that comes by again after a return finds its scores locked already."""
        if step.key == SCORES_LOCKED and session.get_one(Sitting, case.id).locked:
            opened.complete(opened.opened_at_utc, "locked")

    def notice_rows(
        self, session: Session, case: Case, procedure: Procedure, step: Step
    ) -> list[NoticeRow]:
        """Those who passed, under the organisation's name of that day."""
        sitting = session.get_one(Sitting, case.id)
        _follow_filing(session, sitting)
        level = level_name(int(sitting.level))
        return [
            NoticeRow(
                subject=each.id,
                values={
                    "name": each.name,
                    "identity_number": each.identity_number,
                    "employer": sitting.employer_name,
                    "organisation": sitting.organisation_name,
                    "occupation": {
                        lang: occupation_name(sitting.occupation, lang) for lang in ("zh", "en")
                    },
                    "level": {lang: level.in_(lang) for lang in ("zh", "en")},
                    "result": {"zh": "合格", "en": "passed"},
                },
            )
            for each in self._certifiable(session, case, procedure, sitting)
        ]

    def lacks_for_approval(self, session: Session, case: Case, procedure: Procedure) -> Text | None:
        """Nobody is certified by who may not assess them, whatever the document asks."""
        sitting = session.get(Sitting, case.id)
        return None if sitting is None or _in_scope(session, sitting) else _NOT_FILED

    def objection_settled(self, session: Session, case: Case, subject: str, outcome: str) -> None:
        """A certificate held back by an objection is issued when that one fails."""
        if outcome == "dismissed" and case.status == CaseStatus.APPROVED:
            procedure = procedure_of(session, self.office, case)
            self._issue(session, case, procedure, case.changed_at_utc, only=subject)

    def closed(self, session: Session, case: Case, procedure: Procedure) -> None:
        """Certificates for those who passed, have not lost their ground since, and against whom no
        objection is open or upheld."""
        sitting = session.get(Sitting, case.id)
        if sitting is None:
            return
        if case.status == CaseStatus.APPROVED:
            _follow_filing(session, sitting)
            self._issue(session, case, procedure, case.changed_at_utc)
        sitting.end()

    def _issue(
        self,
        session: Session,
        case: Case,
        procedure: Procedure,
        at: datetime,
        only: str | None = None,
    ) -> None:
        sitting = session.get_one(Sitting, case.id)
        held = _held(session, case.id)
        due = [
            each
            for each in self._certifiable(session, case, procedure, sitting)
            if each.id not in held and only in (None, each.id)
        ]
        issue_certificates(session, sitting, due, at)

    def _certifiable(
        self, session: Session, case: Case, procedure: Procedure, sitting: Sitting
    ) -> list[Candidate]:
        passed = passed_candidates(session, sitting)
        lost = lost_ground(session, self.office, case, procedure, sitting) if passed else {}
        return [each for each in passed if each.id not in lost]


def _ensure_as_opened(case: Case, sitting: Sitting) -> None:
    """The roster was checked for one occupation, level and day; a correction keeps them."""
    fixed = {
        "occupation": sitting.occupation,
        "level": sitting.level,
        "held_on": sitting.held_on.isoformat(),
        "employer": sitting.employer,
    }
    changed: list[DomainError] = [
        FixedByRoster(field=name)
        for name, value in fixed.items()
        if name in case.form and str(case.form[name] or "") != str(value or "")
    ]
    if changed:
        raise Errors(changed)


def passed_candidates(session: Session, sitting: Sitting) -> list[Candidate]:
    """In the order of the roster; nobody before the scores are locked."""
    if not sitting.locked:
        return []
    marks = {each.candidate_id: each.marks for each in scores_of(session, sitting.case_id)}
    return [
        each
        for each in sitting.candidates
        if each.id in marks and is_passed(marks[each.id], sitting.pass_mark_tenths)
    ]


def _held(session: Session, case_id: str) -> frozenset[str]:
    """Candidates with an objection that is open or was upheld, in any notice of the case."""
    return frozenset(
        session.scalars(
            select(NoticeEntry.subject).where(
                NoticeEntry.case_id == case_id,
                NoticeEntry.status.in_([EntryStatus.OBJECTED, EntryStatus.UPHELD]),
            )
        )
    )


def _in_scope(session: Session, sitting: Sitting) -> bool:
    return _filing(session, sitting) is not None


def _filing(session: Session, sitting: Sitting) -> OrganisationFiling | None:
    """The one under which it may be held on its day, for whom it is held."""
    organisation = session.get_one(Organisation, sitting.organisation)
    try:
        filing = filing_for(organisation, sitting.occupation, sitting.level, sitting.held_on)
        ensure_own_staff(filing.as_rule(), organisation.code, sitting.employer)
    except DomainError:
        return None
    return filing


def _follow_filing(session: Session, sitting: Sitting) -> None:
    """A newer version of the filing gives the name and the numbers; where it allows the sitting no
    longer, the rules say so."""
    filing = _filing(session, sitting)
    if filing is not None:
        sitting.filing_id, sitting.organisation_name = filing.id, filing.name
