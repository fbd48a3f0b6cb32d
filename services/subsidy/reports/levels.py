"""What a pain.002 says of each payment of its batch: the status of the group and of the payment
information apply downwards to what the file does not name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.subsidy.bank_files.pain002 import (
    Pain002,
    Reference,
    Said,
    Transaction,
    read_moment,
)
from services.subsidy.bank_files.status_codes import MEANING, PARTLY, REJECTED, SETTLED
from services.subsidy.reports.errors import (
    INSTRUCTION,
    ImplausibleMoment,
    LineContradictsFile,
    LineContradictsPayment,
    LineNamesNoPayment,
    ReportOfAnotherBatch,
    ReportSaysNothing,
    StatusMissing,
    StatusNotKnown,
)
from services.subsidy.reports.lines import Line, RefusedLine, StatusReport
from services.subsidy.reports.rules import is_plausible
from shared.kernel.errors import DomainError
from shared.kernel.money import InvalidAmount, parse_yuan, yuan

NOTHING = Said(None, None, None)


@dataclass(frozen=True)
class SentBatch:
    """What the bank was sent: the amount (fen) of each payment by its end-to-end id."""

    id: str
    amounts: Mapping[str, int]


def lines_of(report: Pain002, batch: SentBatch) -> list[Line]:
    """One line a transaction, in the file's order, then one for each payment that only a level
    above speaks of. Raises ReportOfAnotherBatch, ReportSaysNothing."""
    _ensure_about(report.original, batch)
    lines: list[Line] = []
    above = _usable(report.said)
    covering = [above] if above is not None and not report.parts else []
    for part in report.parts:
        own = _usable(part.said)
        level = above if part.said.status is None else own
        try:
            _ensure_about(part.original, batch)
        except ReportOfAnotherBatch as error:
            lines += [_refused(report, each, error) for each in part.transactions or (None,)]
            continue
        lines += [_line(report, each, level) for each in part.transactions]
        if level is not None:
            covering.append(level)
    lines += _unnamed(report, batch, lines, covering)
    if not lines:
        raise ReportSaysNothing()
    return lines


def _usable(said: Said) -> Said | None:
    """A level's status as far as it goes downwards."""
    return said if said.status in MEANING else None


def _ensure_about(original: Reference, batch: SentBatch) -> None:
    if original.id is not None and original.id != batch.id:
        raise ReportOfAnotherBatch(
            batch=batch.id, what="OrgnlMsgId / OrgnlPmtInfId", known=batch.id
        )
    for what, said, known in (
        ("OrgnlNbOfTxs", original.count, str(len(batch.amounts))),
        ("OrgnlCtrlSum", original.total, yuan(sum(batch.amounts.values()))),
    ):
        if said is not None and not _is_number(said, known):
            raise ReportOfAnotherBatch(batch=batch.id, what=what, known=known)


def _is_number(said: str, known: str) -> bool:
    try:
        return _fen(said) == parse_yuan(known)
    except InvalidAmount:
        return False


def _line(report: Pain002, transaction: Transaction, level: Said | None) -> Line:
    said = transaction.said if transaction.said.status is not None else level or NOTHING
    try:
        _ensure_sound(transaction, said, level)
        amount = transaction.amount
        return StatusReport(
            end_to_end_id=_names(transaction),
            status=MEANING[said.status or ""],
            reason_code=_reason(transaction.said, said),
            reported_at=report.created,
            report_id=f"{report.message_id}:{_names(transaction)}",
            amount_fen=None if amount is None else _fen(amount),
            currency=transaction.currency,
            bank_status=said.status,
            information=transaction.said.information or said.information,
        )
    except DomainError as error:
        return _refused(report, transaction, error)


def _ensure_sound(transaction: Transaction, said: Said, level: Said | None) -> None:
    if transaction.end_to_end_id is None and transaction.instruction_id is None:
        raise LineNamesNoPayment(field="OrgnlEndToEndId")
    both = {transaction.end_to_end_id, transaction.instruction_id} - {None, "NOTPROVIDED"}
    if len(both) > 1:
        raise LineContradictsPayment(field="OrgnlInstrId", what=INSTRUCTION)
    if said.status in (None, PARTLY):
        raise StatusMissing(field="TxSts")
    if said.status not in MEANING:
        raise StatusNotKnown(field="TxSts")
    if transaction.accepted_at is not None:
        accepted = read_moment(transaction.accepted_at)
        if not is_plausible(accepted, latest=accepted):
            raise ImplausibleMoment(field="AccptncDtTm")
    rejected = level is not None and MEANING[level.status or ""] == REJECTED
    if rejected and MEANING[said.status] == SETTLED:
        raise LineContradictsFile(field="TxSts")


def _names(transaction: Transaction) -> str:
    """pain.001 gives a payment one identifier, twice."""
    named = transaction.end_to_end_id
    return transaction.instruction_id or "" if named in (None, "NOTPROVIDED") else named


def _fen(text: str) -> int:
    """ISO 20022 allows up to five decimals (1500.00000). Raises InvalidAmount."""
    whole, _, part = text.partition(".")
    return parse_yuan(f"{whole}.{part.rstrip('0') or '0'}", field="InstdAmt")


def _reason(own: Said, said: Said) -> str | None:
    """A payment that was cancelled without a reason was cancelled."""
    given = own.reason_code or said.reason_code
    return given or ("CANC" if said.status == "CANC" else None)


def _refused(report: Pain002, transaction: Transaction | None, error: DomainError) -> RefusedLine:
    return RefusedLine(
        errors=(error,),
        end_to_end_id=None if transaction is None else _names(transaction) or None,
        report_id=report.message_id,
        said=None if transaction is None else transaction.said.status,
        reported_at=report.created,
    )


def _unnamed(
    report: Pain002, batch: SentBatch, lines: list[Line], levels: list[Said]
) -> Iterator[StatusReport]:
    """pain.001 has one payment information a batch: whichever level speaks, speaks of all."""
    named = {each.end_to_end_id for each in lines}
    level = next(iter(levels), None)
    # A line that names nobody may be the exception: then nobody is paid for being left out.
    if level is None or (None in named and MEANING[level.status or ""] == SETTLED):
        return
    for end_to_end_id in batch.amounts:
        if end_to_end_id not in named:
            yield StatusReport(
                end_to_end_id=end_to_end_id,
                status=MEANING[level.status or ""],
                reason_code=_reason(level, level),
                reported_at=report.created,
                report_id=f"{report.message_id}:{end_to_end_id}",
                bank_status=level.status,
                information=level.information,
            )
