"""A batch as an ISO 20022 pain.001.001.09 customer credit transfer initiation."""

from collections.abc import Sequence
from xml.etree import ElementTree

from services.subsidy.batches.model import PaymentBatch
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from shared.kernel.clock import Clock
from shared.kernel.money import yuan

PAIN_001 = "application/xml"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NOT_PROVIDED = "NOTPROVIDED"  # the standard's own word for what the bank fills in
PAYER = "Labour bureau {region}"


def pain001(batch: PaymentBatch, items: Sequence[tuple[int, Payment]], clock: Clock) -> bytes:
    """UTF-8. Only instructed payments are asked for: a file made later pays nothing twice."""
    paid = [payment for _, payment in items if payment.state == PaymentState.INSTRUCTED]
    root = ElementTree.Element("Document", xmlns=NAMESPACE)
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", batch.id)
    _add(header, "CreDtTm", clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(header, "NbOfTxs", str(len(paid)))
    _add(header, "CtrlSum", yuan(sum(payment.amount_fen for payment in paid)))
    _add(_add(header, "InitgPty"), "Nm", PAYER.format(region=batch.region))
    if paid:
        _payment_information(message, batch, paid, clock)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _payment_information(
    message: ElementTree.Element, batch: PaymentBatch, paid: Sequence[Payment], clock: Clock
) -> None:
    information = _add(message, "PmtInf")
    _add(information, "PmtInfId", batch.id)
    _add(information, "PmtMtd", "TRF")
    _add(information, "NbOfTxs", str(len(paid)))
    _add(information, "CtrlSum", yuan(sum(payment.amount_fen for payment in paid)))
    _add(_add(information, "ReqdExctnDt"), "Dt", clock.today().isoformat())
    _add(_add(information, "Dbtr"), "Nm", PAYER.format(region=batch.region))
    debtor = _add(_add(_add(information, "DbtrAcct"), "Id"), "Othr")
    _add(debtor, "Id", NOT_PROVIDED)
    agent = _add(_add(_add(information, "DbtrAgt"), "FinInstnId"), "Othr")
    _add(agent, "Id", NOT_PROVIDED)
    for payment in paid:
        _transfer(information, batch, payment)


def _transfer(information: ElementTree.Element, batch: PaymentBatch, payment: Payment) -> None:
    transfer = _add(information, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", payment.end_to_end_id)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", yuan(payment.amount_fen))
    amount.set("Ccy", "CNY")
    _add(_add(transfer, "Cdtr"), "Nm", payment.payee_name)
    account = _add(_add(_add(transfer, "CdtrAcct"), "Id"), "Othr")
    _add(account, "Id", payment.account)
    _add(_add(transfer, "RmtInf"), "Ustrd", f"{batch.scheme} {payment.case_id}")


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text
    return child
