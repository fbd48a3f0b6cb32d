"""What can be wrong with a sitting or a row of its roster."""

from shared.kernel.errors import Conflict, DomainError, Forbidden, NotFound


class SittingNotFound(NotFound):
    code = "sitting_not_found"
    zh = "没有编号为 {sitting} 的评价批次，或您无权查看。"
    en = "There is no sitting {sitting}, or it is not yours to see."


class NotYourOrganisation(Forbidden):
    code = "not_your_organisation"
    zh = "您不是该评价机构的经办人员。"
    en = "You do not act for this assessment organisation."


class ScoresLocked(Conflict):
    code = "scores_locked"
    zh = "批次 {sitting} 的成绩已锁定，名单、人员安排和成绩均不可更改。"
    en = "The scores of {sitting} are locked: roster, staff and scores cannot be changed."
    remedy_zh = "对成绩有异议的，请在公示期内提出。"
    remedy_en = "Whoever disputes a score may object during the public notice."


class NotReadyForScores(Conflict):
    code = "not_ready_for_scores"
    zh = "批次 {sitting} 的计划尚未受理，不能录入或锁定成绩。"
    en = (
        "The plan of {sitting} has not been accepted yet: scores can be neither entered nor locked."
    )
    remedy_zh = "待评价中心受理计划后再办理。"
    remedy_en = "Do it once the assessment centre has accepted the plan."


class RosterClosed(Conflict):
    code = "roster_closed"
    zh = "批次 {sitting} 正在办理，名单只能在草稿或退回补正时更换。"
    en = "{sitting} is under way: its roster can be replaced only as a draft or when returned."


class IdentityNumberIsANumber(DomainError):
    code = "identity_number_is_a_number"
    zh = "身份证号码单元格是数字格式，第 15 位以后的数字已丢失。"
    en = "The identity number is a number cell: its digits past the fifteenth are lost."
    remedy_zh = "请先把该列设为“文本”，再按证件重新输入 18 位号码。"
    remedy_en = "Format the column as text first, then type the 18 characters again."


class RowIncomplete(DomainError):
    code = "row_incomplete"
    zh = "“{column}”未填写。"
    en = '"{column_en}" is missing.'
    remedy_zh = "请补填后重新上传。"
    remedy_en = "Fill it in and upload the file again."


class RowValueInvalid(DomainError):
    code = "row_value_invalid"
    zh = "“{column}”填写不正确：{why}"
    en = '"{column_en}" is not right: {why}'
    remedy_zh = "请按模板说明填写。"
    remedy_en = "See the notes of the template."


class DuplicateInRoster(DomainError):
    code = "duplicate_in_roster"
    zh = "与第 {first} 行是同一人。"
    en = "This is the same person as in row {first}."
    remedy_zh = "请删除重复的一行。"
    remedy_en = "Delete one of the rows."


class InAnotherSitting(Conflict):
    code = "in_another_sitting"
    status = 422
    zh = "此人已在另一个未办结的同职业同等级批次中。"
    en = "This person is in another open sitting of the same occupation and level."
    remedy_zh = "请从本名单中删除，或待另一批次办结后再报名。"
    remedy_en = "Take the row out, or wait until the other sitting is closed."


class RosterTooLong(DomainError):
    code = "roster_too_long"
    zh = "名单共 {count} 人，一个批次不超过 {limit} 人。"
    en = "The roster has {count} people; a sitting takes {limit} at most."
    remedy_zh = "请分成几个批次。"
    remedy_en = "Divide it into several sittings."


class StaffIsACandidate(DomainError):
    code = "staff_is_a_candidate"
    zh = "{name} 是本批次考生，不能担任工作人员。"
    en = "{name} is a candidate of this sitting and cannot be on its staff."


class StaffHasDecided(DomainError):
    code = "staff_has_decided"
    zh = "“{name}”已办理本批次的审核环节，不能担任考务人员。"
    en = "{name} has decided a step of this sitting and cannot staff it."
    remedy_zh = "请由其他人员担任。"
    remedy_en = "Name somebody else."


