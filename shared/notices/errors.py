"""What can be wrong with a notice or an objection to it."""

from shared.kernel.errors import Conflict, DomainError, NotFound


class NoticeNotFound(NotFound):
    code = "notice_not_found"
    zh = "没有找到该公示。"
    en = "There is no such public notice."


class NoticeEntryNotFound(NotFound):
    code = "notice_entry_not_found"
    zh = "公示中没有该项。"
    en = "The notice has no such entry."


class ObjectionNotFound(NotFound):
    code = "objection_not_found"
    zh = "没有找到该异议。"
    en = "There is no such objection."


class NoticeIsEmpty(DomainError):
    code = "notice_is_empty"
    zh = "公示没有内容，不能发布。"
    en = "There is nothing to show: the notice cannot be published."


class NoticeNotPublished(Conflict):
    code = "notice_not_published"
    zh = "该公示尚未发布，不能提出异议。"
    en = "The notice has not been published yet; objections open with it."


class ObjectionsClosed(Conflict):
    code = "objections_closed"
    zh = "公示期已于 {last_day} 结束，不再受理异议。"
    en = "The notice ended on {last_day}; objections are no longer taken."
    remedy_zh = "如有情况反映，请拨打公示上的电话。"
    remedy_en = "To report something, call the telephone number on the notice."


class AnonymousObjectionRefused(DomainError):
    code = "anonymous_objection_refused"
    zh = "对本公示提出异议须署真实姓名并留联系方式。"
    en = "Objections to this notice need a real name and a contact."
    remedy_zh = "请填写姓名和联系方式；这些信息加密保存，不予公开。"
    remedy_en = "Give your name and a contact; they are kept encrypted and are not published."


class ObjectionIncomplete(DomainError):
    code = "objection_incomplete"
    zh = "异议缺少：{missing}。"
    en = "The objection lacks: {missing}."


class EntryAlreadyStruck(Conflict):
    code = "entry_already_struck"
    zh = "对该项的异议已经成立，无需再提。"
    en = "An objection to this entry has already been upheld."


class LineNoLongerStands(Conflict):
    code = "line_no_longer_stands"
    zh = "该项内容已撤回或正在重新办理，不再受理异议。"
    en = "What this line shows was taken back or is decided anew: objections are no longer taken."
    remedy_zh = "重新公示的，可以再提出异议。"
    remedy_en = "Where it is put on notice again, object to that notice."


class ObjectionAlreadySettled(Conflict):
    code = "objection_already_settled"
    zh = "该异议已有处理结果。"
    en = "This objection has already been settled."


class ColumnNotAllowed(DomainError):
    """A procedure document asks a notice to show what the law keeps out of one."""

    code = "column_not_allowed"
    zh = "公示不得包含“{column}”。"
    en = "A public notice may not show “{column}”."
