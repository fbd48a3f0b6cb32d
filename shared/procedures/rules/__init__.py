"""The shared rule book: generally useful predicates. A rule of one service alone lives there."""

from shared.procedures.rulebook import RuleBook
from shared.procedures.rules import (
    certificates,
    comparisons,
    dates,
    grants,
    honours,
    insurance,
    qualification,
)

_PARTS = (comparisons, dates, certificates, insurance, grants, honours, qualification)


def shared_rules() -> RuleBook:
    """A new book with every shared rule; a service adds its own to it."""
    return RuleBook(*(part.rules for part in _PARTS))


__all__ = ["shared_rules"]
