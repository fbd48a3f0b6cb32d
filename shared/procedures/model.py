"""What a procedure document says, once read: fields, rules, steps. Immutable, knows no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.kernel.text import Text

KINDS = ("decide", "opinions", "panel", "meeting", "notice", "external")
DECIDING = ("decide", "meeting", "panel")  # the kinds that approve or refuse
LEVELS_OF_OFFICE = ("unit", "county", "city", "province", "nation")
# What a case has beside its form, where its document is about many people at once.
ROSTER = "roster"
OUTCOMES = ("approve", "return", "reject", "confirm", "dispute", "support", "oppose")
FIELD_TYPES = (
    "text",
    "long_text",
    "integer",
    "date",
    "money",
    "choice",
    "boolean",
    "region",
    "occupation",
    "level",
    "certificate_no",
    "honour_no",
    "credit_code",
    "identity_number",
    "phone",
    "bank_account",
    "attachment",
)
# These are personal data wherever they stand: encrypted, masked, never in a public notice.
PERSONAL_TYPES = ("identity_number", "phone", "bank_account")
# Fields of these names are in no public notice, whatever a document says (domain.md A9).
NEVER_PUBLISHED = frozenset(
    {
        "phone",
        "telephone",
        "mobile",
        "contact",
        "bank_account",
        "payee_account",
        "account",
        "address",
        "home_address",
        "birth_date",
        "date_of_birth",
        "hardship",
        "disability",
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a `choice` field: what is stored, and what is read."""

    value: str
    label: Text


YES_OR_NO = (Option("true", Text("是", "Yes")), Option("false", Text("否", "No")))


@dataclass(frozen=True, slots=True)
class FormField:
    """`minimum` and `maximum`: of the number (integer; money in fen), or of the text's length.
    `options`: of a choice, and the yes and no of a boolean."""

    name: str
    type: str
    label: Text
    help: Text | None = None
    required: bool = False
    personal: bool = False
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class RuleCall:
    """One rule with the document's parameters. `when`: it counts only where that entry passes.
    `blocks` = "submission": the form is not accepted while this fails."""

    rule: str
    params: Mapping[str, Any] = field(default_factory=dict)
    clause: Text | None = None
    blocks: str | None = None
    when: RuleEntry | None = None


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """any: one of them is enough; all: every one; not: exactly one entry, reversed."""

    op: Literal["any", "all", "not"]
    entries: tuple[RuleEntry, ...]
    clause: Text | None = None
    blocks: str | None = None
    when: RuleEntry | None = None


RuleEntry = RuleCall | RuleGroup


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain. `within` is in working days. What `settings` holds depends on `kind`
    and is complete (defaults are filled in by the reader):
    all       about: tuple[str, ...] (form fields, or "roster", that the step decides on),
              withdrawable: bool
    opinions  offices: tuple[str, ...], opposed: continue|return|reject (what an opposing office
              means; `silence` of the step is what an office that says nothing means)
    panel     experts: int, pass_mark: int, maximum: int, below: reject|return|continue,
              combine: mean|trimmed_mean
    meeting   members: int|None, quorum: Fraction, majority: Fraction, majority_of: present|members,
              fails: reject|return  (tallies.py counts both)
    notice    length: int (wd), batch: None|month, first_day_counts: bool, shows: tuple[str, ...],
              anonymous: bool, objections: {settle: int (wd), by: str}, publishes: str
    external  answers: tuple[str, ...], means: {answer: continue|return|reject}
    """

    kind: str
    key: str
    title: Text
    by: tuple[str, ...] = ()
    at: str = "county"
    of: str = "case"
    may: tuple[str, ...] = ()
    within: int | None = None
    late: str | None = None
    silence: str | None = None
    when: RuleEntry | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rule comes from; `mark` is FOUND, MEMORY, INFER or what the author says."""

    text: Text
    mark: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing that the holder of the outcome is entitled to."""

    key: str
    title: Text
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document (or a part of it) cannot be used, in words that teach. `path` is the place
    inside the document (steps[2].may), `line` counts from 1. A warning does not stop the load."""

    file: str
    path: str
    zh: str
    en: str
    line: int | None = None
    severity: Literal["error", "warning"] = "error"

    def in_(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.severity}: {self.path or '(document)'}: {self.zh} {self.en}"


class DocumentProblems(Exception):
    """A document that cannot be read; `problems` holds all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
