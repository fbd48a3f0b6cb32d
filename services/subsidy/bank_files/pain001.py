"""A batch as an ISO 20022 pain.001.001.09 customer credit transfer initiation."""

from collections.abc import Sequence
from datetime import UTC, date
from xml.etree import ElementTree

from services.subsidy.batches.model import PaymentBatch
from services.subsidy.payments.model import Payment
from shared.kernel.clock import shanghai_date
from shared.kernel.money import yuan

PAIN_001 = "application/xml"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NOT_PROVIDED = "NOTPROVIDED"  # the standard's own word for what the bank fills in
LONGEST = 140  # Max140Text
PAYER = "Labour bureau {region}"


def pain001(batch: PaymentBatch, sent: Sequence[Payment]) -> bytes:
    """UTF-8. Byte for byte the same whenever it is asked for: the moment is that of the allocation,
    and the bank knows a file that it had before by MsgId. Raises BatchNotSent."""
    sent_at = batch.sent_at
    root = ElementTree.Element("Document", xmlns=NAMESPACE)
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", batch.id)
    _add(header, "CreDtTm", sent_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(header, "NbOfTxs", str(len(sent)))
    _add(header, "CtrlSum", yuan(sum(payment.amount_fen for payment in sent)))
    _add(_add(header, "InitgPty"), "Nm", PAYER.format(region=batch.region))
    information = _payment_information(message, batch, sent, shanghai_date(sent_at))
    for payment in sent:
        _transfer(information, batch, payment)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _payment_information(
    message: ElementTree.Element, batch: PaymentBatch, sent: Sequence[Payment], on: date
) -> ElementTree.Element:
    information = _add(message, "PmtInf")
    _add(information, "PmtInfId", batch.id)
    _add(information, "PmtMtd", "TRF")
    _add(information, "NbOfTxs", str(len(sent)))
    _add(information, "CtrlSum", yuan(sum(payment.amount_fen for payment in sent)))
    _add(_add(information, "ReqdExctnDt"), "Dt", on.isoformat())
    _add(_add(information, "Dbtr"), "Nm", PAYER.format(region=batch.region))
    debtor = _add(_add(_add(information, "DbtrAcct"), "Id"), "Othr")
    _add(debtor, "Id", NOT_PROVIDED)
    agent = _add(_add(_add(information, "DbtrAgt"), "FinInstnId"), "Othr")
    _add(agent, "Id", NOT_PROVIDED)
    return information


def _transfer(information: ElementTree.Element, batch: PaymentBatch, payment: Payment) -> None:
    transfer = _add(information, "CdtTrfTxInf")
    names = _add(transfer, "PmtId")
    # The same twice: some banks answer with the one, some with the other.
    _add(names, "InstrId", payment.end_to_end_id)
    _add(names, "EndToEndId", payment.end_to_end_id)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", yuan(payment.amount_fen))
    amount.set("Ccy", "CNY")
    _add(_add(transfer, "Cdtr"), "Nm", _printable(payment.payee_name)[:LONGEST])
    account = _add(_add(_add(transfer, "CdtrAcct"), "Id"), "Othr")
    _add(account, "Id", payment.account)
    _add(_add(transfer, "RmtInf"), "Ustrd", f"{batch.scheme} {payment.case_id}"[:LONGEST])


def _printable(text: str) -> str:
    """What XML cannot hold (control characters, half characters) becomes a space."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text
    return child
