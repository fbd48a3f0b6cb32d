"""Unified social credit codes of organisations (统一社会信用代码, GB 32100)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.cn import uscc

from shared.kernel.errors import DomainError
from shared.kernel.text import Text, without_spaces

# Authority and kind may be letters (A military, N agriculture, Y others): `uscc.validate` refuses
# those, so the shape is checked here and only the check character is taken from it.
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")


class InvalidCreditCode(DomainError):
    code = "invalid_credit_code"
    zh = "统一社会信用代码不正确：{reason}"
    en = "This is not a valid unified social credit code: {reason}"
    remedy_zh = "请按营业执照或登记证书逐位核对。"
    remedy_en = "Compare it with the licence or certificate character by character."


@dataclass(frozen=True, slots=True)
class CreditCode:
    """`authority` registered it: 9 market regulation, 1 institutions, 8 unions, 5 civil affairs."""

    value: str
    authority: str
    kind: str
    region: str

    @classmethod
    def parse(cls, text: str, *, field: str | None = None, row: int | None = None) -> CreditCode:
        """Accepts spaces, hyphens, full-width and lower-case letters. Raises InvalidCreditCode."""
        code = without_spaces(text).upper().replace("-", "")
        if not _SHAPE.fullmatch(code):
            raise InvalidCreditCode(
                field=field,
                row=row,
                reason=Text(
                    "应为 18 位数字或大写字母（不含 I、O、S、V、Z）。",
                    "18 digits or capitals are expected (without I, O, S, V, Z).",
                ),
            )
        if uscc.calc_check_digit(code) != code[17]:
            raise InvalidCreditCode(
                field=field, row=row, reason=Text("校验码不符。", "its check character is wrong.")
            )
        return cls(value=code, authority=code[0], kind=code[1], region=code[2:8])

    def __str__(self) -> str:
        return self.value
