"""Rules about unemployment insurance and employment (social insurance registry)."""

from __future__ import annotations

from shared.procedures.facts import as_date, as_whole
from shared.procedures.rulebook import Facts, RuleBook, Verdict
from shared.procedures.verdicts import decided, unknown, unreadable

rules = RuleBook()

DECEASED = "deceased"

_STATUSES = {
    "employed": ("企业在职", "employed"),
    "unemployed": ("登记失业", "registered as unemployed"),
    "student": ("全日制在校学生", "a full-time student"),
    "civil_servant": ("公务员", "a civil servant"),
    "institution_staff": ("事业单位在编人员", "staff of a public institution"),
    "retired": ("领取养老金人员", "a pensioner"),
    DECEASED: ("已死亡", "deceased"),
}


@rules.rule("insured_months_at_least", needs=("insured_months",))
def insured_months_at_least(facts: Facts, months: int) -> Verdict:
    """失业保险累计缴费满 months 个月（含）。
    Unemployment insurance paid for at least `months` months."""
    paid = as_whole(facts["insured_months"])
    if paid is None:
        return unreadable(facts, "insured_months")
    short = months - paid
    return decided(
        paid >= months,
        {"insured_months": paid},
        (
            f"失业保险累计缴费 {paid} 个月，满 {months} 个月。",
            f"Unemployment insurance paid for {paid} months; {months} are needed.",
        ),
        (
            f"失业保险累计缴费 {paid} 个月，不满 {months} 个月（差 {short} 个月）。",
            f"Unemployment insurance paid for {paid} months, {short} short of {months}.",
        ),
        (
            f"继续缴费满 {months} 个月后，在证书申请期限内可再申请；记录有误请到参保地核对。",
            f"Apply again when {months} months are paid, while the certificate still allows it; if "
            "the record is wrong, ask the insurance office.",
        ),
    )


@rules.rule("draws_unemployment_benefit", needs=("draws_unemployment_benefit",))
def draws_unemployment_benefit(facts: Facts) -> Verdict:
    """申请时正在领取失业保险金。
    Draws unemployment benefit when applying."""
    return decided(
        facts["draws_unemployment_benefit"] is True,
        {"draws_unemployment_benefit": facts["draws_unemployment_benefit"]},
        ("正在领取失业保险金。", "Draws unemployment benefit."),
        ("未在领取失业保险金。", "Does not draw unemployment benefit."),
    )


@rules.rule("drew_benefit_in_issue_month", needs=("drew_benefit_in_issue_month",))
def drew_benefit_in_issue_month(facts: Facts) -> Verdict:
    """证书签发当月正在领取失业保险金。
    Drew unemployment benefit in the month of issue."""
    month = _issue_month(facts)
    return decided(
        facts["drew_benefit_in_issue_month"] is True,
        {
            "drew_benefit_in_issue_month": facts["drew_benefit_in_issue_month"],
            "certificate_issued_on": facts.get("certificate_issued_on"),
        },
        (
            f"证书签发当月{month}正在领取失业保险金。",
            f"Drew unemployment benefit in the month of issue{month}.",
        ),
        (
            f"证书签发当月{month}未领取失业保险金。",
            f"Did not draw unemployment benefit in the month of issue{month}.",
        ),
    )


@rules.rule("insured_in_issue_month", needs=("insured_in_issue_month",))
def insured_in_issue_month(facts: Facts) -> Verdict:
    """证书签发当月失业保险处于正常缴费状态。
    Insurance was paid as normal in the month of issue."""
    month = _issue_month(facts)
    return decided(
        facts["insured_in_issue_month"] is True,
        {
            "insured_in_issue_month": facts["insured_in_issue_month"],
            "certificate_issued_on": facts.get("certificate_issued_on"),
        },
        (
            f"证书签发当月{month}正常缴纳失业保险。",
            f"Unemployment insurance was paid in the month of issue{month}.",
        ),
        (
            f"证书签发当月{month}未正常缴纳失业保险。",
            f"Unemployment insurance was not paid in the month of issue{month}.",
        ),
        (
            "如已缴费，请所在单位到参保地经办机构核对当月记录。",
            "If it was paid, have the employer check that month with the insurance office.",
        ),
    )


def _issue_month(facts: Facts) -> str:
    issued = as_date(facts.get("certificate_issued_on"))
    return "" if issued is None else f" ({issued:%Y-%m}) "


@rules.rule("employment_status_in", needs=("employment_status",))
def employment_status_in(facts: Facts, statuses: tuple[str, ...]) -> Verdict:
    """就业状态是所列之一（employed、unemployed、student、civil_servant、institution_staff、retired
    、deceased）；登记部门的其他说法视为不明。
    The employment status is one of these; a word of the registry's that is not is not known."""
    return _status(facts, facts["employment_status"] in statuses, statuses, "仅限", "only for")


@rules.rule("employment_status_not_in", needs=("employment_status",))
def employment_status_not_in(facts: Facts, statuses: tuple[str, ...]) -> Verdict:
    """就业状态不是所列之一；已死亡的总是不符合，登记部门的其他说法视为不明。
    The employment status is none of these; never met by somebody deceased, not known for a word
    of the registry's that is not listed."""
    allowed = facts["employment_status"] not in (*statuses, DECEASED)
    return _status(facts, allowed, statuses, "不包括", "not for")


def _status(
    facts: Facts, passed: bool, statuses: tuple[str, ...], limit_zh: str, limit_en: str
) -> Verdict:
    status = str(facts["employment_status"])
    if status not in _STATUSES and status not in statuses:
        return unknown(
            f"登记部门的就业状态“{status}”含义不明，暂不能判断。",
            f"What the registry's employment status “{status}” means is not known.",
            {"employment_status": status},
        )
    zh, en = _STATUSES.get(status, (status, status))
    named = [_STATUSES.get(one, (one, one)) for one in statuses]
    all_zh, all_en = "、".join(one[0] for one in named), ", ".join(one[1] for one in named)
    return decided(
        passed,
        {"employment_status": status},
        (f"就业状态为{zh}，符合要求。", f"The applicant is {en}, as required."),
        (
            f"就业状态为{zh}；本项{limit_zh}{all_zh}。",
            f"The applicant is {en}; {limit_en} {all_en}.",
        ),
    )
