"""What a notice may show, and in which form. Pure.

Source: the notice of 2017-12 on personal data in published subsidy lists (an identity number is
partly hidden; never an address, contact, bank card, date of birth, hardship or disability).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.kernel.identity_number import mask_identity_number
from shared.notices.errors import ColumnNotAllowed
from shared.procedures.model import NEVER_PUBLISHED

# Of 18 characters, or of 15 as on old cards. A mistyped one is hidden too: its birth date is right.
_MONTH_DAY = "(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
_IDENTITY = re.compile(
    rf"(?<![0-9A-Za-z])[1-9][0-9]{{5}}((18|19|20)[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}[0-9Xx]"
    rf"|[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}})(?![0-9A-Za-z])"
)
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{16,19}(?![0-9A-Za-z])")
_DIGITS = dict(zip(map(ord, "０１２３４５６７８９Ｘｘ"), "0123456789Xx", strict=True))
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])")


def check_columns(shows: Iterable[str]) -> None:
    """Raises ColumnNotAllowed for a column that no notice may have."""
    for column in shows:
        if column in NEVER_PUBLISHED:
            raise ColumnNotAllowed(column=column)


def masked_row(shows: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `shows` that have a value, in that order, each masked."""
    columns = list(shows)
    check_columns(columns)
    return {
        column: _masked(column, values[column])
        for column in columns
        if values.get(column) is not None
    }


def _masked(column: str, value: Any) -> Any:
    if isinstance(value, str):
        return mask_identity_number(value) if column == "identity_number" else scrubbed(value)
    if isinstance(value, Mapping):
        return {key: _masked(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(column, each) for each in value]
    return value


def scrubbed(text: str) -> str:
    """Text in which identity numbers, accounts and mobile numbers that strayed in are hidden."""
    text = _IDENTITY.sub(lambda found: mask_identity_number(found[0]), text.translate(_DIGITS))
    text = _ACCOUNT.sub(lambda found: "*" * len(found[0]), text)
    return _MOBILE.sub(lambda found: "*" * len(found[0]), text)
