"""What can be wrong with a payment."""

from shared.kernel.errors import Conflict, NotFound
from shared.kernel.words import called_with

PAYMENT = called_with("payment-")


class PaymentNotFound(NotFound):
    code = "payment_not_found"
    zh = "没有支付 {payment}，或您无权查看。"
    en = "There is no payment {payment}, or it is not yours to see."


class PaymentNotInBatch(NotFound):
    code = "payment_not_in_batch"
    zh = "批次 {batch} 中没有端到端标识为 {end_to_end_id} 的支付。"
    en = "Batch {batch} has no payment with the end-to-end id {end_to_end_id}."


class PaymentStateConflict(Conflict):
    code = "payment_state_conflict"
    names = {"state": PAYMENT, "to": PAYMENT}  # noqa: RUF012
    zh = "支付目前状态为“{state}”，不能变为“{to}”。"
    en = "The payment stands at “{state}” and cannot become “{to}”."


class NothingToRepair(Conflict):
    code = "nothing_to_repair"
    names = {"state": PAYMENT}  # noqa: RUF012
    zh = "支付目前状态为“{state}”，没有需要更正的账户。"
    en = "The payment stands at “{state}”: there is no account to repair."


class AlreadyReplaced(Conflict):
    code = "already_replaced"
    zh = "该款项已由新的支付替代，不得重复支付。"
    en = "This payment has been replaced already; it is not paid twice."
