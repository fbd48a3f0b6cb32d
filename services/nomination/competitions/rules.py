"""What is true of competitions wherever they are asked about. Pure."""

from collections.abc import Iterable

from shared.kernel.actor import Membership
from shared.kernel.region import region_at
from shared.kernel.text import Text

# Tiers (domain.md A4 and seeds 001, 004): an enterprise's own, then up to the nation; an industry
# holds its own beside them.
TIERS: dict[str, Text] = {
    "enterprise": Text("企业级", "Enterprise"),
    "county": Text("县（区）级", "County"),
    "city": Text("市级", "City"),
    "province": Text("省级", "Province"),
    "nation": Text("国家级", "National"),
    "industry": Text("行业", "Industry"),
}
RECORDERS = ("union.reviewer", "union.leader", "bureau.officer", "bureau.leader")


def may_record_for(memberships: Iterable[Membership], region: str) -> bool:
    """An office records for its own region, and those of the level above for what lies in it."""
    return any(
        each.role in RECORDERS
        and each.region is not None
        and region_at(region, each.level or "county") == each.region
        for each in memberships
    )
