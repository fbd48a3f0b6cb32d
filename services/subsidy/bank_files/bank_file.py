"""A batch as the text file that local banks take: GB18030, one payment a line, bars between."""

from collections.abc import Sequence

from services.subsidy.batches.model import PaymentBatch
from services.subsidy.payments.model import Payment
from shared.kernel.money import yuan

BANK_FILE = "text/plain"
COLUMNS = "序号|收款账号|收款户名|金额(元)|用途|端到端标识"


def bank_file(batch: PaymentBatch, sent: Sequence[Payment]) -> bytes:
    """The same whenever it is asked for. The head line has the count and the sum to check
    against."""
    total = yuan(sum(payment.amount_fen for payment in sent))
    lines = [f"{batch.id}|{len(sent)}|{total}", COLUMNS]
    lines += [
        "|".join(
            (
                str(number),
                payment.account,
                _plain(payment.payee_name),
                yuan(payment.amount_fen),
                _plain(batch.scheme),
                payment.end_to_end_id,
            )
        )
        for number, payment in enumerate(sent, start=1)
    ]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _plain(text: str) -> str:
    """No bar and no line break may come out of a name."""
    return " ".join(text.replace("|", " ").split())
