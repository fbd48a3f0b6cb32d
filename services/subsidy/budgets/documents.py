"""The documents that a budget rests on: each counts once, however its number is typed, and a
mistaken one is corrected by reversing its entry. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.subsidy.budgets.rules import Movement
from shared.kernel.text import without_spaces

_OPENING, _CLOSING = "([{<【〖［﹝﹙﹛《〈", ")]}>】〗］﹞﹚﹜》〉"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "〔" * len(_OPENING) + "〕" * len(_CLOSING))
_SERIAL = re.compile(r"第?0*(\d+)号[。.;；,，]*$")
_CORRECTED = re.compile(r"^(.*) #(\d+)$", re.DOTALL)
_KINDS = {
    Movement.APPROPRIATE: Movement.REVERSE_APPROPRIATION,
    Movement.REDUCE: Movement.REVERSE_REDUCTION,
}
ENTERED = (*_KINDS, *_KINDS.values())


@dataclass(frozen=True)
class Entry:
    """One ledger transaction of a document, or the reversal of one."""

    id: str
    kind: Movement
    subject: str
    amount_fen: int
    at: datetime


@dataclass
class Document:
    """`amount_fen`: what it comes to now, after its corrections; 0 where it was taken back."""

    number: str
    kind: Movement
    amount_fen: int = 0
    entered_at: datetime | None = None
    entries: list[Entry] = field(default_factory=list)
    standing: Entry | None = None

    @property
    def corrections(self) -> int:
        return len(self.entries) - 1

    @property
    def reversal(self) -> Movement:
        return _KINDS[self.kind]


def document_number(text: str) -> str:
    """A number as it is compared and shown: half-width, without white space or invisible
    characters, its brackets and its serial as in official documents: 鄂财社〔2024〕1号."""
    shown = without_spaces(text)
    visible = "".join(each for each in shown if unicodedata.category(each)[0] != "C")
    return _SERIAL.sub(r"\1号", visible.translate(_BRACKETS))


def subject_of_document(budget_id: str, number: str, corrections: int = 0) -> str:
    """The key of its entry in the ledger; a correction's has a number of its own."""
    return f"{budget_id}:{number}" + (f" #{corrections + 1}" if corrections else "")


def documents_of(budget_id: str, entries: Iterable[Entry]) -> Mapping[str, Document]:
    """By number, in the order of their first entry. `entries` of one budget, oldest first."""
    listed = sorted(entries, key=lambda each: each.at)
    reversed_ones = {each.subject for each in listed if each.kind in _KINDS.values()}
    found: dict[str, Document] = {}
    for entry in listed:
        if entry.kind not in _KINDS:
            continue
        number = _number(budget_id, entry.subject)
        document = found.setdefault(number, Document(number, entry.kind, entered_at=entry.at))
        document.entries.append(entry)
        if entry.id not in reversed_ones:
            document.standing = entry
            document.amount_fen = entry.amount_fen
    return found


def _number(budget_id: str, subject: str) -> str:
    """Also of entries from before numbers were put into one form."""
    written = subject.removeprefix(f"{budget_id}:")
    corrected = _CORRECTED.match(written)
    return document_number(corrected[1] if corrected else written)
