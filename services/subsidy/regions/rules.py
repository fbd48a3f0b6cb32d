"""Whose money an office may handle or see. Pure."""

from collections.abc import Collection

from shared.identity.directory import Directory
from shared.kernel.actor import Actor
from shared.kernel.errors import Forbidden
from shared.kernel.region import covers, region_name


class OutsideRegion(Forbidden):
    code = "outside_region"
    names = {"region": region_name}  # noqa: RUF012
    zh = "{region}的款项不在您的辖区内。"
    en = "The payments of {region} are outside your region."


def ensure_office(directory: Directory, actor: Actor, role: str, region: str) -> None:
    """Raises OutsideRegion where the person does not hold the role for this region."""
    if not holds(directory, actor, role, region):
        raise OutsideRegion(region=region)


def holds(directory: Directory, actor: Actor, role: str, region: str) -> bool:
    """In the region itself; where it has no such office, at the nearest level up that has one."""
    regions = {region, directory.responsible_region(role, region)}
    return any(m.role == role and m.region in regions for m in actor.memberships)


def sees(actor: Actor, roles: Collection[str], region: str) -> bool:
    """Reading reaches downwards: an office sees its own region and those within; a service
    account without a region sees all."""
    return any(
        m.role in roles and (m.region is None or covers(m.region, region))
        for m in actor.memberships
    )


def ensure_sees(actor: Actor, roles: Collection[str], region: str) -> None:
    if not sees(actor, roles, region):
        raise OutsideRegion(region=region)
