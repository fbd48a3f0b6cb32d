"""The demonstration's people and directory: valid identifiers, every role in every place."""

from pathlib import Path

from shared.identity.directory import Directory
from shared.identity.people import People
from shared.kernel.credit_code import CreditCode
from shared.kernel.identity_number import IdentityNumber
from shared.kernel.region import region_level, region_name

DEMONSTRATION = Path(__file__).parents[3] / "deploy" / "demonstration"
PEOPLE = People.load([DEMONSTRATION / "people.yaml"], b"k" * 32)
DIRECTORY = Directory.load(DEMONSTRATION / "directory.yaml")
PLACES = ("421281", "421200", "420000", "420303", "420300", "430212", "430200", "430000")
OFFICES = (
    "union.reviewer",
    "union.leader",
    "union.secretary",
    "bureau.officer",
    "bureau.rechecker",
    "bureau.leader",
    "bureau.payment_maker",
    "bureau.payment_approver",
    "finance_bureau.officer",
    "centre.officer",
    "department.tax",
    "department.market_regulation",
    "department.human_resources",
    "department.emergency",
    "department.environment",
    "expert",
)


def _holders(role: str, region: str) -> list[str]:
    return [
        person.username
        for person in PEOPLE.persons()
        for each in person.memberships
        if (each.role, each.region, each.level) == (role, region, region_level(region))
    ]


def test_every_office_of_every_place_has_a_person_and_a_telephone() -> None:
    for region in PLACES:
        for role in OFFICES:
            assert _holders(role, region), (role, region)
            office = DIRECTORY.office_for(role, region, None)
            assert office is not None and office.telephone, (role, region)


def test_a_panel_of_three_experts_can_sit_in_every_place() -> None:
    assert all(len(_holders("expert", region)) >= 3 for region in PLACES)


def test_identity_numbers_and_credit_codes_are_valid_and_nobody_is_there_twice() -> None:
    numbers = [IdentityNumber.parse(person.identity_number or "") for person in PEOPLE.persons()]
    assert len({each.value for each in numbers}) == len(numbers)
    assert len({person.name for person in PEOPLE.persons()}) == len(numbers)
    for organisation in DIRECTORY.organisations():
        CreditCode.parse(organisation.code)


def test_memberships_name_organisations_and_regions_that_exist() -> None:
    for person in PEOPLE.persons():
        for each in person.memberships:
            if each.organisation:
                found = DIRECTORY.organisation(each.organisation)
                assert found is not None and found.region == each.region
            if each.region:
                assert region_name(each.region, "zh") != each.region


def test_an_enterprise_has_an_officer_and_a_congress_of_its_own() -> None:
    for enterprise in DIRECTORY.organisations("enterprise"):
        for role in ("enterprise.officer", "enterprise.congress"):
            office = DIRECTORY.office_for(role, enterprise.region, enterprise.code)
            assert office is not None and office.organisation == enterprise.code
            assert any(
                each.organisation == enterprise.code and each.role == role
                for person in PEOPLE.persons()
                for each in person.memberships
            )
