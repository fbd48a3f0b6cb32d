"""The facts that rules read beside the form's own fields, with the words for them.

The table in README.md says who supplies each; a test keeps the two lists the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.kernel.text import Text

FACTS: Mapping[str, Text] = {
    "applied_on": Text("申请日期", "date of application"),
    "region": Text("所在地区", "region"),
    "employer": Text("用人单位", "employer"),
    "employer_region": Text("用人单位所在地区", "employer's region"),
    "person_ref": Text("申请人", "applicant"),
    "birth_date": Text("出生日期", "date of birth"),
    "sex": Text("性别", "sex"),
    "level": Text("技能等级", "skill level"),
    "occupation": Text("职业", "occupation"),
    "certificate_status": Text("证书查验结果", "result of the certificate check"),
    "certificate_no": Text("证书编号", "certificate number"),
    "certificate_issued_on": Text("证书签发日期", "certificate's date of issue"),
    "certificates": Text("已取得的证书", "certificates held"),
    "insured_months": Text("失业保险累计缴费月数", "months of unemployment insurance"),
    "insured_in_issue_month": Text("签发当月参保状态", "insurance in the month of issue"),
    "draws_unemployment_benefit": Text("是否正在领取失业保险金", "drawing unemployment benefit"),
    "drew_benefit_in_issue_month": Text(
        "签发当月是否领取失业保险金", "drawing unemployment benefit in the month of issue"
    ),
    "previous_grants": Text("已享受的补贴", "earlier grants"),
    "shortage_occupation": Text("是否急需紧缺职业", "shortage occupation"),
    "household_region": Text("户籍所在地", "registered residence"),
    "employment_status": Text("就业状态", "employment status"),
    "honours": Text("已获得的荣誉", "honours held"),
    "honour_no": Text("荣誉证书编号", "honour number"),
    "competition_results": Text("竞赛成绩", "competition results"),
    "employer_vetoes": Text("用人单位负面情形", "employer's adverse records"),
    "years_in_occupation": Text(
        "从事本职业或相关职业年限", "years in this or a related occupation"
    ),
    "graduation": Text("毕业学历", "graduation"),
    "graduation_related": Text("是否本专业或相关专业毕业", "graduation in a related specialty"),
    "title_level": Text("职称", "professional title"),
    "title_years": Text("取得职称年限", "years since the professional title"),
    "apprenticeship_finished": Text("学徒期是否期满", "apprenticeship finished"),
    "organisation_scope_covers": Text("评价机构备案范围", "organisation's filed scope"),
    "held_on": Text("考核日期", "day of the examination"),
    "condition": Text("申报条件", "condition chosen"),
    "candidates": Text("考生人数", "number of candidates"),
    "candidates_without_condition": Text("不符合申报条件的考生", "candidates without a condition"),
    "candidates_undecided": Text("申报条件待定的考生", "candidates whose condition is not known"),
    "invigilators": Text("监考人员人数", "invigilators"),
    "assessors": Text("考评人员人数", "assessors"),
    "senior_assessors": Text("高级考评员人数", "senior assessors"),
    "supervisors": Text("质量督导员人数", "quality supervisors"),
    "staffing_complete": Text("考务人员是否配齐", "staffing is complete"),
    "staffing_gaps": Text("考务人员缺口", "gaps in the staffing"),
    "scores_locked": Text("成绩是否锁定", "scores are locked"),
    "candidates_passed": Text("合格人数", "candidates who passed"),
    "scheme": Text("补贴项目", "scheme"),
    "procedure": Text("办理事项", "procedure"),
    "excludes": Text("互斥的补贴项目", "schemes that exclude this one"),
}


# Of the facts that are one value, what a form field of the same type holds.
FACT_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("applied_on", "birth_date", "certificate_issued_on", "held_on"), "date"),
    **dict.fromkeys(("region", "employer_region", "household_region"), "region"),
    **dict.fromkeys(("insured_months", "years_in_occupation", "title_years"), "integer"),
    **dict.fromkeys(("candidates", "candidates_passed", "invigilators", "assessors"), "integer"),
    **dict.fromkeys(("senior_assessors", "supervisors"), "integer"),
    **dict.fromkeys(
        (
            "insured_in_issue_month",
            "draws_unemployment_benefit",
            "drew_benefit_in_issue_month",
            "shortage_occupation",
            "graduation_related",
            "apprenticeship_finished",
            "organisation_scope_covers",
            "staffing_complete",
            "scores_locked",
        ),
        "boolean",
    ),
    "level": "level",
}

# What a service makes of a field that must bear this name and have this type.
FACT_FROM_FIELD: Mapping[str, str] = {"birth_date": "identity_number", "sex": "identity_number"}


def fact_label(name: str, labels: Mapping[str, Text] | None = None) -> Text:
    """How a fact is called; `labels` are those of the form's fields."""
    return (labels or {}).get(name) or FACTS.get(name) or Text(name, name)


def is_missing(value: Any) -> bool:
    """Not known: left out, None or blank text. An empty list is known, so is 0 and False."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def as_whole(value: Any) -> int | None:
    """A whole number, also written as text; anything else is None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    try:
        return int(str(value).strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def as_json(value: Any) -> Any:
    """The same value with dates as text, so that a finding can be stored."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(one) for one in value]
    return value
