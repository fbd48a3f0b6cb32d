"""The bank. To be replaced by your own bank's interface; the rest does not know how it looks."""

from dataclasses import dataclass
from typing import Any

import httpx

from deploy.finance.subsidy import Away

# A gateway or a wrong address answers 404 too: only the bank's own words say that it has no such
# payment, because a payee whose order was never booked is paid anew.
NO_SUCH_PAYMENT = "not_found"


@dataclass(frozen=True)
class Answer:
    """`status`: pending, settled, rejected, returned; None when the bank itself says that it has no
    such payment."""

    status: str | None
    reason_code: str | None = None
    amount_fen: int | None = None  # of the order that the bank has under the end_to_end_id


class Unanswered(Exception):
    """The order went out and no answer came: what became of it is not known."""


class Bank:
    def __init__(self, base_url: str, send_seconds: float) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=send_seconds)

    def pay(self, *, end_to_end_id: str, amount_fen: int, account: str, name: str) -> Answer:
        """Sends one order, once. Raises Unanswered for anything but a clear answer."""
        order = {
            "end_to_end_id": end_to_end_id,
            "amount_fen": amount_fen,
            "account": account,
            "name": name,
        }
        try:
            answer = self._http.post("/payments", json=order)
        except httpx.HTTPError as error:
            raise Unanswered(type(error).__name__) from None
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            return Answer("rejected", "FF01")  # ISO 20022: the order itself is not valid
        if answer.status_code not in (httpx.codes.OK, httpx.codes.ACCEPTED):
            raise Unanswered(str(answer.status_code))
        return Answer("pending")

    def ask(self, end_to_end_id: str) -> Answer:
        """What the bank knows of a payment. Raises Away."""
        answer = self._get(f"/payments/{end_to_end_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            if _code(answer) != NO_SUCH_PAYMENT:
                raise Away("bank: 404 that is not the bank's own")
            return Answer(None)
        found = self._json(answer)
        return Answer(str(found["status"]), found.get("reason_code"), found.get("amount_fen"))

    def reports(self, after: int) -> list[dict[str, Any]]:
        """The bank's status reports with numbers above `after`."""
        answer = self._get("/reports", params={"after": after, "limit": 200})
        return list(self._json(answer)["reports"])

    def _get(self, path: str, **given: Any) -> httpx.Response:
        try:
            return self._http.get(path, **given)
        except httpx.HTTPError as error:
            raise Away(f"bank: {type(error).__name__}") from None

    def _json(self, answer: httpx.Response) -> Any:
        try:
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Away(f"bank: {type(error).__name__}") from None


def _code(answer: httpx.Response) -> str | None:
    """The code of a problem; None for what is no problem of the bank's own."""
    try:
        problem = answer.json()
    except ValueError:
        return None
    return problem.get("code") if isinstance(problem, dict) else None
