"""Turns what an officer sent, as JSON or by a form, into commands: codes checked, the identity
number replaced by its reference."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.nomination.competitions.handlers import OpenCompetition, Place
from shared.kernel.characters import read_name
from shared.kernel.errors import DomainError, Errors
from shared.kernel.identity_number import IdentityNumber, person_ref
from shared.kernel.occupation import parse_occupation
from shared.kernel.region import parse_region


def read_competition(body: Mapping[str, Any]) -> OpenCompetition:
    """Raises InvalidOccupation or InvalidRegion."""
    return OpenCompetition(
        title=body["title"].strip(),
        tier=body["tier"],
        occupation=parse_occupation(body["occupation"], field="occupation"),
        region=parse_region(body["region"], field="region"),
        held_on=body["held_on"],
    )


def read_places(rows: Sequence[Mapping[str, Any]], key: bytes) -> list[Place]:
    """Raises Errors with every row whose identity number or name is wrong."""
    places: list[Place] = []
    wrong: list[DomainError] = []
    for row, each in enumerate(rows, start=1):
        try:
            number = IdentityNumber.parse(each["identity_number"], field="identity_number", row=row)
            name = read_name(each["holder_name"], field="holder_name", row=row)
        except DomainError as error:
            wrong.append(error)
            continue
        places.append(Place(person_ref(number.value, key), name, each["rank"]))
    if wrong:
        raise Errors(wrong)
    return places
