"""Resident identity numbers (居民身份证号码, GB 11643): reading, masking, and the reference that
stands for a person wherever the number itself may not appear."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from shared.kernel.errors import DomainError
from shared.kernel.text import Text, without_spaces

_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN = re.compile(r"[1-9][0-9]{14}")
_REGION_UNKNOWN = Text(
    "号码的行政区划代码与出生年份不符，可能是区划调整后编发的号码，请核对证件。",
    "Its region code was not in use in the year of birth; the number may have been issued after a "
    "change of regions. Check the card.",
)


class InvalidIdentityNumber(DomainError):
    """Never carries the number itself."""

    code = "invalid_identity_number"
    zh = "身份证号码不正确：{reason}"
    en = "This is not a valid identity number: {reason}"
    remedy_zh = "请按身份证逐位核对；表格中请把该列设为文本。"
    remedy_en = "Compare it with the card digit by digit; in a spreadsheet, make its cell text."


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A number of 18 characters whose date is real and whose check digit is right.

    `region` is where it was issued. That is no reason to refuse: numbers issued late, or after a
    district was renamed, carry codes that did not exist at birth; then `warnings` says so."""

    value: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Literal["male", "female"]
    region: str
    warnings: tuple[Text, ...] = ()

    @classmethod
    def parse(
        cls, text: str, *, field: str | None = None, row: int | None = None, on: date | None = None
    ) -> IdentityNumber:
        """Accepts spaces, full-width digits and a lower-case x. Refuses numbers of 15 digits, and
        a birth after `on` when that is given. Raises InvalidIdentityNumber."""
        number = without_spaces(text).upper() if isinstance(text, str) else ""
        birth_date, problem = _examine(number)
        if problem is None and birth_date is not None and on is not None and birth_date > on:
            problem = Text("出生日期晚于今天。", "its date of birth is in the future.")
        if problem is not None or birth_date is None:
            raise InvalidIdentityNumber(field=field, row=row, reason=problem)
        return cls(
            value=number,
            birth_date=birth_date,
            sex="male" if int(number[16]) % 2 else "female",
            region=number[:6],
            warnings=() if _region_existed(number[:10]) else (_REGION_UNKNOWN,),
        )

    def __str__(self) -> str:
        return mask_identity_number(self.value)


def _examine(number: str) -> tuple[date | None, Text | None]:
    if _FIFTEEN.fullmatch(number):
        return None, Text(
            "15 位旧号码已停用，请填写二代身份证上的 18 位号码。",
            "numbers of 15 digits are no longer in use; give the 18 characters of today's card.",
        )
    if len(number) != 18:
        return None, Text("应为 18 位。", "it needs 18 characters.")
    if not _EIGHTEEN.fullmatch(number):
        return None, Text(
            "前 17 位应为数字，末位为数字或 X。", "17 digits, then a digit or X, are expected."
        )
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        birth_date = None
    if birth_date is None or birth_date.year < 1880:
        return None, Text("其中的出生日期不存在。", "its date of birth does not exist.")
    if ric.calc_check_digit(number) != number[17]:
        return None, Text("校验位不符，请检查是否有误。", "its check digit does not match.")
    return birth_date, None


@lru_cache(maxsize=10_000)
def _region_existed(region_and_year: str) -> bool:
    try:
        ric.get_birth_place(region_and_year + "0101")
    except ValidationError:
        return False
    return True


def person_ref(number: str, key: bytes) -> str:
    """The reference of a person: HMAC-SHA256 (hex) of the normalised number. The three services
    share `key`, and it is not rotated. Raises InvalidIdentityNumber."""
    value = IdentityNumber.parse(number).value
    return hmac.new(key, value.encode("ascii"), hashlib.sha256).hexdigest()


def mask_identity_number(number: str) -> str:
    """421281200103072010 -> 421***********2010. Anything of another length is hidden whole."""
    return f"{number[:3]}{'*' * 11}{number[-4:]}" if len(number) == 18 else "*" * len(number)
