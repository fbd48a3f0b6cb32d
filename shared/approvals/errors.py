"""What can be wrong with an act on a case or a task."""

from shared.kernel.errors import Conflict, DomainError, Forbidden, NotFound, StaleVersion
from shared.kernel.region import region_name
from shared.kernel.words import called


class CaseNotFound(NotFound):
    code = "case_not_found"
    zh = "没有编号为 {case} 的申请，或您无权查看。"
    en = "There is no case {case}, or it is not yours to see."


class TaskNotFound(NotFound):
    code = "task_not_found"
    zh = "没有待办 {task}，或您无权查看。"
    en = "There is no task {task}, or it is not yours to see."


class CaseNotOpen(Conflict):
    code = "case_not_open"
    names = {"status": called}  # noqa: RUF012
    zh = "申请 {case} 目前状态为“{status}”，不能办理此操作。"
    en = "Case {case} stands at “{status}”: this cannot be done now."
    remedy_zh = "请刷新页面查看最新状态。"
    remedy_en = "Reload the page to see where the case stands."


class CaseClosed(CaseNotOpen):
    zh = "申请 {case} 已于 {day} 办结（{status}），不能再办理此操作。"
    en = "Case {case} was closed on {day} ({status}): this cannot be done any more."
    remedy_zh = "请在办理记录中查看经过。"
    remedy_en = "The timeline of the case shows what happened."


class WrongState(Conflict):
    code = "wrong_state"
    names = {"thing": called, "status": called}  # noqa: RUF012
    zh = "“{thing}”目前状态为“{status}”，不能办理此操作。"
    en = "“{thing}” stands at “{status}”: this cannot be done now."
    remedy_zh = "请刷新页面查看最新状态。"
    remedy_en = "Reload the page to see where it stands."


class NotWaitingThere(Conflict):
    code = "not_waiting_there"
    zh = "以下申请未在等待此环节，不能一并办理：{cases}。"
    en = "These cases do not wait for this step, so it cannot be taken for all: {cases}."
    remedy_zh = "请查看这些申请的最新状态，再办理其余各件。"
    remedy_en = "See where these cases stand, and take the others without them."


class TaskTaken(Conflict):
    code = "task_taken"
    zh = "该待办已由 {by} 办理。"
    en = "This task has been taken by {by}."
    remedy_zh = "无需重复办理；可在办理记录中查看结果。"
    remedy_en = "Nothing is left to do; the timeline shows the result."


class TaskReserved(TaskTaken):
    """Held, not done: a colleague may take over (POST /tasks/{id}/take-over)."""

    zh = "该待办已由 {by} 领取，尚未办结。"
    en = "This task is reserved by {by} and not decided yet."
    remedy_zh = "需要由您办理的，请先“接手办理”，再作出结论。"
    remedy_en = "To decide it yourself, take it over first."


class NothingReserved(Conflict):
    code = "nothing_reserved"
    zh = "该待办未被领取，无需退回。"
    en = "Nobody has reserved this task; there is nothing to release."


class TaskGone(DomainError):
    code = "task_gone"
    status = 410
    zh = "该待办已无需办理：{why}"
    en = "This task no longer needs a decision: {why}"
    remedy_zh = "请在申请的办理记录中查看结果。"
    remedy_en = "The timeline of the case shows what happened."


class TaskChanged(StaleVersion):
    code = "task_changed"
    zh = "您打开页面后该待办已有变化（现为第 {version} 版）。"
    en = "The task has changed since you opened it (it is now version {version})."
    remedy_zh = "请刷新后重新核对再办理。"
    remedy_en = "Reload, look at it again, then decide."


class NotYourTask(Forbidden):
    code = "not_your_task"
    names = {"office": called}  # noqa: RUF012
    zh = "该待办由“{office}”办理，不在您的职责、单位或辖区内。"
    en = "This task belongs to “{office}”: it is outside your role, organisation or region."
    remedy_zh = "请由任务列明的岗位办理；您能办理的见“我的待办”。"
    remedy_en = "Leave it to the office named; what you may take is in your own worklist."


class OwnCase(Forbidden):
    code = "own_case"
    zh = "不得办理与本人有关的申请 {case}。"
    en = "Nobody decides their own case ({case})."
    remedy_zh = "请由同一机构的其他人员办理。"
    remedy_en = "Let a colleague of the same office take it."


class DecidedAnotherStep(Forbidden):
    code = "decided_another_step"
    zh = "您已办理申请 {case} 的其他环节，不得再办理本环节。"
    en = "You have decided another step of case {case}; nobody decides two."
    remedy_zh = "请由同一机构的其他人员办理。"
    remedy_en = "Let a colleague of the same office take it."


class OwnUnit(Forbidden):
    code = "own_unit"
    zh = "申请 {case} 的被推荐人与您同一单位，评审应当回避。"
    en = "The nominee of case {case} belongs to your own unit: an expert stands aside."
    remedy_zh = "请由其他单位的专家评审。"
    remedy_en = "Let an expert of another unit take the seat."


class OutcomeNotAllowed(DomainError):
    code = "outcome_not_allowed"
    names = {"outcome": called, "allowed": called}  # noqa: RUF012
    zh = "本环节不能作出“{outcome}”，可选：{allowed}。"
    en = "This step may not answer “{outcome}”; it may answer: {allowed}."


class ReasonRequired(DomainError):
    code = "reason_required"
    names = {"outcome": called}  # noqa: RUF012
    zh = "作出“{outcome}”必须写明理由。"
    en = "A reason is required for “{outcome}”."


