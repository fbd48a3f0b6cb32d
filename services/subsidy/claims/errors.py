"""What can keep a claim from being funded."""

from shared.kernel.errors import Conflict, DomainError


class AmountUnknown(DomainError):
    code = "amount_unknown"
    zh = "申请 {case} 的补贴金额尚无法确定。"
    en = "The amount of case {case} cannot be worked out yet."


class AccountMissing(DomainError):
    code = "account_missing"
    zh = "申请 {case} 没有收款账户。"
    en = "Case {case} names no account to pay to."


class NotAtAllocation(Conflict):
    code = "not_at_allocation"
    zh = "申请 {case} 不在拨付环节，也没有可撤销的补贴资格。"
    en = "Case {case} does not wait for its money and holds no entitlement to release."
    remedy_zh = "请在申请页面查看进度；由当前环节的经办人处理。"
    remedy_en = "See on its page where it stands; the office of that step decides it."


class OfficerIsNotThePayee(DomainError):
    code = "officer_is_not_the_payee"
    zh = "单位经办人为本单位申请的，补贴不得付给经办人本人。"
    en = "An officer who applies for an organisation is not paid in its place."
    remedy_zh = "请填写受益职工的身份证号码，或由职工本人申请；付给单位的补贴目前不能办理。"
    remedy_en = (
        "Name the worker by identity number, or let the worker apply; a subsidy paid to the "
        "organisation itself cannot be handled yet."
    )


class FundsInOrder(DomainError):
    """Not an error of anybody: money that came is given in the order written."""

    code = "funds_in_order"
    zh = "资金正按申请提交的先后安排，申请 {case} 排在先提交的申请之后。"
    en = (
        "Money is given in the order of submission; claims submitted before case {case} come first."
    )


class FundingFailed(DomainError):
    """A fault of ours about one claim; it keeps no other from its money."""

    code = "funding_failed"
    zh = "为申请 {case} 安排资金时系统出错，已记录，将自动重试。"
    en = "Money could not be reserved for case {case} by a fault of the system; it is tried again."
