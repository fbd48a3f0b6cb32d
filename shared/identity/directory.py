"""The directory: organisations, and the offices that people turn to. Data, read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shared.kernel.region import LEVELS, region_at, region_level
from shared.kernel.text import Text

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Organisation:
    code: str
    name: Text
    region: str
    kind: str


@dataclass(frozen=True)
class Office:
    """Who does a role for a region (or for one organisation), and how to reach them."""

    role: str
    region: str | None
    organisation: str | None
    name: Text
    telephone: str


class Directory:
    def __init__(self, organisations: Iterable[Organisation], offices: Iterable[Office]) -> None:
        self._organisations = {each.code: each for each in organisations}
        self._offices = {(each.role, each.region, each.organisation): each for each in offices}

    @classmethod
    def load(cls, *paths: Path | str) -> "Directory":
        """Of several files a later one wins. Raises ValueError naming the entry that is not
        understood."""
        documents = [yaml.load(Path(path).read_text("utf-8"), LOADER) or {} for path in paths]
        return cls(
            [_organisation(each) for one in documents for each in one.get("organisations", ())],
            [
                office
                for one in documents
                for each in one.get("offices", ())
                for office in _offices(each)
            ],
        )

    def organisation(self, code: str) -> Organisation | None:
        return self._organisations.get(code)

    def organisations(self, kind: str | None = None) -> list[Organisation]:
        return [each for each in self._organisations.values() if kind in (None, each.kind)]

    def office_for(self, role: str, region: str | None, organisation: str | None) -> Office | None:
        """The organisation's own office if it has one, else the region's."""
        if organisation and (own := self._offices.get((role, None, organisation))):
            return own
        return self._offices.get((role, region, None))

    def responsible_region(self, role: str, region: str) -> str:
        """The region whose office does the role for `region`: its own, or the nearest level up
        that has one; `region` itself where the directory knows nobody of that role above it, or
        where it is no region."""
        if not (region.isascii() and region.isdigit() and len(region) == 6):
            return region
        for level in LEVELS[LEVELS.index(region_level(region)) :]:
            above = region_at(region, level)
            if (role, above, None) in self._offices:
                return above
        return region

    def offices(self) -> list[Office]:
        return list(self._offices.values())


def _organisation(entry: Mapping[str, Any]) -> Organisation:
    try:
        return Organisation(
            str(entry["code"]), _text(entry["name"]), str(entry["region"]), str(entry["kind"])
        )
    except KeyError as missing:
        raise ValueError(f"directory: an organisation lacks {missing}: {dict(entry)}") from None


def _offices(entry: Mapping[str, Any]) -> list[Office]:
    """One entry may name several roles of the same office."""
    roles = entry.get("roles") or [entry.get("role")]
    region, organisation = entry.get("region"), entry.get("organisation")
    if not all(roles) or (region is None and organisation is None):
        raise ValueError(
            f"directory: an office needs roles and a region or an organisation: {dict(entry)}"
        )
    return [
        Office(
            str(role),
            str(region) if region is not None and organisation is None else None,
            organisation,
            _text(entry["name"]),
            str(entry["telephone"]),
        )
        for role in roles
    ]


def _text(value: Mapping[str, str]) -> Text:
    return Text(zh=value["zh"], en=value["en"])
