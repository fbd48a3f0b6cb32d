"""What makes two entitlements the same thing. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.text import comparable

EVIDENCE = ("certificate_no", "honour_no")


@dataclass(frozen=True)
class EntitlementKey:
    """No person may hold two live entitlements with one key; the database sees to it."""

    exclusion: str
    subject: str

    def __str__(self) -> str:
        return f"{self.exclusion}: {self.subject}"


def subject_of(facts: Mapping[str, Any], per: Iterable[str], case_id: str) -> str:
    """What the entitlement is for, in words that compare, however a person typed them:
    `occupation=…;level=4`. Where the scheme names no fields: the certificate or honour that it
    rests on, else the case itself."""
    named = [name for name in per if facts.get(name) not in (None, "")]
    names = named or [name for name in EVIDENCE if facts.get(name)][:1]
    return ";".join(_said(name, facts[name]) for name in names) or f"case={case_id}"


def evidence_of(facts: Mapping[str, Any]) -> str | None:
    return next((_said(name, facts[name]) for name in EVIDENCE if facts.get(name)), None)


def _said(name: str, value: Any) -> str:
    return f"{name}={comparable(str(value))}"


def keys_of(
    scheme: str, excluded: Iterable[str], subject: str, evidence: str | None
) -> list[EntitlementKey]:
    """One key for the scheme itself, one for its evidence, and one for every scheme that it and
    the other exclude: both sides make the same key out of the two names."""
    shared = evidence or subject
    keys = [EntitlementKey(scheme, subject)]
    if shared != subject:
        keys.append(EntitlementKey(scheme, shared))
    for other in sorted(set(excluded) - {scheme}):
        keys.append(EntitlementKey("|".join(sorted((scheme, other))), shared))
    return keys


def excluded_schemes(scheme: str, documents: Iterable[tuple[str, Iterable[str]]]) -> set[str]:
    """Exclusion goes both ways: what this scheme's documents exclude, and who excludes it.
    `documents` holds (scheme, schemes that it excludes) of the whole catalogue."""
    found: set[str] = set()
    for name, excludes in documents:
        named = set(excludes)
        if name == scheme:
            found |= named
        elif scheme in named:
            found.add(name)
    return found - {scheme}
