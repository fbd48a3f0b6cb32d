"""What can be wrong with a budget or with a posting to its ledger."""

from shared.kernel.errors import Conflict, DomainError, NotFound
from shared.kernel.region import region_name
from shared.kernel.words import Naming, called, called_with

PLACE: dict[str, Naming] = {"fund": called, "region": region_name}
POSTING: dict[str, Naming] = {
    "account": called_with("account-"),
    "kind": called_with("movement-"),
}


class BudgetExhausted(DomainError):
    code = "budget_exhausted"
    status = 409
    names = PLACE
    zh = "{year} 年度预算（{fund}，{region}）可用余额 {available} 元，不足以安排 {needed} 元。"
    en = (
        "The {year} budget ({fund}, {region}) has {available} yuan available, "
        "not enough for {needed} yuan."
    )
    remedy_zh = "请向财政部门申请追加预算，或等待下一年度预算下达。"
    remedy_en = "Ask the finance bureau to supplement the budget, or wait for the next year's."


class BudgetMissing(NotFound):
    code = "budget_missing"
    names = PLACE
    zh = "没有可用于 {region} 的 {year} 年度 {fund} 预算。"
    en = "There is no {year} budget of {fund} for {region}."
    remedy_zh = "请财政部门先录入预算。"
    remedy_en = "The finance bureau has to enter the budget first."


class LedgerOutOfOrder(Conflict):
    """A posting takes from an account what never came into it: a fault of ours, not of a person."""

    code = "ledger_out_of_order"
    names = POSTING
    zh = "“{account}”余额不足，“{kind}”不能记账（{subject}）。"
    en = "The account “{account}” does not hold enough to post “{kind}” for {subject}."


class LedgerKeyReused(Conflict):
    code = "ledger_key_reused"
    names = POSTING
    zh = "“{kind}”（{subject}）已按其他金额或预算记账。"
    en = "“{kind}” of {subject} is already posted with another amount or budget."


class InvalidAppropriation(DomainError):
    code = "invalid_appropriation"
    zh = "预算金额必须是大于零的整数（分）。"
    en = "The amount must be a positive whole number of fen."
