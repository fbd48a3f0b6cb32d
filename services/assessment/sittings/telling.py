"""What the timeline says of a sitting's certificates and rosters. Pure."""

from collections.abc import Mapping
from typing import Any

from shared.approvals.telling import Teller
from shared.kernel.text import Text


def _issued(facts: Mapping[str, Any]) -> Text:
    first, last, count = facts["first"], facts["last"], facts["count"]
    if count == 1:
        return Text(f"证书编号 {first}。", f"Certificate number {first}.")
    return Text(
        f"证书编号 {first} 至 {last}，共 {count} 本。",
        f"Certificate numbers {first} to {last}, {count} certificates.",
    )


def _revoked(facts: Mapping[str, Any]) -> Text:
    return Text(f"证书编号 {facts['certificate']}。", f"Certificate number {facts['certificate']}.")


def _roster(facts: Mapping[str, Any]) -> Text:
    return Text(f"名单共 {facts['candidates']} 人。", f"Candidates: {facts['candidates']}.")


TELLS: Mapping[str, Teller] = {
    "certificates_issued": _issued,
    "certificate_revoked": _revoked,
    "roster_imported": _roster,
    "roster_replaced": _roster,
}
