"""The workflow's only side effect: ask registries if the case needs it, then advance the case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from temporalio import activity

from shared.approvals.advance import FactsWanted, advance_case
from shared.approvals.messages import ADVANCE_CASE, AdvanceCase, CasePosition
from shared.approvals.office import CaseOffice, FactsUnavailable


class CaseActivities:
    def __init__(self, sessions: sessionmaker[Session], office: CaseOffice) -> None:
        self._sessions = sessions
        self._office = office

    @activity.defn(name=ADVANCE_CASE)
    def advance(self, message: AdvanceCase) -> CasePosition:
        """Idempotent: what is already open or done is left so. The registry is asked outside
        the transaction, so that a slow registry holds no lock."""
        try:
            with self._sessions.begin() as session:
                return advance_case(session, self._office, message.case_id)
        except FactsWanted as wanted:
            facts = self._ask_registries(message.case_id, wanted.subject_ref)
        with self._sessions.begin() as session:
            return advance_case(session, self._office, message.case_id, asked=True, external=facts)

    def _ask_registries(self, case_id: str, subject_ref: str) -> Mapping[str, Any] | None:
        try:
            return self._office.effects.external_facts(case_id, subject_ref)
        except FactsUnavailable:
            activity.logger.warning("registry silent: findings of the case stay unknown")
            return None
