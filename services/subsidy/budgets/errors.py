"""What can be wrong with a budget or with a posting to its ledger."""

from collections.abc import Mapping
from typing import Any, ClassVar

from shared.kernel.errors import Conflict, DomainError, NotFound
from shared.kernel.money import yuan
from shared.kernel.region import region_name
from shared.kernel.words import Naming, called, called_with


def _in_yuan(fen: Any, _lang: str) -> str:
    return yuan(int(fen))


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


class BudgetNotFound(NotFound):
    code = "budget_not_found"
    zh = "没有编号为 {budget} 的预算。"
    en = "There is no budget {budget}."


class BudgetClosed(Conflict):
    code = "budget_closed"
    names = PLACE
    zh = "{year} 年度预算（{fund}，{region}）已结账，不能再下达、预留或支付。"
    en = "The {year} budget ({fund}, {region}) is closed: nothing more is entered or paid from it."
    remedy_zh = "请使用本年度预算；结账后退回的款项可以核减上缴。"
    remedy_en = "Use the budget of this year; what came back after the closing can be reduced."


class AvailableTooLow(Conflict):
    """A reduction or correction would take what is reserved, committed or paid already."""

    code = "available_too_low"
    names: ClassVar[Mapping[str, Naming]] = dict.fromkeys(
        ("needed_fen", "available_fen", "reserved_fen", "committed_fen", "disbursed_fen"), _in_yuan
    )
    zh = (
        "可用余额 {available_fen} 元（已预留 {reserved_fen} 元，已指令 {committed_fen} 元，"
        "已支付 {disbursed_fen} 元），不能核减 {needed_fen} 元。"
    )
    en = (
        "{available_fen} yuan are available ({reserved_fen} reserved, {committed_fen} committed, "
        "{disbursed_fen} paid): {needed_fen} yuan cannot be taken away."
    )
    remedy_zh = "请核减不超过可用余额的金额，或先撤销尚未支付的资格。"
    remedy_en = "Take no more than what is available, or release what was not paid yet."


class UnknownFund(DomainError):
    code = "unknown_fund"
    zh = "没有名为“{given}”的资金。{close}"
    en = "There is no fund “{given}”.{close}"
    remedy_zh = "可用的资金：{known}。资金由补贴办法文件（outcome 的 fund）确定。"
    remedy_en = "Known funds: {known}. The documents of the schemes name them (outcome, fund)."


class UnknownBudgetRegion(DomainError):
    code = "unknown_region"
    names: ClassVar[Mapping[str, Naming]] = {"region": region_name}
    zh = "行政区划代码表中没有 {region}。"
    en = "The table of regions has no {region}."
    remedy_zh = "请核对六位行政区划代码。"
    remedy_en = "Check the six digits of the region."


class ImplausibleYear(DomainError):
    code = "implausible_year"
    zh = "只能录入 {first} 至 {last} 年度的预算，不能录入 {year} 年度。"
    en = "A budget is of a year from {first} to {last}, not of {year}."


class BudgetDocumentMissing(DomainError):
    code = "budget_document_missing"
    zh = "必须填写文号。"
    en = "The number of the document is needed."


class DocumentEntered(Conflict):
    code = "document_entered"
    names: ClassVar[Mapping[str, Naming]] = {"amount_fen": _in_yuan}
    zh = "文号 {document} 已录入，现为 {amount_fen} 元；同一文号只记一次。"
    en = "Document {document} is entered already, with {amount_fen} yuan; it counts once."
    remedy_zh = "如金额有误，请更正该文号；如为另一份文件，请核对文号。"
    remedy_en = "Correct that document if its amount is wrong; else check the number."


class DocumentNotEntered(NotFound):
    code = "document_not_entered"
    zh = "该预算没有文号为 {document} 的下达或核减。"
    en = "This budget has no document {document}."


class YearNotOver(Conflict):
    code = "year_not_over"
    zh = "{year} 年度尚未结束，不能结账。"
    en = "The year {year} is not over: its budget cannot be closed."
    remedy_zh = "请在 {next} 年 1 月 1 日以后结账。"
    remedy_en = "Close it on 1 January {next} or later."


class StillReserved(Conflict):
    code = "still_reserved"
    names: ClassVar[Mapping[str, Naming]] = {"reserved_fen": _in_yuan}
    zh = "尚有 {count} 笔预留共 {reserved_fen} 元未转入新年度预算，不能结账。"
    en = "{count} reservations of {reserved_fen} yuan have not moved to the new year's budget yet."
    remedy_zh = "新年度预算下达后，预留款项自动转入；也可由人社局负责人撤销。随后即可结账。"
    remedy_en = (
        "They move by themselves once the new year's budget is entered; a leader of the bureau may "
        "release them instead. Close the year afterwards."
    )


class InvalidAppropriation(DomainError):
    code = "invalid_appropriation"
    zh = "预算金额必须是大于零的整数（分）。"
    en = "The amount must be a positive whole number of fen."
