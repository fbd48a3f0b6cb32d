"""The words that people read for codes: statuses, roles, outcomes, deeds.

An unknown code is shown as it is, so that a service can add its own by `add_words`."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.kernel.text import Text

Naming = Callable[[Any, str], str]

WORDS: dict[str, Text] = {
    # cases
    "draft": Text("草稿", "Draft"),
    "in_progress": Text("办理中", "In progress"),
    "returned": Text("退回补正", "Returned for correction"),
    "approved": Text("已通过", "Approved"),
    "refused": Text("未通过", "Refused"),
    "withdrawn": Text("已撤回", "Withdrawn"),
    # steps and tasks
    "open": Text("进行中", "Open"),
    "ahead": Text("未开始", "Ahead"),
    "skipped": Text("不适用", "Skipped"),
    "ready": Text("待领取", "Ready"),
    "reserved": Text("已领取", "Reserved"),
    "completed": Text("已完成", "Completed"),
    "cancelled": Text("已取消", "Cancelled"),
    "overdue": Text("已逾期", "Overdue"),
    "decide": Text("审核", "Decision"),
    "opinions": Text("征求意见", "Opinions"),
    "panel": Text("专家评审", "Expert panel"),
    "meeting": Text("会议审议", "Meeting"),
    "notice": Text("公示", "Public notice"),
    "external": Text("外部办理", "Outside answer"),
    # notices, their lines, and objections
    "collecting": Text("待公示", "Not published yet"),
    "published": Text("公示中", "On notice"),
    "ended": Text("公示结束", "Ended"),
    "shown": Text("无异议", "No objection"),
    "objected": Text("有异议，处理中", "Objected to, being settled"),
    "upheld": Text("异议成立", "Objection upheld"),
    "dismissed": Text("异议不成立", "Objection dismissed"),
    "uphold": Text("异议成立", "Uphold the objection"),
    "dismiss": Text("异议不成立", "Dismiss the objection"),
    # outcomes
    "approve": Text("通过", "Approve"),
    "return": Text("退回补正", "Return for correction"),
    "reject": Text("不予通过", "Reject"),
    "confirm": Text("确认属实", "Confirm"),
    "dispute": Text("提出异议", "Dispute"),
    "support": Text("支持", "Support"),
    "silence": Text("逾期未答复", "No answer in time"),
    "oppose": Text("反对", "Oppose"),
    "score": Text("评分", "Scored"),
    "late": Text("逾期", "Late"),
    "noticed": Text("公示期满", "Notice completed"),
    "objection_upheld": Text("异议成立", "Objection upheld"),
    "continue": Text("继续办理", "Continue"),
    # deeds, as the timeline tells them
    "case_opened": Text("创建申请", "Application opened"),
    "draft_follows_version": Text("草稿改按新版办理", "The draft follows a newer version"),
    "case_submitted": Text("提交申请", "Application submitted"),
    "case_resubmitted": Text("补正后重新提交", "Corrected and sent again"),
    "case_approved": Text("办结：通过", "Closed: approved"),
    "case_refused": Text("办结：未通过", "Closed: refused"),
    "case_withdrawn": Text("撤回申请", "Application withdrawn"),
    "case_returned": Text("退回补正", "Returned for correction"),
    "task_decided": Text("作出办理结论", "Decided"),
    "task_taken_over": Text("接手办理", "Taken over"),
    "reservation_lapsed": Text("领取失效，退回待领取", "Reservation lapsed"),
    "step_answered": Text("收到办理结果", "Answer received"),
    "step_silent": Text("逾期未答复，按规定处理", "No answer in time: silence rule applied"),
    "step_late": Text("办理逾期", "Late"),
    "workflow_restarted": Text("流程由运维重新启动", "Workflow started again by an operator"),
    "due_date_settled": Text("期限按新公布的放假安排重新计算", "Due date computed again"),
    "score_set_aside": Text("剔除应回避专家的评分", "Score of an expert with a conflict set aside"),
    "step_unstaffed": Text("经办岗位无人，转由其他机构办理", "Nobody to take it; others asked"),
    "step_escalated": Text("逾期上报", "Escalated for lateness"),
    "notice_published": Text("开始公示", "Public notice published"),
    "notice_ended": Text("公示结束", "Public notice ended"),
    "objection_lodged": Text("收到异议", "Objection lodged"),
    "doubt_raised": Text("依据发生变化，存疑待查", "In doubt: what it rests on has changed"),
    "doubt_settled": Text("存疑已处理", "The doubt was settled"),
    "findings_rechecked": Text("重新核验条件", "Conditions checked again"),
    "credential_taken_back": Text(
        "所持证书或荣誉被撤销，重新核验条件",
        "A certificate or an honour was taken back: conditions checked again",
    ),
    "filing_changed": Text(
        "评价机构备案变更，重新核验条件",
        "The organisation's filing changed: conditions checked again",
    ),
    "evidence_read": Text("查阅材料", "Evidence read"),
    # minutes of a meeting
    "minutes_no": Text("会议纪要", "Minutes"),
    "members": Text("应到", "Members"),
    "present": Text("实到", "Present"),
    "in_favour": Text("赞成", "In favour"),
    "against": Text("反对", "Against"),
    "abstain": Text("弃权", "Abstaining"),
    # what a person does with a task
    "claim": Text("领取", "Claim"),
    "release": Text("退回待领取", "Release"),
    "take_over": Text("接手办理", "Take over"),
    # roles
    "worker": Text("职工", "Worker"),
    "enterprise.officer": Text("企业经办", "Enterprise officer"),
    "enterprise.congress": Text("职代会", "Workers' congress"),
    "union.reviewer": Text("工会审核", "Union reviewer"),
    "union.leader": Text("工会领导", "Union leader"),
    "union.secretary": Text("工会秘书", "Union secretary"),
    "bureau.officer": Text("人社初审", "Bureau officer"),
    "bureau.rechecker": Text("人社复核", "Bureau rechecker"),
    "bureau.leader": Text("人社领导", "Bureau leader"),
    "bureau.payment_maker": Text("拨付制单", "Payment maker"),
    "bureau.payment_approver": Text("拨付复核", "Payment approver"),
    "finance_bureau.officer": Text("财政局经办", "Finance bureau officer"),
    "centre.officer": Text("鉴定中心经办", "Assessment centre officer"),
    "organisation.officer": Text("评价机构经办", "Assessment organisation officer"),
    "expert": Text("专家", "Expert"),
    "department.tax": Text("税务部门", "Tax department"),
    "department.market_regulation": Text("市场监管部门", "Market regulation department"),
    "department.human_resources": Text("人社部门", "Human resources department"),
    "department.emergency": Text("应急管理部门", "Emergency department"),
    "department.environment": Text("生态环境部门", "Environment department"),
    "finance.system": Text("财务系统", "Finance system"),
    "系统": Text("系统", "System"),  # the actor of what happens by itself
    "events.reader": Text("事件读取", "Events reader"),
    "auditor": Text("审计", "Auditor"),
    "operator": Text("运维", "Operator"),
    # services
    "nomination": Text("工匠评选", "Nomination"),
    "assessment": Text("技能等级认定", "Assessment"),
    "subsidy": Text("补贴", "Subsidy"),
    # rules
    "passed": Text("符合", "Met"),
    "failed": Text("不符合", "Not met"),
    "unknown": Text("待核实", "Not known yet"),
}


def add_words(words: Mapping[str, Text]) -> None:
    """A service's own codes; called where the service is composed. One code has one meaning."""
    for code, text in words.items():
        if WORDS.setdefault(code, text) != text:
            raise ValueError(f"the code {code!r} already has other words")


def called(code: object, lang: str) -> str:
    """What a code is called, or a list of codes."""
    if isinstance(code, (tuple, list, set, frozenset)):
        separator = ", " if lang == "en" else "、"
        return separator.join(called(each, lang) for each in code)
    if isinstance(code, Text):
        return code.in_(lang)
    found = WORDS.get(str(code))
    return str(code) if found is None else found.in_(lang)


def called_with(prefix: str) -> Naming:
    """For codes whose words stand under `<prefix><code>`."""
    return lambda code, lang: called(f"{prefix}{code}", lang)
