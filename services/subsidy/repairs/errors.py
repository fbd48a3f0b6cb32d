"""What can be wrong with the repair of an account."""

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
    en = "A repair of this payment is waiting to be confirmed already."


class SameAccount(DomainError):
    code = "same_account"
    zh = "新账户与被退回的账户相同。"
    en = "This is the account that the bank refused."
    remedy_zh = "请提供另一个本人账户。"
    remedy_en = "Give another account of your own."


class RefusalReasonRequired(DomainError):
    code = "refusal_reason_required"
    zh = "不予确认必须写明理由。"
    en = "Refusing needs a reason."
