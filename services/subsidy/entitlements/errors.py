"""What can be wrong with an entitlement."""

from shared.kernel.errors import Conflict, DomainError, NotFound
from shared.kernel.words import called_with


class AlreadyGranted(Conflict):
    code = "already_granted"
    zh = "同一事项已在申请 {case} 中享受或正在办理，不得重复享受。"
    en = "The same thing is already granted, or under way, in case {case}."
    remedy_zh = "请核对申请 {case}；如系误办，由经办机构撤销后方可重新申请。"
    remedy_en = "See case {case}; where it was a mistake, the bureau has to release it first."
    default_facts = {"case": "—"}  # noqa: RUF012


class EntitlementNotFound(NotFound):
    code = "entitlement_not_found"
    zh = "没有补贴资格 {entitlement}。"
    en = "There is no entitlement {entitlement}."


class EntitlementInUse(Conflict):
    code = "entitlement_in_use"
    names = {"state": called_with("payment-")}  # noqa: RUF012
    zh = "该资格的款项已进入支付（{state}），不能撤销。"
    en = "Its payment stands at “{state}”: the entitlement cannot be released."


class EntitlementNotOpen(Conflict):
    code = "entitlement_not_open"
    names = {"state": called_with("entitlement-")}  # noqa: RUF012
    zh = "补贴资格目前状态为“{state}”，不能办理此操作。"
    en = "The entitlement stands at “{state}”: this cannot be done now."


class ReleaseReasonRequired(DomainError):
    code = "release_reason_required"
    zh = "撤销补贴资格必须写明理由。"
    en = "Releasing an entitlement needs a reason."
