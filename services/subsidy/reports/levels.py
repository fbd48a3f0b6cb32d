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
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.errors import (
    AMOUNT,
    INSTRUCTION,
    ImplausibleMoment,
    LineContradictsFile,
    LineContradictsPayment,
    LineIdTooLong,
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
LONGEST_ID = 35  # of ISO 20022's Max35Text


@dataclass(frozen=True)
class SentBatch:
    """What the bank was sent: the amount (fen) of each payment by its end-to-end id."""

    id: str
    amounts: Mapping[str, int]


def lines_of(report: Pain002, batch: SentBatch) -> list[Line]:
    """One line a transaction, in the file's order, then one for each payment that only a level
    above speaks of. Raises ReportOfAnotherBatch, ReportSaysNothing, StatusNotKnown."""
    _ensure_about(report.original, batch)
    lines: list[Line] = []
    above = _usable(report.said)
    covering = [above] if above is not None and not report.parts else []
    for part in report.parts:
        level = above if part.said.status is None else _usable(part.said)
        try:
            _ensure_about(part.original, batch)
        except ReportOfAnotherBatch as error:
            lines += [_refused(report, each, error) for each in part.transactions or (None,)]
            continue
        rejected = REJECTED in (_meaning(report.said), _meaning(part.said))
        lines += [_line(report, each, level, rejected=rejected) for each in part.transactions]
        if level is not None:
            covering.append(level)
    lines += _unnamed(report, batch, lines, covering)
    if not lines:
        _ensure_known(report)
        raise ReportSaysNothing()
    return lines


def _meaning(said: Said) -> PaymentState | None:
    return MEANING.get(said.status or "")


def _ensure_known(report: Pain002) -> None:
    """Raises StatusNotKnown, naming the level whose code means nothing."""
    levels = [("GrpSts", report.said), *(("PmtInfSts", part.said) for part in report.parts)]
    for field, said in levels:
        if said.status not in (None, PARTLY, *MEANING):
            raise StatusNotKnown(field=field)


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
        if said is not None and not _is_number(said, known, what):
            raise ReportOfAnotherBatch(batch=batch.id, what=what, known=known)


def _is_number(said: str, known: str, field: str) -> bool:
    try:
        return _fen(said, field) == parse_yuan(known)
    except InvalidAmount:
        return False


def _line(report: Pain002, transaction: Transaction, level: Said | None, *, rejected: bool) -> Line:
    """`rejected`: a level above says that all of it was."""
    said = transaction.said if transaction.said.status is not None else level or NOTHING
    try:
        _ensure_sound(transaction, said, rejected)
        amount_fen, currency = _money(transaction)
        return StatusReport(
            end_to_end_id=_names(transaction),
            status=MEANING[said.status or ""],
            reason_code=_reason(transaction.said, said),
            reported_at=report.created,
            report_id=f"{report.message_id}:{_names(transaction)}",
            amount_fen=amount_fen,
            currency=currency,
            account=transaction.account,
            bank_status=said.status,
            information=transaction.said.information or said.information,
        )
    except DomainError as error:
        return _refused(report, transaction, error)


def _ensure_sound(transaction: Transaction, said: Said, rejected: bool) -> None:
    if not _names(transaction):
        raise LineNamesNoPayment(field="OrgnlEndToEndId")
    if len(_names(transaction)) > LONGEST_ID:
        raise LineIdTooLong(field="OrgnlEndToEndId")
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
    if rejected and MEANING[said.status] == SETTLED:
        raise LineContradictsFile(field="TxSts")


def _money(transaction: Transaction) -> tuple[int | None, str | None]:
    """What the line says was paid, in fen, and in which currency; every amount of it says the same.
    Raises LineContradictsPayment, InvalidAmount."""
    fen = currency = None
    for each in transaction.amounts:
        one = _fen(each.text, each.field)
        if fen is not None and (one, each.currency) != (fen, currency):
            raise LineContradictsPayment(field=each.field, what=AMOUNT)
        fen, currency = one, each.currency
    return fen, currency


def _names(transaction: Transaction) -> str:
    """pain.001 gives a payment one identifier, twice."""
    named = transaction.end_to_end_id
    return transaction.instruction_id or "" if named in (None, "NOTPROVIDED") else named


def _fen(text: str, field: str) -> int:
    """ISO 20022 allows up to five decimals (1500.00000). Raises InvalidAmount."""
    whole, _, part = text.partition(".")
    return parse_yuan(f"{whole}.{part.rstrip('0') or '0'}", field=field)


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
) -> Iterator[Line]:
    """pain.001 has one payment information a batch: whichever level speaks, speaks of all, and two
    that differ speak of none."""
    named = {each.end_to_end_id for each in lines}
    level = next(iter(levels), None)
    # A line that names nobody of the batch may be the exception: then nobody is paid for being
    # left out.
    stray = any(each not in batch.amounts for each in named)
    if level is None or (stray and _meaning(level) == SETTLED):
        return
    differing = {_meaning(report.said), *(_meaning(each) for each in levels)} - {None}
    for end_to_end_id in batch.amounts:
        if end_to_end_id in named:
            continue
        if len(differing) > 1:
            yield RefusedLine(
                errors=(LineContradictsFile(field="PmtInfSts"),),
                end_to_end_id=end_to_end_id,
                report_id=report.message_id,
                said=level.status,
                reported_at=report.created,
            )
            continue
        yield StatusReport(
            end_to_end_id=end_to_end_id,
            status=MEANING[level.status or ""],
            reason_code=_reason(level, level),
            reported_at=report.created,
            report_id=f"{report.message_id}:{end_to_end_id}",
            bank_status=level.status,
            information=level.information,
        )
