"""The workflow's only side effect: ask registries if the case needs it, then advance the case."""

from sqlalchemy.orm import Session, sessionmaker
from temporalio import activity

from shared.approvals.advance import advance_case, external_facts_wanted
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
        with self._sessions.begin() as session:
            subject = external_facts_wanted(session, self._office, message.case_id)
        facts = None
        if subject is not None:
            try:
                facts = self._office.effects.external_facts(message.case_id, subject)
            except FactsUnavailable:
                activity.logger.warning("registry silent: findings of the case stay unknown")
        with self._sessions.begin() as session:
            return advance_case(session, self._office, message.case_id, facts)
