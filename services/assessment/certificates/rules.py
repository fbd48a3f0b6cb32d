"""The certificate number (职业技能等级证书编码) as pure rules; no I/O, no clock.

Source: jmdrkj.cn/209234.html (domain A3): one capital letter and 21 digits in seven parts. There is
no check digit: whether a certificate exists is answered by the registry alone.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from shared.kernel.errors import DomainError
from shared.kernel.text import Text

CATEGORIES: Final = {
    "Y": Text("用人单位", "employer"),
    "S": Text("社会培训评价组织", "third-party assessment organisation"),
}
LARGEST_SERIAL: Final = 999_999

# Part 6 is a digit for levels five to one; a letter is kept open for 特级技师 (domain A3, INFER).
_NUMBER = re.compile(
    r"(?P<category>[YS])(?P<organisation_code>[0-9]{4})(?P<province>[0-9]{2})"
    r"(?P<site_serial>[0-9]{6})(?P<year>[0-9]{2})(?P<level>[1-5A-Z])(?P<serial>[0-9]{6})"
)
_AMONG_MARKS = re.compile(r"[YS][0-9]{14}[1-5A-Z](?!0{6})[0-9]{6}(?![0-9])")
_AS_DIGITS = str.maketrans("OIL", "011")
_SITE = re.compile(r"[YS][0-9]{12}")


class InvalidCertificateNumber(DomainError):
    code = "invalid_certificate_number"
    zh = "证书编号应为 22 位：1 位大写字母（Y 或 S）加 21 位数字。"
    en = "A certificate number has 22 characters: a capital letter (Y or S), then 21 digits."
    remedy_zh = "请对照证书原件重新输入，不含空格。"
    remedy_en = "Type it again from the certificate, without spaces."


class SerialsExhausted(DomainError):
    code = "certificate_serials_exhausted"
    status = 409
    zh = "评价站点 {site} 在 {year} 年度 {level} 级的证书流水号已用完。"
    en = "Site {site} has used every serial of level {level} in {year}."
    remedy_zh = "请向省级部门申请新的站点序列号。"
    remedy_en = "Ask the province for a further site serial."


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The seven parts; parts one to four are given by the labour department, the rest by us."""

    site: str  # 13 characters: category, organisation code, province, site serial
    year: int  # of issue, 0..99
    level: str  # "1" (一级/高级技师) .. "5" (五级/初级工)
    serial: int  # 1..999999, of one site, year and level

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a number as a person types it; raises InvalidCertificateNumber."""
        found = _NUMBER.fullmatch(re.sub(r"\s", "", text).upper())
        if not found or int(found["serial"]) == 0:
            raise InvalidCertificateNumber(field="number")
        site = "".join(
            found[part] for part in ("category", "organisation_code", "province", "site_serial")
        )
        return cls(site, int(found["year"]), found["level"], int(found["serial"]))

    @classmethod
    def within(cls, text: str) -> Self | None:
        """The number that a person wrote among other marks: hyphens, brackets, "No.", a label, the
        letters O, I and L for the digits. None where there is not exactly one."""
        written = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())
        found = _AMONG_MARKS.findall(written.translate(_AS_DIGITS))
        return cls.parse(found[0]) if len(found) == 1 else None

    def __str__(self) -> str:
        return f"{self.site}{self.year:02d}{self.level}{self.serial:06d}"


def number_for(site: str, issued_in: int, level: str, serial: int) -> CertificateNumber:
    """`issued_in` is the full year (2024); raises SerialsExhausted past the sixth digit."""
    if not _SITE.fullmatch(site):
        raise ValueError(f"not a site code: {site!r}")
    if level not in {"1", "2", "3", "4", "5"}:
        raise ValueError(f"no certificate for level {level!r}")
    if serial > LARGEST_SERIAL:
        raise SerialsExhausted(site=site, year=issued_in, level=level)
    if serial < 1:
        raise ValueError("serials begin at 1")
    return CertificateNumber(site, issued_in % 100, level, serial)


def mask_name(name: str) -> str:
    """The name as the public page shows it: the first character, then one star a character."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
