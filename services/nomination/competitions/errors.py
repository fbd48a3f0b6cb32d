"""What can be wrong with a competition or a result."""

from shared.kernel.errors import Conflict, Forbidden, NotFound


class CompetitionNotFound(NotFound):
    code = "competition_not_found"
    zh = "没有该竞赛。"
    en = "There is no such competition."


class NotYourCompetition(Forbidden):
    code = "not_your_competition"
    zh = "该竞赛不在您的辖区内。"
    en = "The competition is outside your region."


class CompetitionAlreadyOpen(Conflict):
    code = "competition_already_open"
    zh = "同一地区、同一职业、同一天已登记过同名竞赛。"
    en = "A competition of this name, region, occupation and day is already there."


class OwnResult(Forbidden):
    code = "own_result"
    zh = "参赛人员不得登记、更正或取消本人所参加竞赛的成绩。"
    en = "Nobody records, corrects or cancels results of a competition that they took part in."
    remedy_zh = "请由同一机构的其他人员办理。"
    remedy_en = "Let a colleague of the same office do it."


class RecorderHasPlaced(Forbidden):
    code = "recorder_has_placed"
    zh = "第 {row} 行是登记过该竞赛成绩的人员，不得再列入该竞赛的名次。"
    en = "Row {row} is somebody who recorded results of this competition: they take no place in it."
    remedy_zh = "如确系参赛人员，请取消该竞赛并由其他人员重新登记全部成绩。"
    remedy_en = (
        "If they did take part, cancel the competition and let others record all of it anew."
    )


class ResultRecordedDifferently(Conflict):
    code = "result_recorded_differently"
    zh = "该选手的成绩已登记为：{name}，第 {rank} 名。"
    en = "This person's result is already recorded: {name}, rank {rank}."
    remedy_zh = "名次有误的，请更正名次；人员或姓名有误的，请删除该成绩后重新登记。"
    remedy_en = "Correct a wrong rank; withdraw a wrong person or name, and record it anew."


class HeldInTheFuture(Conflict):
    code = "competition_not_held_yet"
    zh = "竞赛于 {held_on} 举行，尚未举行，不能登记成绩。"
    en = "The competition is held on {held_on}: its results cannot be recorded yet."


class CompetitionCancelled(Conflict):
    code = "competition_cancelled"
    zh = "该竞赛已于 {on} 取消，成绩不再有效。"
    en = "The competition was cancelled on {on}: its results count no longer."


class ResultNotFound(NotFound):
    code = "competition_result_not_found"
    zh = "该竞赛没有这条成绩。"
    en = "The competition has no such result."


class RankUnchanged(Conflict):
    code = "rank_unchanged"
    zh = "该成绩登记的就是第 {rank} 名。"
    en = "The result is recorded as rank {rank} already."
