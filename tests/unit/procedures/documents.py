"""Documents for tests: a small whole one, and changes to it."""

from __future__ import annotations

from typing import Any

import yaml

from shared.procedures import Procedure, RuleBook, shared_rules
from shared.procedures.reading import Reading, read_document

SMALL: dict[str, Any] = {
    "id": "star",
    "title": {"zh": "之星", "en": "Star"},
    "version": "1",
    "region": "4212",
    "effective": {"from": "2024-01-01"},
    "source": "test",
    "form": [
        {"field": "place", "type": "region"},
        {"field": "deeds", "type": "long_text"},
        {"field": "phone", "type": "phone"},
    ],
    "steps": [{"decide": "union_reviews", "by": "union.reviewer"}],
    "outcome": {"honour": {}},
}


def text_of(**changes: Any) -> str:
    """The small document with keys replaced, or left out by None."""
    document = {key: value for key, value in {**SMALL, **changes}.items() if value is not None}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def read(book: RuleBook | None = None, **changes: Any) -> Reading:
    return read_document(text_of(**changes), book or shared_rules(), "star.yaml")


def made(**changes: Any) -> Procedure:
    return Procedure.parse(text_of(**changes), shared_rules())


def step(**written: Any) -> Any:
    """The one step of a document with this step."""
    return made(steps=[written]).steps[0]


def only_error(**changes: Any) -> Any:
    errors = read(**changes).errors
    assert len(errors) == 1, [str(one) for one in errors]
    return errors[0]
