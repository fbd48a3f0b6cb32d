"""What can be wrong with a nomination, beside what is wrong with any case."""

from shared.kernel.errors import Conflict


class NominationUnderWay(Conflict):
    code = "nomination_under_way"
    zh = "该人选的“{programme}”申报正在办理中，不得重复申报。"
    en = "A nomination of this person for “{programme}” is already under way."
    remedy_zh = "请等待办结，或由申报人撤回后再报。"
    remedy_en = "Wait until it is closed, or let who made it withdraw it."
