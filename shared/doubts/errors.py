"""What can be wrong with settling a doubt."""

from shared.kernel.errors import Conflict, DomainError, NotFound


class DoubtNotFound(NotFound):
    code = "doubt_not_found"
    zh = "没有存疑记录 {doubt}，或不在您的辖区内。"
    en = "There is no doubt {doubt}, or it is outside your region."


class DoubtSettled(Conflict):
    code = "doubt_settled"
    zh = "该存疑记录已处理。"
    en = "This doubt has been settled already."


class DoubtReasonMissing(DomainError):
    code = "doubt_reason_missing"
    zh = "予以保留必须写明理由。"
    en = "Letting it stand needs a reason."
