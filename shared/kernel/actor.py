"""Who acts: a person (by reference, never by identity number) with the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """A role in an organisation (unified social credit code) or for a region at a level."""

    role: str
    organisation: str | None = None
    level: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    person_ref: str
    name: str
    memberships: tuple[Membership, ...] = ()

    def has_role(self, role: str) -> bool:
        return any(membership.role == role for membership in self.memberships)


SYSTEM = Actor(person_ref="system", name="系统")
