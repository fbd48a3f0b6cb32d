"""What can be wrong with another account for a payment."""

from shared.kernel.errors import Conflict, DomainError, Forbidden


class NotThePayee(Forbidden):
    code = "not_the_payee"
    zh = "只有收款人本人可以更换收款账户。"
    en = "Only the payee may give another account."


class OwnRepair(Forbidden):
    code = "own_repair"
    zh = "不得确认与本人有关的账户更正。"
    en = "Nobody confirms a repair of their own payment."


class RepairNotOpen(Conflict):
    code = "repair_not_open"
    zh = "没有等待确认的账户更正。"
    en = "There is no repair waiting to be confirmed."


class RepairWaiting(Conflict):
    code = "repair_waiting"
    zh = "该款项已有等待确认的账户更正。"
    en = "Another account for this payment is waiting to be confirmed already."
    remedy_zh = "请等经办人确认或不予确认后再提出。"
    remedy_en = "An officer confirms or refuses it first; then another may be given."


class SameAccount(DomainError):
    code = "same_account"
    zh = "新账户与原账户相同。"
    en = "This is the account that it has already."
    remedy_zh = "请提供另一个本人账户。"
    remedy_en = "Give another account of your own."


class NothingWaits(Conflict):
    code = "nothing_waits_for_money"
    zh = "申请 {case} 没有等待资金的补贴，不能在此更正账户。"
    en = "Case {case} is no claim that waits for its money: its account is not corrected here."
    remedy_zh = "审核中的申请，请由审核人退回补正；已安排支付的，请在该笔支付上更正。"
    remedy_en = "While it is decided, a reviewer returns it; once it is planned, see its payment."


class RefusalReasonRequired(DomainError):
    code = "refusal_reason_required"
    zh = "不予确认必须写明理由。"
    en = "Refusing needs a reason."
