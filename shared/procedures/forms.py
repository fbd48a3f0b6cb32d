"""What a person filled in against a procedure's form: every bad field at once, and the values
normalised and split into plain and personal (the personal ones are kept encrypted)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shared.kernel.bank_account import parse_bank_account
from shared.kernel.characters import UnusableCharacter, fault_of, read_name
from shared.kernel.credit_code import CreditCode
from shared.kernel.errors import DomainError, Errors, InvalidField
from shared.kernel.identity_number import IdentityNumber
from shared.kernel.money import parse_yuan, yuan
from shared.kernel.occupation import parse_occupation
from shared.kernel.phone import parse_phone
from shared.kernel.region import parse_region
from shared.kernel.text import Text, half_width, visible, without_spaces
from shared.procedures.facts import as_date, as_whole, is_missing
from shared.procedures.model import FormField
from shared.procedures.procedure import Procedure

_LONGEST = {"text": 200, "long_text": 10_000, "honour_no": 64}
# domain.md A3: a letter and 21 digits (a letter in the level's place for 特级技师), two letters
# and 20 digits, or the 16 digits of an old 职业资格证书.
_CERTIFICATE = re.compile(r"[A-Z]\d{14}[1-5A-Z]\d{6}|[A-Z]{2}\d{20}|\d{16}", re.ASCII)
Reader = Callable[[FormField, Any], Any]
NAMES = ("name", "holder_name")  # of persons, in a form


class FieldMissing(DomainError):
    code = "field_missing"
    zh = "请填写{label}。"
    en = "Fill in {label}."


class UnknownField(DomainError):
    code = "unknown_field"
    zh = "表单中没有字段 {name}。"
    en = "The form has no field {name}."


def validate_form(
    procedure: Procedure, values: Mapping[str, Any], partial: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(plain, personal), JSON values: dates as YYYY-MM-DD, money in fen (text is read as yuan, an
    integer is fen already), attachments as lists. `partial` (a draft): nothing is required. Blank
    fields are left out. Raises Errors."""
    errors: list[DomainError] = []
    known = {one.name for one in procedure.form}
    for name in values:
        if name not in known:
            errors.append(UnknownField(field=str(name), name=str(name)))
    plain: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for one in procedure.form:
        value = values.get(one.name)
        if is_missing(value) or value == []:
            if one.required and not partial:
                errors.append(FieldMissing(field=one.name, label=one.label))
            continue
        try:
            (personal if one.personal else plain)[one.name] = read_value(one, value)
        except DomainError as error:
            errors.append(error)
    if errors:
        raise Errors(errors)
    return plain, personal


def read_value(field: FormField, value: Any) -> Any:
    """The normalised value of one field. Raises a DomainError with `field` set."""
    try:
        return _READERS[field.type](field, value)
    except DomainError as error:
        error.field = field.name
        raise


def _wrong(field: FormField, zh: str, en: str) -> InvalidField:
    return InvalidField(
        field=field.name, reason=Text(f"{field.label.zh}{zh}", f"{field.label.en} {en}")
    )


