"""What can keep a claim from being funded."""

from shared.kernel.errors import DomainError


class AmountUnknown(DomainError):
    code = "amount_unknown"
    zh = "申请 {case} 的补贴金额尚无法确定。"
    en = "The amount of case {case} cannot be worked out yet."


class AccountMissing(DomainError):
    code = "account_missing"
    zh = "申请 {case} 没有收款账户。"
    en = "Case {case} names no account to pay to."
