"""Reads an ISO 20022 pain.002 customer payment status report."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

from services.subsidy.payments.errors import UnreadableReport
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.handlers import StatusReport

LARGEST = 5_000_000
STATUSES = {
    "ACSC": PaymentState.SETTLED,
    "ACCC": PaymentState.SETTLED,
    "RJCT": PaymentState.REJECTED,
    "PDNG": PaymentState.UNKNOWN,
}


def read_pain002(content: bytes) -> list[StatusReport]:
    """One report for each transaction with a final or pending status; others say nothing yet.
    Raises UnreadableReport. Documents with a DTD are refused: no entity is ever expanded."""
    if len(content) > LARGEST or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableReport(why="DTD / size")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise UnreadableReport(why=f"XML, {error.position[0]}:{error.position[1]}") from None
    message = _text(root, "GrpHdr/MsgId")
    created = _moment(_text(root, "GrpHdr/CreDtTm"))
    return list(_reports(root, message, created))


def _reports(root: ElementTree.Element, message: str, created: datetime) -> Iterator[StatusReport]:
    for transaction in root.iterfind(".//{*}TxInfAndSts"):
        status = STATUSES.get(_text(transaction, "TxSts"))
        if status is None:
            continue
        end_to_end = _text(transaction, "OrgnlEndToEndId")
        yield StatusReport(
            end_to_end_id=end_to_end,
            status=status,
            reason_code=_find(transaction, "StsRsnInf/Rsn/Cd"),
            reported_at=created,
            report_id=f"{message}:{end_to_end}",
        )


def _find(element: ElementTree.Element, path: str) -> str | None:
    found = element.find(".//" + "/".join(f"{{*}}{name}" for name in path.split("/")))
    return None if found is None or not found.text else found.text.strip()


def _text(element: ElementTree.Element, path: str) -> str:
    value = _find(element, path)
    if value is None:
        raise UnreadableReport(why=path)
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableReport(why="GrpHdr/CreDtTm") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
