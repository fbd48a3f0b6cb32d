"""Reads an ISO 20022 pain.002 customer payment status report, of any version, as it is written.
What it means for the payments of a batch is in `reports/levels.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from services.subsidy.bank_files.xml_text import read_xml
from services.subsidy.reports.errors import ImplausibleMoment, UnreadableReport
from services.subsidy.reports.rules import plain
from shared.kernel.clock import SHANGHAI

MOST_TRANSACTIONS = 10_000
LONGEST_ID = 140
LONGEST_REASON = 100
LONGEST_INFO = 1000


@dataclass(frozen=True)
class Said:
    """A status of one level with its reasons: the code (ISO's or the bank's own), the free text."""

    status: str | None
    reason_code: str | None
    information: str | None


@dataclass(frozen=True)
class Reference:
    """What a level names of the file that was sent, to compare with it; None where it does not."""

    id: str | None
    count: str | None
    total: str | None


@dataclass(frozen=True)
class Amount:
    """As written, with where it stands: InstdAmt, EqvtAmt or IntrBkSttlmAmt."""

    field: str
    text: str
    currency: str | None


@dataclass(frozen=True)
class Transaction:
    """`amounts` and `account` (the creditor's): what the bank repeats of the order."""

    said: Said
    end_to_end_id: str | None
    instruction_id: str | None
    amounts: tuple[Amount, ...]
    account: str | None
    accepted_at: str | None


@dataclass(frozen=True)
class PaymentInformation:
    said: Said
    original: Reference
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True)
class Pain002:
    message_id: str
    created: datetime
    said: Said
    original: Reference
    parts: tuple[PaymentInformation, ...]


def read_pain002(content: bytes) -> Pain002:
    """Raises UnreadableReport."""
    root = read_xml(content)
    header = next((each for each in root.iter() if _local(each) == "GrpHdr"), None)
    message = next((each for each in root.iter() if each.find("{*}GrpHdr") is header), None)
    if header is None or message is None:
        raise UnreadableReport(why="GrpHdr")
    if sum(_local(each) == "GrpHdr" for each in root.iter()) > 1:
        raise UnreadableReport(why="GrpHdr > 1")
    if sum(_local(each) == "TxInfAndSts" for each in message.iter()) > MOST_TRANSACTIONS:
        raise UnreadableReport(why=f"TxInfAndSts > {MOST_TRANSACTIONS}")
    group = message.find("{*}OrgnlGrpInfAndSts")
    group = Element("none") if group is None else group
    return Pain002(
        message_id=_message_id(header),
        created=_created(header),
        said=_said(group, "GrpSts"),
        original=_reference(group, "OrgnlMsgId"),
        parts=tuple(_parts(message)),
    )


def read_moment(text: str) -> datetime:
    """Banks of China leave out the zone: it is theirs. Raises ImplausibleMoment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ImplausibleMoment() from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _parts(message: Element) -> Iterator[PaymentInformation]:
    """The first versions have the transactions beside the group, without a level between."""
    loose = tuple(_transaction(each) for each in message.findall("{*}TxInfAndSts"))
    if loose:
        yield PaymentInformation(Said(None, None, None), Reference(None, None, None), loose)
    for part in message.findall("{*}OrgnlPmtInfAndSts"):
        yield PaymentInformation(
            _said(part, "PmtInfSts"),
            _reference(part, "OrgnlPmtInfId"),
            tuple(_transaction(each) for each in part.findall("{*}TxInfAndSts")),
        )


def _transaction(element: Element) -> Transaction:
    return Transaction(
        said=_said(element, "TxSts"),
        end_to_end_id=_text(element, "OrgnlEndToEndId"),
        instruction_id=_text(element, "OrgnlInstrId"),
        amounts=tuple(_amounts(element)),
        account=_account(element),
        accepted_at=_text(element, "AccptncDtTm"),
    )


def _amounts(transaction: Element) -> Iterator[Amount]:
    for field, path in (
        ("InstdAmt", "{*}Amt/{*}InstdAmt"),
        ("EqvtAmt", "{*}Amt/{*}EqvtAmt/{*}Amt"),
        ("IntrBkSttlmAmt", "{*}IntrBkSttlmAmt"),
    ):
        for found in transaction.findall(f"{{*}}OrgnlTxRef/{path}"):
            yield Amount(field, (found.text or "").strip(), found.get("Ccy"))


def _account(transaction: Element) -> str | None:
    for path in ("{*}Othr/{*}Id", "{*}IBAN"):
        found = transaction.find(f"{{*}}OrgnlTxRef/{{*}}CdtrAcct/{{*}}Id/{path}")
        if found is not None and found.text:
            return "".join(found.text.split()) or None
    return None


def _said(element: Element, status: str) -> Said:
    codes: list[str] = []
    told: list[str] = []
    for each in element.findall("{*}StsRsnInf"):
        for reason in (*each.findall("{*}Rsn"), *each.findall("{*}StsRsn")):
            codes += filter(None, (_text(reason, "Cd"), _text(reason, "Prtry")))
        for more in (*each.findall("{*}AddtlInf"), *each.findall("{*}AddtlStsRsnInf")):
            told += filter(None, [(more.text or "").strip()])
    information = " · ".join((*codes[1:], *told))
    return Said(
        _text(element, status),
        plain(codes[0], LONGEST_REASON) if codes else None,
        plain(information, LONGEST_INFO) or None,
    )


def _reference(element: Element, name: str) -> Reference:
    return Reference(*(_text(element, each) for each in (name, "OrgnlNbOfTxs", "OrgnlCtrlSum")))


def _message_id(header: Element) -> str:
    found = _text(header, "MsgId")
    if found is None or len(found) > LONGEST_ID:
        raise UnreadableReport(why="GrpHdr/MsgId")
    return found


def _created(header: Element) -> datetime:
    try:
        return read_moment(_text(header, "CreDtTm") or "")
    except ImplausibleMoment:
        raise UnreadableReport(why="GrpHdr/CreDtTm") from None


def _text(element: Element, name: str) -> str | None:
    found = element.find(f"{{*}}{name}")
    return None if found is None or not found.text else found.text.strip() or None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
