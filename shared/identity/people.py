"""The demonstration people and service accounts, from a YAML list. Never used in production.

Each entry: {username, name, identity_number, memberships: [{role, organisation, level, region}],
note: {zh, en}}, or {username, name, service_account: true, memberships, note}."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shared.kernel.actor import Membership
from shared.kernel.identity_number import InvalidIdentityNumber, person_ref
from shared.kernel.region import NATION, region_name
from shared.kernel.text import Text

PASSWORD = "gongjiang"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, the same safety


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    person_ref: str
    memberships: tuple[Membership, ...]
    note: Text
    service_account: bool = False
    identity_number: str | None = field(default=None, repr=False)

    def claims(self) -> dict[str, Any]:
        """What an access token says of them: never the identity number."""
        return {
            "name": self.name,
            "person_ref": self.person_ref,
            "memberships": [
                {
                    "role": each.role,
                    "organisation": each.organisation,
                    "level": each.level,
                    "region": each.region,
                }
                for each in self.memberships
            ],
        }


class People:
    def __init__(self, everyone: list[Person], key: bytes) -> None:
        self._key = key
        self._by_username = {each.username: each for each in everyone}
        if len(self._by_username) != len(everyone):
            raise ValueError("people: a username is there twice")

    @classmethod
    def load(cls, paths: Iterable[Path], key: bytes) -> "People":
        """`key` is GONGJIANG_PERSON_REF_KEY. Raises ValueError for an entry that lacks a key."""
        documents = [yaml.load(path.read_text("utf-8"), LOADER) or [] for path in paths]
        everyone = [_person(entry, key) for document in documents for entry in document]
        return cls(everyone, key)

    def persons(self) -> list[Person]:
        return [each for each in list(self._by_username.values()) if not each.service_account]

    def by_region(self, lang: str) -> list[tuple[str, list[Person]]]:
        """For choosing one: named by the region of the first membership that has one."""
        groups: dict[str, list[Person]] = {}
        for person in self.persons():
            regions = [each.region for each in person.memberships if each.region]
            groups.setdefault(regions[0] if regions else NATION, []).append(person)
        return [(region_name(code, lang), members) for code, members in groups.items()]

    def person(self, username: str) -> Person | None:
        found = self._by_username.get(username)
        return None if found is None or found.service_account else found

    def service_account(self, username: str) -> Person | None:
        found = self._by_username.get(username)
        return found if found is not None and found.service_account else None

    def with_password(self, username: str, password: str, name: str = "") -> Person | None:
        """A person of the files by username; or any worker by identity number and name, so that
        the forty of a roster need no entry."""
        if not hmac.compare_digest(password.encode(), PASSWORD.encode()):
            return None
        return self.person(username) or self._worker(username, name.strip())

    def _worker(self, number: str, name: str) -> Person | None:
        try:
            ref = person_ref(number, self._key)
        except InvalidIdentityNumber:
            return None
        known = next((each for each in self.persons() if each.person_ref == ref), None)
        if known is not None or not name:
            return known
        worker = Person(
            f"worker-{ref[:16]}", name, ref, (Membership(role="worker"),), Text("职工", "Worker")
        )
        self._by_username[worker.username] = worker
        return worker


def _person(entry: dict[str, Any], key: bytes) -> Person:
    try:
        username = str(entry["username"])
        service = bool(entry.get("service_account"))
        number = None if service else str(entry["identity_number"])
        note = entry.get("note") or {"zh": "", "en": ""}
        return Person(
            username=username,
            name=str(entry["name"]),
            person_ref=f"service:{username}" if number is None else person_ref(number, key),
            memberships=tuple(_membership(each) for each in entry.get("memberships") or ()),
            note=Text(note["zh"], note["en"]),
            service_account=service,
            identity_number=number,
        )
    except KeyError as missing:
        raise ValueError(f"people: an entry lacks {missing}") from None


def _membership(entry: dict[str, Any]) -> Membership:
    region = entry.get("region")
    return Membership(
        role=str(entry["role"]),
        organisation=entry.get("organisation"),
        level=entry.get("level"),
        region=None if region is None else str(region),
    )
