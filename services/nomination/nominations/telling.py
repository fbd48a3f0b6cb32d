"""What the timeline says of an honour: its number. Pure."""

from collections.abc import Mapping
from typing import Any

from shared.approvals.telling import Teller
from shared.kernel.text import Text


def _conferred(facts: Mapping[str, Any]) -> Text:
    return Text(f"荣誉编号 {facts['honour']}。", f"Honour number {facts['honour']}.")


TELLS: Mapping[str, Teller] = {"honour_conferred": _conferred, "honour_revoked": _conferred}
