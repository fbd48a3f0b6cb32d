"""What can be wrong with a batch of payments."""

from shared.kernel.errors import Conflict, DomainError, Errors, Forbidden, NotFound
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


class BatchNotSent(Conflict):
    code = "batch_not_sent"
    names = {"state": called_with("batch-")}  # noqa: RUF012
    zh = "批次 {batch} 目前状态为“{state}”，款项未发出，没有支付文件。"
    en = "Batch {batch} stands at “{state}”: nothing of it was sent, so there is no payment file."
    remedy_zh = "财政部门拨付后再下载；已退回的批次，请下载款项另行列入的批次。"
    remedy_en = "Take the file after the allocation; of a batch sent back, that of the next batch."


class NothingToPay(DomainError):
    code = "nothing_to_pay"
    zh = "没有可纳入批次的待支付款项。"
    en = "No planned payment is waiting for a batch."
    remedy_zh = "请确认案件已进入拨付环节、预算充足，且未列入其他批次。"
    remedy_en = "See that the cases wait for funds, the budget holds, and no other batch has them."


class NoSuchCase(NotFound):
    code = "no_such_case"
    zh = "没有编号为 {case} 的申请，或不在您的辖区内。"
    en = "There is no case {case}, or it is not of your region."
    remedy_zh = "请核对编号后更正或删去。"
    remedy_en = "Check the number, and correct it or leave it out."


class NotReadyToBePaid(Conflict):
    code = "not_ready_to_be_paid"
    zh = "申请 {case} 没有待支付的款项：尚未进入拨付环节、预算不足，或款项已支付、已取消。"
    en = "Case {case} has no planned payment: it waits for a step or a budget, or it was paid."
    remedy_zh = "请在申请页面查看进度；本次先不列入。"
    remedy_en = "See on the case's page where it stands; leave it out for now."


class InAnotherBatch(Conflict):
    code = "in_another_batch"
    zh = "申请 {case} 的款项已列入批次 {batch}。"
    en = "The payment of case {case} stands in batch {batch}."
    remedy_zh = "请从本次名单中删去。"
    remedy_en = "Leave it out of this batch."


class CasesNotPayable(Errors):
    """Of the cases that a batch names, all of which exist, each with what keeps it out."""

    code = "cases_not_payable"
    status = 409


class OfAnotherYear(Conflict):
    code = "of_another_year"
    zh = "申请 {case} 的款项列在上一年度预算，须先转入 {year} 年度预算。"
    en = (
        "The payment of case {case} stands in an earlier year's budget; it moves to that of {year}."
    )
    remedy_zh = "{year} 年度预算足够时自动转入，转入后再列入批次。"
    remedy_en = "It moves by itself once the budget of {year} covers it; batch it afterwards."


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
