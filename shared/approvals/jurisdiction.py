"""Which office a step of a case asks: an organisation's own people, or an office of a region; and
who answers for a public notice. Decides nothing, opens nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.identity.directory import Office
from shared.kernel.region import LEVELS, region_at
from shared.procedures import Procedure, Step

DECIDES = ("decide", "meeting")


@dataclass(frozen=True)
class Asked:
    """A role of one organisation, or of one region at a level."""

    role: str
    organisation: str | None
    region: str | None
    level: str | None


def asked_of(case: Case, role: str, level: str, of: str) -> Asked:
    if level == "unit":
        return Asked(role, organisation_of(case, role), None, None)
    return Asked(role, None, region_at(case.regions.get(of, case.region), level), level)


def step_level(step: Step, role: str) -> str:
    """The level of the office: the unit for its own people, else as the step says."""
    own_people = role.startswith(("enterprise.", "organisation."))
    return "unit" if own_people else step.at


def organisation_of(case: Case, role: str) -> str | None:
    """Which organisation of the case a role at unit level belongs to."""
    return case.organisation if role.startswith("organisation.") else case.employer


def settler_of(case: Case, step: Step) -> Asked:
    """Who hears the objections to a notice of the case."""
    role = step.settings["objections"]["by"]
    return asked_of(case, role, step_level(step, role), step.of)


def contact_of_notice(
    office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> Office | None:
    """Whom a citizen telephones about a notice: who hears the objections; where the directory has
    no number of theirs, another office of the unit, else the office of the region that decides
    after it or before it, the nearest level first. A notice without a number is none."""
    offices = (
        office.directory.office_for(each.role, each.region, each.organisation)
        for each in _answering(case, procedure, step)
    )
    return next((found for found in offices if found is not None), None)


def _answering(case: Case, procedure: Procedure, step: Step) -> Iterator[Asked]:
    settler = settler_of(case, step)
    yield settler
    if settler.organisation is not None:
        yield Asked(step.settings["publishes"], settler.organisation, None, None)
    here = procedure.steps.index(step)
    accountable = [
        (role, each)
        for each in (*procedure.steps[here:], *reversed(procedure.steps[:here]))
        for role in ((settler.role,) if each is step else each.by)
        if (each is step or each.kind in DECIDES) and step_level(each, role) != "unit"
    ]
    for role, each in accountable:
        for level in LEVELS[LEVELS.index(each.at) :]:
            yield asked_of(case, role, level, each.of)
