"""Who decides about doubts. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settlers:
    """The office that may take back what is in doubt. `widened_to`: it is in charge of the whole
    region of that level around its own (a centre of its province)."""

    role: str
    widened_to: str | None = None
