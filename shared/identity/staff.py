"""Who holds which office, where a deployment keeps a list of it: files in the form of people.yaml
(the demonstration's people, or an export of the identity provider). Read again when they change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from shared.identity.people import People, Person
from shared.kernel.actor import Membership


class Staff:
    """Safe to share between threads. Raises ValueError for an entry that is not understood."""

    def __init__(self, paths: Sequence[Path], key: bytes) -> None:
        self._paths, self._key = tuple(paths), key
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[int, int], ...] = ()
        self._people: list[Person] = []
        self._read()

    def holders(
        self, role: str, organisation: str | None, region: str | None, level: str | None
    ) -> list[Person]:
        """Who holds the role in the organisation, or in the region at the level."""
        self._read()
        return [
            person
            for person in self._people
            if any(_is_of(each, role, organisation, region, level) for each in person.memberships)
        ]

    def _read(self) -> None:
        found = [path.stat() for path in self._paths]
        stamp = tuple((each.st_mtime_ns, each.st_size) for each in found)
        with self._lock:
            if stamp != self._stamp:
                self._people = People.load(self._paths, self._key).persons()
                self._stamp = stamp


def _is_of(
    membership: Membership,
    role: str,
    organisation: str | None,
    region: str | None,
    level: str | None,
) -> bool:
    """As `shared/approvals/separation.py` offers tasks."""
    if membership.role != role:
        return False
    if organisation is not None:
        return membership.organisation == organisation
    return (membership.region, membership.level) == (region, level)
