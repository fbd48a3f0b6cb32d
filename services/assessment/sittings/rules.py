"""Reads the rows of a roster into people, every fault with its row and column. Pure.

No error carries an identity number or a phone: they go back to browsers and into logs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from services.assessment.certificates.rules import CertificateNumber
from services.assessment.sittings import columns
from services.assessment.sittings.cells import as_text, read_day
from services.assessment.sittings.errors import (
    DuplicateInRoster,
    IdentityNumberIsANumber,
    RowIncomplete,
    RowValueInvalid,
)
from services.assessment.spreadsheets.reading import Row
from shared.kernel.characters import fault_of, fault_of_name, read_name
from shared.kernel.errors import DomainError
from shared.kernel.identity_number import IdentityNumber, person_ref
from shared.kernel.phone import parse_phone
from shared.kernel.text import Text, half_width, without_spaces

T = TypeVar("T")
LONGEST_TEXT = 60
MOST_YEARS = 70
EARLIEST_YEAR = 1949


@dataclass(frozen=True, slots=True)
class Entrant:
    """A good row. `facts` is what the row rules read, as JSON."""

    row: int
    name: str
    person_ref: str
    condition: str
    facts: Mapping[str, Any]
    identity_number: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Roster:
    entrants: list[Entrant]
    errors: list[DomainError]


def read_roster(
    rows: Sequence[Row], *, occupation: str, level: str, held_on: date, key: bytes
) -> Roster:
    """`key` makes person_refs. A row with any fault is no entrant; the errors name all faults."""
    entrants: list[Entrant] = []
    errors: list[DomainError] = []
    seen: dict[str, int] = {}
    for row in rows:
        reader = _RowReader(row)
        entrant = _entrant(reader, occupation, level, held_on, key)
        if entrant is not None and entrant.person_ref in seen:
            first = seen[entrant.person_ref]
            reader.errors.append(
                DuplicateInRoster(field="identity_number", row=row.number, first=first)
            )
        elif entrant is not None:
            seen[entrant.person_ref] = row.number
        errors.extend(reader.errors)
        if entrant is not None and not reader.errors:
            entrants.append(entrant)
    return Roster(entrants, errors)


def _entrant(
    reader: "_RowReader", occupation: str, level: str, held_on: date, key: bytes
) -> Entrant | None:
    """None when the identity number cannot be read; other faults are noted in the reader."""
    number = reader.identity_number(held_on)
    name = reader.name()
    condition = reader.text("condition", required=True)
    phone = reader.phone()
    facts: dict[str, Any] = {
        "occupation": occupation,
        "level": int(level),
        "years_in_occupation": reader.years("years_in_occupation"),
        "graduation": reader.one_of("graduation", columns.GRADUATION),
        "graduation_related": reader.one_of("graduation_related", columns.YES_NO),
        "title_level": reader.one_of("title_level", columns.TITLE),
        "title_years": reader.years("title_years"),
        "apprenticeship_finished": reader.one_of("apprenticeship_finished", columns.YES_NO),
        "certificates": reader.previous_certificates(occupation, held_on),
    }
    if number is None:
        return None
    return Entrant(
        row=reader.number,
        name=name,
        person_ref=person_ref(number.value, key),
        condition=condition,
        facts=facts,
        identity_number=number.value,
        phone=phone,
    )


def _certificate_number(text: str) -> str:
    """In the form of the register where it has that form; one of an older kind as it is written."""
    found = CertificateNumber.within(text)
    return str(found) if found is not None else without_spaces(text).upper()


class _RowReader:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.number = row.number
        self.errors: list[DomainError] = []
        self._cells = row.cells

    def _invalid(self, key: str, why: Text) -> None:
        column = columns.BY_KEY[key]
        self.errors.append(
            RowValueInvalid(
                field=key, row=self.number, column=column.zh, column_en=column.en, why=why
            )
        )

    def _missing(self, key: str) -> None:
        column = columns.BY_KEY[key]
        self.errors.append(
            RowIncomplete(field=key, row=self.number, column=column.zh, column_en=column.en)
        )

    def text(self, key: str, *, required: bool = False) -> str:
        cell = self._cells.get(key, "")
        text = half_width(as_text(cell))
        if required and not text:
            self._missing(key)
        elif len(text) > LONGEST_TEXT:
            self._invalid(
                key,
                Text(f"不超过 {LONGEST_TEXT} 字。", f"{LONGEST_TEXT} characters at most."),
            )
        elif (why := fault_of(text)) is not None:
            self._invalid(key, why)
        return text

    def name(self) -> str:
        text = self.text("name", required=True)
        why = fault_of_name(text)
        if why is None:
            return read_name(text)
        if fault_of(text) is None:  # else it was said
            self._invalid("name", why)
        return text

    def identity_number(self, held_on: date) -> IdentityNumber | None:
        cell = self._cells.get("identity_number", "")
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            self.errors.append(IdentityNumberIsANumber(field="identity_number", row=self.number))
            return None
        if as_text(cell).strip() == "":
            self._missing("identity_number")
            return None
        return self._kept(
            lambda: IdentityNumber.parse(
                as_text(cell), field="identity_number", row=self.number, on=held_on
            )
        )

    def phone(self) -> str | None:
        text = half_width(as_text(self._cells.get("phone", "")))
        if not text:
            return None
        return self._kept(lambda: parse_phone(text, field="phone", row=self.number))

    def years(self, key: str) -> int | None:
        text = half_width(as_text(self._cells.get(key, "")))
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= MOST_YEARS):
            self._invalid(
                key, Text(f"应为 0 至 {MOST_YEARS} 的整数。", f"a whole number, 0 to {MOST_YEARS}.")
            )
            return None
        return int(text)

    def one_of(self, key: str, words: Mapping[str, T]) -> T | None:
        text = half_width(as_text(self._cells.get(key, ""))).lower()
        if text in words:
            return words[text]
        zh = "、".join(word for word in words if not word.isascii())
        en = ", ".join(word for word in words if word and word.isascii())
        self._invalid(key, Text(f"可填：{zh}。", f"one of: {en}."))
        return None

    def day(self, key: str, held_on: date) -> date | None:
        cell = self._cells.get(key, "")
        if isinstance(cell, datetime):
            day: date | None = cell.date()
        elif isinstance(cell, date):
            day = cell
        else:
            text = half_width(as_text(cell))
            if not text:
                return None
            day = read_day(text)
        if day is None or day.year < EARLIEST_YEAR:
            self._invalid(
                key,
                Text(
                    "应为四位年份的日期，如 2021-05-30。",
                    "a date with the year in full, such as 2021-05-30.",
                ),
            )
            return None
        if day > held_on:
            self._invalid(key, Text("晚于评价日期。", "it lies after the day of the sitting."))
        return day

    def previous_certificates(self, occupation: str, held_on: date) -> list[dict[str, Any]]:
        number = _certificate_number(self.text("previous_certificate_no"))
        level_text = self.text("previous_level")
        issued_on = self.day("previous_issued_on", held_on)
        if not (number or level_text or issued_on):
            return []
        if not number:  # what nobody can look up is no certificate (domain A3: no check digit)
            self._missing("previous_certificate_no")
        level = columns.LEVELS.get(level_text)
        if level is None:
            self._invalid(
                "previous_level",
                Text("应为 5 至 1 或“五级”等。", "5 to 1, or the level's name."),
            )
        unreadable = any(each.field == "previous_issued_on" for each in self.errors)
        if issued_on is None and not unreadable:
            self._missing("previous_issued_on")
        if level is None or issued_on is None:
            return []
        return [
            {
                "certificate_no": number,
                "occupation": occupation,
                "level": int(level),
                "issued_on": issued_on.isoformat(),
                "status": "valid",
            }
        ]

    def _kept(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except DomainError as error:
            self.errors.append(error)
            return None
