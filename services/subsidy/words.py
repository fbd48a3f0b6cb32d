"""What pages call the codes of subsidy, in Chinese and English."""

from shared.kernel.text import Text
from shared.kernel.words import add_words

WORDS = {
    # payments, as `payment-<state>`
    "payment-planned": Text("待支付", "Planned"),
    "payment-cancelled": Text("已取消", "Cancelled"),
    "payment-instructed": Text("已指令，待银行回执", "Instructed, waiting for the bank"),
    "payment-unknown": Text("结果不明，正在查询", "Not known; the bank is being asked"),
    "payment-settled": Text("已到账", "Paid"),
    "payment-rejected": Text("银行拒付", "Refused by the bank"),
    "payment-returned": Text("已退汇", "Sent back by the bank"),
    # entitlements, as `entitlement-<state>`
    "entitlement-reserved": Text("已预留", "Reserved"),
    "entitlement-granted": Text("已享受", "Granted"),
    "entitlement-released": Text("已撤销", "Released"),
    # batches, as `batch-<state>`
    "batch-drafted": Text("已制单，待复核", "Made, waiting for approval"),
    "batch-approved": Text("已复核，待财政拨付", "Approved, waiting for the finance bureau"),
    "batch-allocated": Text("已拨付", "Allocated"),
    "batch-returned": Text("已退回", "Sent back"),
    # repairs, as `repair-<state>`
    "repair-proposed": Text("待经办确认", "Waiting to be confirmed"),
    "repair-confirmed": Text("已确认", "Confirmed"),
    "repair-refused": Text("未予确认", "Refused"),
    "repair-lapsed": Text("资格已撤销，不再确认", "Ended with its entitlement"),
    # lines that a bank reports: what they say and have no payment of, and what came of them
    "payment-pending": Text("银行处理中", "Under way at the bank"),
    "line-applied": Text("已入账", "Applied"),
    "line-noted": Text("已记录", "Noted"),
    "line-repeated": Text("重复", "Said before"),
    "line-contradicts": Text("与记录不符，待查明", "Contradicts what is recorded"),
    "line-refused": Text("未采用", "Refused"),
    # contradictions: who said it (`source-<source>`), what follows (`consequence-<consequence>`)
    "source-registry": Text("登记部门", "Registry"),
    "source-event": Text("证书或荣誉变动", "Change of a certificate or honour"),
    "source-bank": Text("银行", "Bank"),
    "source-person": Text("人工", "Person"),
    "consequence-hold": Text("暂停支付", "Payment held"),
    "consequence-recheck": Text("拨付时再核验", "Checked again at the allocation"),
    "consequence-recover": Text("款项待追回", "Money to be recovered"),
    # reasons of banks (ISO 20022)
    "AC01": Text("账号不正确", "Wrong account number"),
    "AC04": Text("账户已销户", "Account closed"),
    "AC06": Text("账户已冻结", "Account blocked"),
    "BE01": Text("户名与账号不符", "Name does not match the account"),
    "FF01": Text("报文格式不正确", "Order not valid"),
    "NOT_BOOKED": Text("银行未入账", "Never booked by the bank"),
    "NO_LONGER_KNOWN": Text(
        "银行曾受理，现称查无此笔", "Taken by the bank, which has no such payment now"
    ),
    # funds
    "unemployment_insurance": Text("失业保险基金", "Unemployment insurance fund"),
    "employment_fund": Text("就业补助资金", "Employment subsidy fund"),
    "talent_fund": Text("人才专项资金", "Talent fund"),
    # accounts and movements of a budget's ledger
    "account-appropriation": Text("预算下达", "Appropriation"),
    "account-available": Text("可用", "Available"),
    "account-reserved": Text("已预留", "Reserved"),
    "account-committed": Text("已承诺支付", "Committed"),
    "account-disbursed": Text("已支付", "Disbursed"),
    "movement-appropriate": Text("下达预算", "Appropriate"),
    "movement-reduce": Text("核减预算", "Reduce"),
    "movement-reverse_appropriation": Text("冲销下达", "Reverse an appropriation"),
    "movement-reverse_reduction": Text("冲销核减", "Reverse a reduction"),
    "movement-reserve": Text("预留", "Reserve"),
    "movement-release": Text("释放预留", "Release"),
    "movement-commit": Text("承诺支付", "Commit"),
    "movement-uncommit": Text("撤回承诺", "Withdraw the commitment"),
    "movement-disburse": Text("支付", "Disburse"),
    "movement-return": Text("退汇入账", "Take back"),
    # budgets, as `budget-<state>`, and what is left over at the closing, as `leftover-<way>`
    "budget-open": Text("执行中", "Open"),
    "budget-closed": Text("已结账", "Closed"),
    "leftover-returned": Text("上缴财政", "Returned to the treasury"),
    "leftover-carried": Text("结转下年", "Carried into the next year"),
    # deeds in the timeline
    "allocated": Text("已拨付", "Allocated"),
    "already_granted": Text("重复享受", "Granted before"),
    "entitlement_released": Text("撤销补贴资格", "Entitlement released"),
    "payment_instructed": Text("支付指令已发出", "Payment instructed"),
    "payment_settled": Text("补贴已到账", "Subsidy paid"),
    "payment_rejected": Text("银行拒付", "Payment refused by the bank"),
    "payment_returned": Text("款项退汇", "Payment sent back by the bank"),
    "payment_unknown": Text("支付结果不明，正在查询", "Payment not known; the bank is asked"),
    "repair_proposed": Text("收款人更换账户", "Payee gave another account"),
    "repair_confirmed": Text("确认新账户", "New account confirmed"),
    "repair_refused": Text("未确认新账户", "New account refused"),
    "repair_lapsed": Text("资格已撤销，账户更正终止", "Repair ended with the entitlement"),
    "reservation_moved": Text("资金转入新年度预算", "Reserved in the new year's budget"),
    "claim_funded": Text("资金已落实", "Money reserved"),
    "claim_ended": Text("终止申请", "Claim ended"),
    "batch_reduced": Text("批次减少款项", "Payments taken out of the batch"),
    "contradiction_recorded": Text("款项存疑", "Something speaks against the payment"),
    "contradiction_settled": Text("款项存疑已处理", "Contradiction settled"),
}


def install_words() -> None:
    add_words(WORDS)
