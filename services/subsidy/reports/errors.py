"""What can be wrong with a status report, or with one line of it."""

from shared.kernel.errors import Conflict, DomainError
from shared.kernel.text import Text


class UnreadableReport(DomainError):
    code = "unreadable_report"
    zh = "无法读取银行回执：{why}"
    en = "The status report cannot be read: {why}"


class ReportSaysNothing(DomainError):
    code = "report_says_nothing"
    zh = "银行回执没有说明任何一笔款项的状态。"
    en = "The status report states the status of no payment."
    remedy_zh = "请向银行索取含组、批或逐笔状态的回执。"
    remedy_en = "Ask the bank for a report with a status of the group, the batch or each payment."


class ReportOfAnotherBatch(Conflict):
    code = "report_of_another_batch"
    zh = "银行回执与批次 {batch} 不符：{what}应为 {known}。"
    en = "The status report does not fit batch {batch}: its {what} should be {known}."
    remedy_zh = "请核对后提交到相应批次，或向银行查询。"
    remedy_en = "Send it to the batch that it is about, or ask the bank."


class LineContradictsPayment(Conflict):
    code = "line_contradicts_payment"
    zh = "该笔回执与支付指令不符：{what}不同。"
    en = "This line does not fit the payment as it was instructed: its {what} differs."
    remedy_zh = "请向银行查询后重新提交。"
    remedy_en = "Ask the bank, and report it again."


class ReportSpeaksAgainstPayment(Conflict):
    code = "report_speaks_against_payment"
    zh = "{why}"
    en = "{why}"
    remedy_zh = "已记录在该笔支付上，由负责人查明后处理。"
    remedy_en = "It is recorded on the payment, for a leader to look into."


class LineContradictsFile(Conflict):
    code = "line_contradicts_file"
    zh = "该笔状态为已付，而整个文件或整批状态为拒付。"
    en = "This line says paid, and its group says that all of it was rejected."


class LineNamesNoPayment(DomainError):
    code = "line_names_no_payment"
    zh = "该笔没有端到端标识，也没有指令标识。"
    en = "This line has neither an end-to-end id nor an instruction id."


class LineIdTooLong(DomainError):
    code = "line_id_too_long"
    zh = "该笔的标识超过 35 个字符，不是本系统发出的。"
    en = "The id of this line has more than 35 characters: it is none of ours."


class StatusMissing(DomainError):
    code = "status_missing"
    zh = "该笔没有状态，其所在的批和文件也没有可适用的状态。"
    en = "This line has no status, and none above it applies."


class StatusNotKnown(DomainError):
    code = "status_not_known"
    zh = "该笔的状态代码不是 ISO 20022 所列。"
    en = "The status code of this line is none of ISO 20022."


class ImplausibleMoment(DomainError):
    code = "implausible_moment"
    zh = "时间不可能：应在 2000 年之后，且不晚于现在。"
    en = "This time cannot be: it must be after the year 2000 and not in the future."


AMOUNT = Text("金额", "amount")
ACCOUNT = Text("收款账号", "creditor's account")
CURRENCY = Text("币种", "currency")
INSTRUCTION = Text("指令标识", "instruction id")
