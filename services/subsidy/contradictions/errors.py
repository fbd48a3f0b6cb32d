"""What can be wrong with settling a contradiction, and what an open one forbids."""

from shared.kernel.errors import Conflict, DomainError, NotFound


class PaymentHeld(Conflict):
    code = "payment_held"
    zh = "申请 {case} 的款项已暂停支付：{why}"
    en = "The payment of case {case} is held: {why}"
    remedy_zh = "请在申请页面查明后处理：重新核验、解除暂停，或由负责人撤销。"
    remedy_en = "Look at the case: check again, settle the hold, or have a leader end the claim."


class ContradictionNotFound(NotFound):
    code = "contradiction_not_found"
    zh = "没有存疑记录 {contradiction}，或您无权查看。"
    en = "There is no contradiction {contradiction}, or it is not yours to see."


class ContradictionSettled(Conflict):
    code = "contradiction_settled"
    zh = "该存疑记录已处理。"
    en = "This contradiction has been settled already."


class SettlementReasonRequired(DomainError):
    code = "settlement_reason_required"
    zh = "处理存疑记录必须写明理由。"
    en = "Settling a contradiction needs a reason."
