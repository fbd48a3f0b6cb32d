"""What can be wrong with the evidence that a payment rests on."""

from shared.kernel.errors import Conflict


class EvidenceTakenBack(Conflict):
    code = "evidence_taken_back"
    zh = "所依据的 {number} 已被撤销，不能据此支付。"
    en = "{number}, on which it rests, was revoked: nothing is paid on it."
    remedy_zh = "请由人社局负责人终止此项申请；另有有效证书或荣誉的，可以重新申请。"
    remedy_en = "A leader of the bureau ends the claim; who has another valid one claims anew."
