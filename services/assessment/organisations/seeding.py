"""Files the organisations of a data file: for a demonstration, or to take over a register."""

from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from services.assessment.organisations.handlers import FileOrganisation, file_organisation
from services.assessment.organisations.schemas import FilingSchema
from shared.approvals.office import CaseOffice
from shared.kernel.actor import SYSTEM, Actor, Membership
from shared.kernel.region import NATION

_SEEDER = Actor(
    SYSTEM.person_ref, SYSTEM.name, (Membership("centre.officer", level="nation", region=NATION),)
)


def file_organisations(session: Session, office: CaseOffice, path: Path) -> int:
    """How many entries the file has; those filed already change nothing. Raises ValidationError
    or what file_organisation raises."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    plain = [{**each, **_dates(each)} for each in entries]
    for each in FilingSchema(many=True).load(plain):
        file_organisation(session, office, _SEEDER, command_of(each))
    return len(plain)


def command_of(filing: dict[str, object]) -> FileOrganisation:
    """A loaded FilingSchema as the command."""
    scope = filing["scope"]
    assert isinstance(scope, list)
    pairs = [(each["occupation"], level) for each in scope for level in each["levels"]]
    return FileOrganisation(**{**filing, "scope": pairs})  # type: ignore[arg-type]


def _dates(entry: dict[str, object]) -> dict[str, str]:
    """YAML reads dates by itself; the schema reads text."""
    return {name: str(entry[name]) for name in ("valid_from", "valid_until") if name in entry}
