"""Who may assess what: the filed scope of an organisation, as pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Filing:
    """One version of an organisation's filing (备案); a renewal is a new version."""

    version: int
    category: str  # Y employer, S third-party organisation
    organisation_code: str  # four digits; 0000 when first filed with a province
    province: str  # GB/T 2260, two digits
    site_serial: str  # six digits
    valid_from: date
    valid_until: date  # the last valid day
    scope: frozenset[tuple[str, str]]  # (occupation code, level)

    @property
    def site(self) -> str:
        """The first 13 characters of every certificate number that this filing issues."""
        return f"{self.category}{self.organisation_code}{self.province}{self.site_serial}"


class OrganisationNotFiled(DomainError):
    code = "organisation_not_filed"
    zh = "该机构在 {on} 没有有效的评价备案。"
    en = "The organisation has no valid filing on {on}."
    remedy_zh = "请先向人社部门备案或续期，再组织评价。"
    remedy_en = "File, or renew the filing, with the labour bureau before assessing."


class OutOfScope(DomainError):
    code = "out_of_scope"
    zh = "职业 {occupation} {level} 级不在该机构的备案范围内。"
    en = "Occupation {occupation}, level {level}, is outside the organisation's filed scope."
    remedy_zh = "请选择备案范围内的职业和等级，或申请增项。"
    remedy_en = "Choose an occupation and level in the filed scope, or have the scope extended."


class OwnStaffOnly(DomainError):
    code = "own_staff_only"
    zh = "用人单位只能评价本单位职工，不能为其他单位组织评价。"
    en = "An employer assesses its own staff, not that of another unit."
    remedy_zh = "请填写本单位的统一社会信用代码，或由社会培训评价组织办理。"
    remedy_en = "Name your own unit as the employer, or leave it to a third-party organisation."


def ensure_own_staff(filing: Filing, organisation: str, employer: str | None) -> None:
    """Who employs, assesses (谁用人、谁评价; domain A1, A2). Raises OwnStaffOnly."""
    if filing.category == "Y" and employer != organisation:
        raise OwnStaffOnly(field="employer")


def filing_in_force(filings: Sequence[Filing], on: date) -> Filing | None:
    """The newest version that has begun by the day, where it has not ended: from its first day on
    a version takes the place of every older one, also where it ends earlier or covers less. Only
    a renewal that was filed ahead, for after the newer one's end, follows on it."""
    begun = sorted((one for one in filings if one.valid_from <= on), key=lambda one: -one.version)
    ended = date.min
    for one in begun:
        if one.valid_from <= ended:
            continue
        if on <= one.valid_until:
            return one
        ended = one.valid_until
    return None


def ensure_in_scope(filings: Sequence[Filing], occupation: str, level: str, on: date) -> Filing:
    """The filing under which a sitting may be held; raises OrganisationNotFiled or OutOfScope."""
    filing = filing_in_force(filings, on)
    if filing is None:
        raise OrganisationNotFiled(field="held_on", on=on.isoformat())
    if (occupation, level) not in filing.scope:
        raise OutOfScope(field="occupation", occupation=occupation, level=level)
    return filing
