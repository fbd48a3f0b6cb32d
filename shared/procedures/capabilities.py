"""What a service does with a document. `check` and the running catalogue refuse what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# What the demonstration directory staffs; a deployment's own directory may name more.
KNOWN_ROLES = (
    "worker",
    "expert",
    "enterprise.officer",
    "enterprise.congress",
    "union.reviewer",
    "union.leader",
    "union.secretary",
    "bureau.officer",
    "bureau.rechecker",
    "bureau.leader",
    "bureau.payment_maker",
    "bureau.payment_approver",
    "finance_bureau.officer",
    "centre.officer",
    "organisation.officer",
    "department.tax",
    "department.market_regulation",
    "department.human_resources",
    "department.emergency",
    "department.environment",
)


@dataclass(frozen=True)
class Supply:
    """What a document must have before the service can know a fact: a form field of `field_type`,
    a step of `step_kind`, a key under `settings`. Nothing of them: it is always known."""

    field_type: str | None = None
    step_kind: str | None = None
    setting: str | None = None


ALWAYS = Supply()
BY_CERTIFICATE = Supply(field_type="certificate_no")
# Known of every case (shared/approvals/findings.py); birth_date and sex by the identity number.
OF_EVERY_CASE: Mapping[str, Supply] = {
    **dict.fromkeys(("applied_on", "region", "employer", "employer_region", "person_ref"), ALWAYS),
    **dict.fromkeys(("procedure", "scheme", "excludes"), ALWAYS),
    **dict.fromkeys(("birth_date", "sex"), Supply(field_type="identity_number")),
}
OF_A_CERTIFICATE: Mapping[str, Supply] = dict.fromkeys(
    ("certificate_no", "certificate_status", "certificate_issued_on", "occupation", "level"),
    BY_CERTIFICATE,
)


@dataclass(frozen=True)
class ServiceStep:
    """An external step that an act of the service completes: whose act, with which answer."""

    role: str
    answer: str
    level: str | None = None


@dataclass(frozen=True)
class Examination:
    """What a service that examines needs of a document: form fields with their types, without which
    no sitting can be opened; the `settings.parts` that are judged of everybody; the step before
    which there is nothing to publish."""

    fields: Mapping[str, str]
    judged: tuple[str, ...]
    known_after: str


@dataclass(frozen=True)
class Capabilities:
    """`outcomes`: what may follow from approval, and whether it must. `settings`: a check for the
    value of each key. `external`: the steps that the service itself completes, by their names; an
    outcome of `completed_by` needs such a step. `proposals`: the fields of each event that proposes
    drafts. `row_facts`: what rules of a roster's rows read; none: there are no rosters.
    `subject_facts`: what an entitlement may be unique by, beside the form. `veto_offices`: offices
    whose opposition stands for a veto; None: opinions are no facts here."""

    service: str
    outcomes: tuple[str, ...]
    outcome_needed: bool
    facts: Mapping[str, Supply]
    row_facts: frozenset[str] = frozenset()
    settings: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    external: Mapping[str, ServiceStep] = field(default_factory=dict)
    completed_by: Mapping[str, str] = field(default_factory=dict)
    proposals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    subject_facts: frozenset[str] = frozenset()
    veto_offices: frozenset[str] | None = None
    tiers: tuple[str, ...] = ()
    examination: Examination | None = None
    applicants: tuple[str, ...] = ()
    fixed_outcome: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: tuple[str, ...] = KNOWN_ROLES

    def staffed_by(self, roles: tuple[str, ...]) -> Capabilities:
        """The same where the deployment's directory names more roles."""
        return replace(self, roles=tuple(dict.fromkeys((*self.roles, *roles))))
