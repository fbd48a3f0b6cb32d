"""What every case handler needs beside the session, and what a service adds to a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

from shared.approvals.model import Case
from shared.approvals.step_model import CaseStep
from shared.approvals.telling import Teller
from shared.calendar import Calendar
from shared.identity.directory import Directory
from shared.identity.staff import Staff
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.text import Text
from shared.notices.model import NoticeRow
from shared.procedures import Catalogue, Finding, Procedure, Step

Because = Literal["registry", "event"]


class CaseEffects(Protocol):
    """The part of a case that only its service knows. Every method runs in the transaction of
    the decision that caused it, except `external_facts`, which runs outside any.

    The composition sets `office`, once, when both are made."""

    office: "CaseOffice"

    @property
    def external_steps(self) -> Mapping[str, bool]:
        """Steps that the service's own acts complete, each with whether a task is shown."""
        ...

    @property
    def tells(self) -> Mapping[str, Teller]:
        """What the timeline says of the service's own deeds, by the action of the entry."""
        ...

    def facts(self, session: Session, case: Case, procedure: Procedure) -> Mapping[str, Any]:
        """Facts for the rules out of the service's own database, by fact name."""
        ...

    def asks_registries(self, procedure: Procedure) -> bool:
        """Whether any rule of the procedure needs a fact from outside."""
        ...

    def external_facts(self, case_id: str, subject_ref: str) -> Mapping[str, Any]:
        """Facts from registries outside, by name. Raises FactsUnavailable when one is silent."""
        ...

    def amended(self, session: Session, case: Case, procedure: Procedure) -> None:
        """The form has changed; what the service keeps beside the case follows it."""
        ...

    def submitted(self, session: Session, case: Case, procedure: Procedure) -> None: ...

    def step_opened(
        self, session: Session, case: Case, procedure: Procedure, step: Step, opened: CaseStep
    ) -> None: ...

    def notice_rows(
        self, session: Session, case: Case, procedure: Procedure, step: Step
    ) -> list[NoticeRow]: ...

    def objection_settled(
        self, session: Session, case: Case, subject: str, outcome: str
    ) -> None: ...

    @property
    def judged_after_approval(self) -> bool:
        """Whether approved cases too are judged anew when evidence is taken back."""
        ...

    def rejudged(
        self, session: Session, case: Case, findings: Sequence[Finding], because: Because, by: Actor
    ) -> None:
        """The findings of a case past its decision are new: something was taken back (`event`), or
        a registry was asked again. The service records what follows."""
        ...

    def is_irrevocable(self, session: Session, case: Case) -> bool:
        """Whether what the case was for is under way outside (money instructed), so that nothing
        may refuse or withdraw the case any more."""
        ...

    def lacks_for_approval(self, session: Session, case: Case, procedure: Procedure) -> Text | None:
        """What is missing before the case may be approved: it is held till then."""
        ...

    def closed(self, session: Session, case: Case, procedure: Procedure) -> None:
        """The case was approved, refused or withdrawn (see its status)."""
        ...


class FactsUnavailable(Exception):
    """A registry did not answer; the findings that need it stay unknown."""


@dataclass(frozen=True)
class CaseOffice:
    """`service` is the service's name on the wire, `prefix` begins its case numbers; `staff`: who
    holds which office, where the deployment keeps a list."""

    service: str
    prefix: str
    clock: Clock
    calendar: Calendar
    catalogue: Catalogue
    directory: Directory
    person_ref_key: bytes
    snapshot_key: bytes
    effects: CaseEffects
    staff: Staff | None = None


class PlainEffects:
    """A case with nothing of a service's own: what most methods do most of the time."""

    office: CaseOffice
    external_steps: Mapping[str, bool] = {}
    tells: Mapping[str, Teller] = {}
    judged_after_approval: bool = False

    def facts(self, session: Session, case: Case, procedure: Procedure) -> Mapping[str, Any]:
        return {}

    def asks_registries(self, procedure: Procedure) -> bool:
        return False

    def external_facts(self, case_id: str, subject_ref: str) -> Mapping[str, Any]:
        return {}

    def amended(self, session: Session, case: Case, procedure: Procedure) -> None:
        return

    def submitted(self, session: Session, case: Case, procedure: Procedure) -> None:
        return

    def step_opened(
        self, session: Session, case: Case, procedure: Procedure, step: Step, opened: CaseStep
    ) -> None:
        return

    def notice_rows(
        self, session: Session, case: Case, procedure: Procedure, step: Step
    ) -> list[NoticeRow]:
        """One line about the subject; the notice picks its columns and masks them."""
        return [NoticeRow(case.subject_ref, {**case.form, "name": case.subject_name})]

    def objection_settled(self, session: Session, case: Case, subject: str, outcome: str) -> None:
        return

    def rejudged(
        self, session: Session, case: Case, findings: Sequence[Finding], because: Because, by: Actor
    ) -> None:
        return

    def is_irrevocable(self, session: Session, case: Case) -> bool:
        return False

    def lacks_for_approval(self, session: Session, case: Case, procedure: Procedure) -> Text | None:
        return None

    def closed(self, session: Session, case: Case, procedure: Procedure) -> None:
        return