def _text(field: FormField, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _wrong(field, "应为文字。", "must be text.")
    text = visible(str(value))
    if field.type == "text" and field.name in NAMES:
        text = read_name(text)
    why = fault_of("".join(text.split()) if field.type == "long_text" else text)
    if why is not None:
        raise UnusableCharacter(why=why)
    longest = field.maximum if field.maximum is not None else _LONGEST.get(field.type, 200)
    if len(text) > longest or len(text) < (field.minimum or 0):
        span = f"{field.minimum or 1}–{longest}"
        raise _wrong(
            field,
            f"应为 {span} 个字，现有 {len(text)} 个。",
            f"must have {span} characters; it has {len(text)}.",
        )
    return text


def _string(field: FormField, value: Any) -> str:
    """Text for the readers of the kernel. A number would have lost digits or leading zeros."""
    if not isinstance(value, str):
        raise _wrong(field, "应以文字形式填写。", "must be given as text.")
    return value


def _integer(field: FormField, value: Any) -> int:
    number = as_whole(half_width(value) if isinstance(value, str) else value)
    if number is None:
        raise _wrong(field, "应为整数。", "must be a whole number.")
    return _bounded(field, number, str)


def _bounded(field: FormField, number: int, shown: Callable[[int], str]) -> int:
    if field.minimum is not None and number < field.minimum:
        least = shown(field.minimum)
        raise _wrong(field, f"不能小于 {least}。", f"must be at least {least}.")
    most_allowed = 2**53 if field.maximum is None else field.maximum
    if number > most_allowed:
        most = shown(most_allowed)
        raise _wrong(field, f"不能大于 {most}。", f"must be at most {most}.")
    return number


def _money(field: FormField, value: Any) -> int:
    if isinstance(value, str):
        fen = parse_yuan(value, field=field.name)
    elif isinstance(value, int) and not isinstance(value, bool):
        fen = value
    else:
        raise _wrong(
            field, "应为金额（整数分，或以元为单位的文字）。", "must be fen, or text in yuan."
        )
    if fen < 0:
        raise _wrong(field, "不能是负数。", "must not be negative.")
    return _bounded(field, fen, yuan)


def _date(field: FormField, value: Any) -> str:
    text = half_width(value) if isinstance(value, str) else value
    day = as_date(text) if isinstance(text, date) or len(str(text)) == 10 else None
    if day is None:
        raise _wrong(field, "应为日期，如 2024-03-04。", "must be a date such as 2024-03-04.")
    return day.isoformat()


def _choice(field: FormField, value: Any) -> str:
    if str(value) not in [option.value for option in field.options]:
        zh = "、".join(option.label.zh for option in field.options)
        en = ", ".join(option.label.en for option in field.options)
        raise _wrong(field, f"应为以下之一：{zh}。", f"must be one of: {en}.")
    return str(value)


_FLAGS = {"true": True, "是": True, "yes": True, "false": False, "否": False, "no": False}


def _boolean(field: FormField, value: Any) -> bool:
    found = _FLAGS.get(str(value).strip().lower()) if isinstance(value, (bool, str)) else None
    if found is None:
        raise _wrong(field, "应为“是”或“否”（true 或 false）。", "must be true or false.")
    return found


def _level(field: FormField, value: Any) -> int:
    level = as_whole(value)
    if level is None or not 1 <= level <= 5:
        raise _wrong(
            field,
            "应为 1 至 5（5 初级工 … 1 高级技师）。",
            "must be 1 to 5 (5 is the lowest level, 1 the highest).",
        )
    return level


def _certificate_no(field: FormField, value: Any) -> str:
    number = without_spaces(_string(field, value)).upper()
    if not _CERTIFICATE.fullmatch(number):
        raise _wrong(
            field,
            "不正确：职业技能等级证书编号为 22 位（字母开头），如 S000042000001245000001。",
            "is not right: 22 characters beginning with a letter, such as S000042000001245000001.",
        )
    return number


def _attachment(field: FormField, value: Any) -> list[str]:
    several = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(one, str) and 0 < len(one) <= 200 for one in several):
        raise _wrong(field, "应为已上传材料的编号。", "must be the ids of uploaded files.")
    return list(dict.fromkeys(several))


_READERS: dict[str, Reader] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "date": _date,
    "money": _money,
    "choice": _choice,
    "boolean": _boolean,
    "region": lambda f, v: parse_region(_string(f, v), field=f.name),
    "occupation": lambda f, v: parse_occupation(_string(f, v), field=f.name),
    "level": _level,
    "certificate_no": _certificate_no,
    "honour_no": lambda f, v: _text(f, without_spaces(_string(f, v))),
    "credit_code": lambda f, v: CreditCode.parse(_string(f, v), field=f.name).value,
    "identity_number": lambda f, v: IdentityNumber.parse(_string(f, v), field=f.name).value,
    "phone": lambda f, v: parse_phone(_string(f, v), field=f.name),
    "bank_account": lambda f, v: parse_bank_account(_string(f, v), field=f.name),
    "attachment": _attachment,
}
