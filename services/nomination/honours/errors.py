"""What can be wrong with an honour."""

from shared.kernel.errors import Conflict, DomainError, Forbidden, NotFound


class HonourNotFound(NotFound):
    code = "honour_not_found"
    zh = "没有编号为 {honour} 的荣誉。"
    en = "There is no honour {honour}."


class HonourAlreadyConferred(Conflict):
    code = "honour_already_conferred"
    zh = "该荣誉已经授予。"
    en = "The honour has already been conferred."


class HonourAlreadyRevoked(Conflict):
    code = "honour_already_revoked"
    zh = "荣誉 {honour} 已被撤销。"
    en = "Honour {honour} has already been revoked."


class RevocationReasonMissing(DomainError):
    code = "revocation_reason_missing"
    zh = "撤销荣誉必须写明理由。"
    en = "Taking an honour back needs a reason."


class NotYourHonour(Forbidden):
    code = "not_your_honour"
    zh = "荣誉 {honour} 不由您所在的工会授予，或者是您本人的荣誉，不能撤销。"
    en = "Honour {honour} is not of your union's region, or is your own: you may not revoke it."
