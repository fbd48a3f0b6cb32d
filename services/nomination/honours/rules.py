"""What an honour's document means: number, term, level. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.kernel.actor import Membership
from shared.kernel.region import region_at, region_level
from shared.kernel.text import Text
from shared.procedures import Procedure

REVOKERS = ("union.secretary",)


@dataclass(frozen=True)
class HonourTerms:
    """`outcome: {honour: …}` of a document with what it leaves out filled in: the title is the
    procedure's, the level that of the region for which the document holds."""

    title: Text
    number: str
    term_years: int | None
    level: str


def honour_terms(procedure: Procedure) -> HonourTerms | None:
    """None where the outcome of the procedure is no honour."""
    honour: Mapping[str, Any] | None = procedure.outcome.get("honour")
    if honour is None:
        return None
    return HonourTerms(
        title=honour["title"] or procedure.title,
        number=honour["number"],
        term_years=honour["term_years"],
        level=honour["level"] or region_level(procedure.region),
    )


def honour_region(terms: HonourTerms, case_region: str) -> str:
    """The region in whose name it is conferred: that of the case, at the honour's level."""
    return case_region if terms.level == "unit" else region_at(case_region, terms.level)


def honour_no(terms: HonourTerms, *, programme: str, region: str, year: int, serial: int) -> str:
    return terms.number.format(programme=programme, region=region, year=year, serial=serial)


def term_end(conferred_on: date, term_years: int | None) -> date | None:
    """The last day of a term: the day before its anniversary; a term that began on 29 February
    ends on 28 February."""
    if term_years is None:
        return None
    year = conferred_on.year + term_years
    if (conferred_on.month, conferred_on.day) == (2, 29):
        return date(year, 2, 28)
    return conferred_on.replace(year=year) - timedelta(days=1)


def is_current(conferred_on: date, ends_on: date | None, today: date) -> bool:
    return conferred_on <= today and (ends_on is None or today <= ends_on)


def may_revoke(memberships: Iterable[Membership], region: str) -> bool:
    """The union's secretary of the region in whose name it was conferred, or of one above."""
    return any(
        each.role in REVOKERS
        and each.region is not None
        and region_at(region, each.level or "county") == each.region
        for each in memberships
    )
