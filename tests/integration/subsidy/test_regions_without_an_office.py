"""Money of a region that has no office of its own is handled by the nearest level up that has."""

from __future__ import annotations

import pytest

from services.subsidy.allocations.handlers import AllocateBatch, allocate_batch
from services.subsidy.batches.choosing import MakeBatch
from services.subsidy.batches.handlers import decide_batch, make_batch
from services.subsidy.regions import OutsideRegion
from shared.identity.directory import Directory, Office
from shared.kernel.text import Text
from tests.integration.subsidy.counter import REGION, Counter, officer

ROLES = ("bureau.payment_maker", "bureau.payment_approver", "finance_bureau.officer")
CITY = "421200"


def with_offices(counter: Counter, *regions: str) -> None:
    name = Text("机构", "Office")
    offices = [Office(role, region, None, name, "1") for role in ROLES for region in regions]
    directory = Directory(counter.office.directory.organisations(), offices)
    object.__setattr__(counter.office, "directory", directory)


def made(counter: Counter, region: str) -> str:
    maker = officer("制单员", ROLES[0], region)
    with counter.sessions.begin() as session:
        return make_batch(session, counter.office, MakeBatch(region=REGION), maker).id


def test_the_city_pays_for_a_county_without_an_office(counter: Counter) -> None:
    with_offices(counter, CITY)
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    batch_id = made(counter, CITY)
    with counter.sessions.begin() as session:
        approver = officer("复核员", ROLES[1], CITY)
        decide_batch(session, counter.office, batch_id, approved=True, reason="", by=approver)
    counter.act(
        allocate_batch, AllocateBatch(batch_id, True, "文"), officer("财政", ROLES[2], CITY)
    )
    assert counter.payments(case_id)[0].state == "instructed"


def test_the_city_leaves_a_county_with_an_office_alone(counter: Counter) -> None:
    with_offices(counter, CITY, REGION)
    counter.grant(1_000_000)
    counter.audited(1)
    with pytest.raises(OutsideRegion):
        made(counter, CITY)
    with pytest.raises(OutsideRegion):
        made(counter, "420300")
    assert made(counter, REGION)