class CaseIrrevocable(Conflict):
    code = "case_irrevocable"
    zh = "申请 {case} 的款项已在支付途中，不能再不予通过或撤回。"
    en = "Money for case {case} is on its way: it can no longer be rejected or withdrawn."
    remedy_zh = "款项有误的，请按追回办理。"
    remedy_en = "Where the money was paid in error, have it recovered."


class FindingNotMet(Conflict):
    code = "finding_not_met"
    names = {"rule": called}  # noqa: RUF012
    zh = "有条件未满足，不能同意：{why}"
    en = "A condition is not met, so this cannot be approved: {why}"
    remedy_zh = "请退回补正或不予通过；事实有误的，请申请人更正后重新核验。"
    remedy_en = "Return it or reject it; where a fact is wrong, have it mended and check again."


class FindingUnknown(Conflict):
    code = "finding_unknown"
    names = {"rule": called}  # noqa: RUF012
    zh = "有条件尚无法判断，暂不能同意：{why}"
    en = "A condition is not known yet, so this cannot be approved: {why}"
    remedy_zh = "请稍后“重新核验”，或退回补正。"
    remedy_en = "Check the findings again in a while, or return the case."


class SubmissionBlocked(DomainError):
    code = "submission_blocked"
    zh = "{why}"
    en = "{why_en}"


class NothingToSetAside(Conflict):
    code = "nothing_to_set_aside"
    zh = "待办 {task} 没有可以剔除的专家评分。"
    en = "Task {task} has no expert's score that could be set aside."


class NotYoursToSetAside(Forbidden):
    code = "not_yours_to_set_aside"
    names = {"office": called}  # noqa: RUF012
    zh = "专家评分的剔除由下一环节的“{office}”办理。"
    en = "A score is set aside by “{office}”, who decide next."


class ScoreOutOfRange(DomainError):
    code = "score_out_of_range"
    zh = "分数须为 0 至 {maximum} 的数。"
    en = "The score must be a number from 0 to {maximum}."


class VotesDoNotAddUp(DomainError):
    code = "votes_do_not_add_up"
    zh = "赞成、反对、弃权之和 {sum} 与到会人数 {present} 不符，或到会人数超过应到 {members}。"
    en = "For, against and abstaining add up to {sum}, with {present} present of {members}."


class QuorumNotReached(DomainError):
    code = "quorum_not_reached"
    zh = "应到 {members} 人，实到 {present} 人，未达法定人数 {quorum}。"
    en = "{present} of {members} were present: the quorum of {quorum} is not reached."


class VotesDoNotCarry(DomainError):
    code = "votes_do_not_carry"
    names = {"outcome": called}  # noqa: RUF012
    zh = "赞成 {in_favour} 票，通过须 {needed} 票，结论不能为“{outcome}”。"
    en = "{in_favour} in favour; {needed} are needed: the outcome cannot be “{outcome}”."


class MembersDiffer(DomainError):
    code = "members_differ"
    zh = "应到人数为 {known} 人，会议记录写的是 {members} 人。"
    en = "The body has {known} members; the minutes say {members}."


class VetoUnknown(DomainError):
    code = "veto_unknown"
    names = {"allowed": called}  # noqa: RUF012
    zh = "一票否决情形应从所列各项中选，且只在反对时填写：{allowed}。"
    en = "Vetoes are a list of these, and only with “oppose”: {allowed}."


class MinutesIncomplete(DomainError):
    code = "minutes_incomplete"
    names = {"name": called}  # noqa: RUF012
    zh = "会议记录缺少或有误：{name}。"
    en = "The minutes lack, or misstate: {name}."


class SubjectHasDecided(Conflict):
    code = "subject_has_decided"
    zh = "该身份证号码的本人已办理申请 {case} 的审核环节，不能成为被申请人。"
    en = (
        "The person of this identity number has decided a step of case {case}: it cannot be theirs."
    )
    remedy_zh = "请撤回本申请后重新申请，由其他人员办理。"
    remedy_en = "Withdraw this case and apply anew, so that others decide it."


class RegionOutsideProcedure(DomainError):
    code = "region_outside_procedure"
    names = {"region": region_name, "here": region_name}  # noqa: RUF012
    zh = "本申请按{here}的办法办理，不能改到{region}。"
    en = "This case follows the rules of {here}: it cannot be moved to {region}."
    remedy_zh = "地区填错的，请撤回本申请，在正确的地区重新申请。"
    remedy_en = "Where the region was wrong, withdraw this case and apply in the right one."


class NameMissing(DomainError):
    code = "field_missing"
    zh = "请填写姓名。"
    en = "Fill in the name."


class MayNotApply(Forbidden):
    code = "may_not_apply"
    names = {"applicant": called}  # noqa: RUF012
    zh = "该事项的申请人应为：{applicant}。"
    en = "This procedure is applied for by: {applicant}."


class NotYourIdentityNumber(DomainError):
    code = "not_your_identity_number"
    zh = "身份证号码与登录人不一致；本事项由本人申请。"
    en = "The identity number is not that of the person signed in, who must apply in person."


class AnsweredElsewhere(Conflict):
    code = "answered_elsewhere"
    zh = "本环节由业务办理自动完成，不能在此直接答复。"
    en = "This step is completed by the service's own act, not by an answer here."


class NothingToResubmit(Conflict):
    code = "nothing_to_resubmit"
    zh = "申请 {case} 未被退回，无需重新提交。"
    en = "Case {case} has not been returned; there is nothing to submit again."


class RegionUnknown(DomainError):
    code = "region_unknown"
    zh = "无法确定办理地区，请填写地区。"
    en = "It is not clear which region is responsible: fill in the region."


class NotYourNotice(Forbidden):
    code = "not_your_notice"
    zh = "没有这份待公示名单，或不由您的机构发布。"
    en = "There is no such notice to publish, or it is not your office's."
