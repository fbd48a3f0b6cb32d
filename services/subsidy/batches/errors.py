"""What can be wrong with a batch of payments."""

from shared.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from shared.kernel.words import called_with


class BatchNotFound(NotFound):
    code = "batch_not_found"
    zh = "没有支付批次 {batch}，或您无权查看。"
    en = "There is no payment batch {batch}, or it is not yours to see."


class BatchStateConflict(Conflict):
    code = "batch_state_conflict"
    names = {"state": called_with("batch-")}  # noqa: RUF012
    zh = "批次 {batch} 目前状态为“{state}”，不能办理此操作。"
    en = "Batch {batch} stands at “{state}”: this cannot be done now."
    remedy_zh = "请刷新页面查看批次的最新状态。"
    remedy_en = "Reload the page to see where the batch stands."


class NothingToPay(DomainError):
    code = "nothing_to_pay"
    zh = "没有可纳入批次的待支付款项。"
    en = "No planned payment is waiting for a batch."
    remedy_zh = "请确认案件已进入拨付环节、预算充足，且未列入其他批次。"
    remedy_en = "See that the cases wait for funds, the budget holds, and no other batch has them."


class PaymentsNotFree(Conflict):
    code = "payments_not_free"
    zh = "以下案件没有待支付款项，或已列入其他批次：{cases}。"
    en = "These cases have no planned payment, or another batch has it: {cases}."


class MixedBatch(DomainError):
    code = "mixed_batch"
    zh = "一个批次只能包含同一地区、同一补贴项目的款项。"
    en = "A batch holds payments of one region and one scheme."


class SameHands(Forbidden):
    code = "same_hands"
    zh = "制单、复核、拨付不得由同一人办理：您已办理过批次 {batch}。"
    en = "One person may not make, approve and allocate a batch: you acted on {batch} before."
    remedy_zh = "请由同一机构的其他人员办理。"
    remedy_en = "Let a colleague of the same office take it."


class ReturnReasonRequired(DomainError):
    code = "return_reason_required"
    zh = "退回必须写明理由。"
    en = "Returning needs a reason."


class DocumentNumberRequired(DomainError):
    code = "document_number_required"
    zh = "拨付必须填写财政拨款文号。"
    en = "An allocation needs the number of the finance bureau's document."
