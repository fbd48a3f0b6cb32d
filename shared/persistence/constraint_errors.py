"""The name of a violated constraint becomes an error of the domain."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from shared.kernel.errors import DomainError

_registered: dict[str, type[DomainError]] = {}


def register(constraint_name: str, error: type[DomainError]) -> None:
    """Called beside the model that declares the constraint. A name means one error."""
    if _registered.setdefault(constraint_name, error) is not error:
        raise ValueError(f"{constraint_name} already means {_registered[constraint_name].__name__}")


def translate(error: IntegrityError) -> DomainError | None:
    """The domain's error, or None for a constraint that nobody should be able to violate."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    meant = _registered.get(name) if name else None
    return None if meant is None else meant()


def registered() -> Mapping[str, type[DomainError]]:
    """For the test that says that each of the names exists in a database."""
    return dict(_registered)