class StaffTwice(DomainError):
    code = "staff_twice"
    zh = "{name} 在同一职责中登记了两次。"
    en = "{name} is listed twice with the same duty."
    remedy_zh = "请删除重复的一条，缺员另行补足。"
    remedy_en = "Take one of them out and name another person."


class PartNotScored(DomainError):
    code = "part_not_scored"
    zh = "{level} 级除理论和操作外另须综合评审，目前不能录入其成绩，不能在此组织评价。"
    en = (
        "Level {level} has a review beside theory and practical, whose score cannot be entered yet."
    )
    remedy_zh = "请选择五级、四级或三级；二级、一级请按原渠道办理。"
    remedy_en = "Choose level 5, 4 or 3; hold levels 2 and 1 as before."


class RosterMissing(DomainError):
    code = "roster_missing"
    zh = "申请 {case} 没有考生名单，不能提交。"
    en = "Case {case} has no roster and cannot be submitted."
    remedy_zh = "请在“组织评价”页面上传名单。"
    remedy_en = "Open the sitting from its own page, with a roster."


class FixedByRoster(Conflict):
    code = "fixed_by_roster"
    status = 422
    zh = "名单已按原职业、等级、日期和用人单位核验，此项不能更改。"
    en = "The roster was checked for this occupation, level, day and employer: this stays."
    remedy_zh = "请撤回本批次，另开一个批次。"
    remedy_en = "Withdraw this sitting and open another."


class PreviousCertificateDiffers(DomainError):
    code = "previous_certificate_differs"
    zh = "原证书 {number} 与本系统登记不符：{why}"
    en = "Certificate {number} is not as our register has it: {why}"
    remedy_zh = "请按证书更正；认为登记有误的，请向发证机构申请更正。"
    remedy_en = "Mend the row; where the register is wrong, ask the organisation that issued it."


class StaffOnRoster(DomainError):
    code = "staff_on_roster"
    zh = "此人是本批次的考务人员，不能同时参加评价。"
    en = "This person staffs the sitting and cannot be assessed in it."
    remedy_zh = "请先更换该考务人员，或从名单中删除此行。"
    remedy_en = "Replace that member of the staff first, or take the row out."


class DecidedOnRoster(DomainError):
    code = "decided_on_roster"
    zh = "此人已办理本批次的审核环节，不能参加本批次评价。"
    en = "This person has decided a step of this sitting and cannot be assessed in it."
    remedy_zh = "请从名单中删除此行，另行报名。"
    remedy_en = "Take the row out; the person may enter another sitting."


class InAnotherSittingThatDay(DomainError):
    code = "in_another_sitting_that_day"
    zh = "此人同一天（{on}）已在另一批次 {sitting} 中。"
    en = "This person is in another sitting, {sitting}, on the same day ({on})."
    remedy_zh = "请从本名单中删除，或先由另一批次的评价机构办理退出。"
    remedy_en = (
        "Take the row out, or have the organisation of the other sitting take the person out."
    )


class CandidateUnknown(NotFound):
    code = "candidate_not_found"
    zh = "本批次没有序号为 {number} 的考生。"
    en = "This sitting has no candidate number {number}."


class GroundLost(Conflict):
    code = "ground_lost"
    zh = "考生 {candidate} 所依据的证书已被撤销，不再符合申报条件。"
    en = "The certificate on which candidate {candidate} rests was revoked: no condition is met."
    remedy_zh = "请先让该考生退出本批次，再锁定成绩。"
    remedy_en = "Take the candidate out of the sitting, then lock the scores."


class CandidateHasLeft(Conflict):
    code = "candidate_has_left"
    zh = "序号 {number} 的考生已退出本批次。"
    en = "Candidate number {number} has been taken out of this sitting."


class PartCarried(DomainError):
    code = "part_carried"
    zh = "该科目此前已合格（{score} 分），本次免考。"
    en = "This part was passed before with {score}: it is not taken again."
    remedy_zh = "请留空或填“免考”。"
    remedy_en = 'Leave it empty, or write "carried".'


class ReasonMissing(DomainError):
    code = "reason_missing"
    zh = "必须写明理由。"
    en = "A reason is required."
