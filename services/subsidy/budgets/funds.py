"""Which budgets there can be: of a fund that some scheme pays from, a region that there is, and a
year near the present. Pure."""

from collections.abc import Iterable
from datetime import date

from services.subsidy.budgets.errors import ImplausibleYear, UnknownBudgetRegion, UnknownFund
from shared.kernel.errors import DomainError, Errors
from shared.kernel.region import InvalidRegion, RegionAbolished, parse_region
from shared.kernel.text import Text
from shared.kernel.words import called
from shared.procedures import Catalogue, Procedure
from shared.procedures.reading.place import nearest


def fund_of(procedure: Procedure) -> str:
    return str(procedure.outcome.get("entitlement", {}).get("fund", "subsidy"))


def known_funds(catalogue: Catalogue) -> list[str]:
    """Those that the documents of the schemes name."""
    return sorted({fund_of(each) for each in catalogue.all() if "entitlement" in each.outcome})


def years_near(today: date) -> range:
    """Last year's, for documents that come late; this year's; next year's, entered ahead."""
    return range(today.year - 1, today.year + 2)


def ensure_known(catalogue: Catalogue, *, fund: str, region: str, year: int, today: date) -> None:
    """Raises one error, or Errors with each."""
    errors: list[DomainError] = []
    known = known_funds(catalogue)
    if fund not in known:
        errors.append(_unknown(fund, known))
    wrong = _wrong_region(region)
    if wrong is not None:
        errors.append(wrong)
    years = years_near(today)
    if year not in years:
        errors.append(ImplausibleYear(field="year", year=year, first=years[0], last=years[-1]))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise Errors(errors)


def _wrong_region(region: str) -> DomainError | None:
    """A claim may name any region that there is, so a budget may be any region's."""
    try:
        current = parse_region(region, field="region")
    except RegionAbolished as abolished:
        return abolished
    except InvalidRegion:
        current = None
    return None if current == region else UnknownBudgetRegion(field="region", region=region)


def _unknown(fund: str, known: Iterable[str]) -> UnknownFund:
    """The nearest by its code, or by what it is called."""
    names = {each: [each, called(each, "zh"), called(each, "en")] for each in known}
    by_name = {name: each for each, called_so in names.items() for name in called_so}
    close = nearest(fund, by_name)
    for name, code in by_name.items():
        close = (close[0].replace(name, code), close[1].replace(name, code))
    return UnknownFund(
        field="fund",
        given=fund,
        close=Text(*close),
        known=Text(
            "、".join(f"{called(each, 'zh')} {each}" for each in names),
            ", ".join(f"{called(each, 'en')} {each}" for each in names),
        ),
    )
