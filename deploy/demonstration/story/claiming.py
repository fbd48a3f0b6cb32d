"""Chapter one, second part: thirty-one claims are proposed, confirmed by their workers and decided
by enterprise, union and bureau; one is returned and corrected, one refused."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from stdnum import luhn

from deploy.demonstration.story.assessing import CHIBI, Certified
from deploy.demonstration.story.client import Gongjiang, Person
from deploy.demonstration.story.desk import Answer, case_at, case_with, decide, notice_of
from deploy.demonstration.story.telling import Story
from deploy.demonstration.welders import NEWCOMER, Welder

API: Final = "/subsidy/api/v1"
SCHEME: Final = "skill-upgrade-subsidy"
MISTAKEN: Final = 10  # gives a colleague's certificate and the wrong place of insurance
CLOSED_ACCOUNT: Final = 14  # the bank refuses this account
OBJECTED: Final = 22
ELSEWHERE: Final = "421202"
CLOSED: Final = "9901"  # the digits by which the bank knows a closed account
SIGNING_IN: Final = 4  # at once


@dataclass(frozen=True, slots=True)
class Claim:
    number: int
    case_id: str
    worker: Person
    certificate_no: str


def account(welder: Welder, ending: str = "0001") -> str:
    body = f"621785{welder.identity_number[6:14]}{ending}"
    return body + str(luhn.calc_check_digit(body))


def worker_of(gongjiang: Gongjiang, welder: Welder) -> Person:
    return gongjiang.person(welder.identity_number, welder.name)


def claim(story: Story, gongjiang: Gongjiang, certified: Sequence[Certified]) -> list[Claim]:
    """Answers the thirty claims that wait for their money."""
    with ThreadPoolExecutor(SIGNING_IN) as pool:
        claims = list(pool.map(partial(_proposed, story, gongjiang), certified))
        story.tell(
            "系统",
            f"凭发证事件生成 {len(claims)} 份补贴申请草稿（免申即享），等本人确认",
            f"the certificate events become {len(claims)} proposed claims, drafts until confirmed",
        )
        list(pool.map(partial(_confirm, claims), claims, certified))
    story.tell(
        f"{claims[0].worker.name}等{len(claims)}人",
        f"{len(claims)} 人各自登录，填收款账号并确认",
        f"{len(claims)} workers sign in, give their account and confirm",
    )
    _decide(story, gongjiang, claims)
    return [each for each in claims if each.number != NEWCOMER]


def _proposed(story: Story, gongjiang: Gongjiang, certified: Certified) -> Claim:
    worker = worker_of(gongjiang, certified.welder)

    def draft() -> str | None:
        mine = worker.get(f"{API}/cases", status="draft")["items"]
        return next((each["id"] for each in mine if each["procedure"] == SCHEME), None)

    case_id = story.wait(draft, f"{worker.name} 的补贴申请草稿 / the draft of a claim")
    return Claim(certified.welder.number, case_id, worker, certified.certificate_no)


def _confirm(claims: Sequence[Claim], claim: Claim, certified: Certified) -> None:
    ending = CLOSED if claim.number == CLOSED_ACCOUNT else "0001"
    form = {
        "payee_account": account(certified.welder, ending),
        "phone": certified.welder.phone,
    }
    if claim.number == MISTAKEN:
        colleague = next(each for each in claims if each.number > MISTAKEN)
        form |= {"certificate_no": colleague.certificate_no, "insured_place": ELSEWHERE}
    claim.worker.post(f"{API}/cases/{claim.case_id}/submit", {"form": form})


def _decide(story: Story, gongjiang: Gongjiang, claims: Sequence[Claim]) -> None:
    """The offices work at the same time, each on what reaches it."""
    mistaken = next(each for each in claims if each.number == MISTAKEN)
    offices = (_enterprise_confirms, _union_reviews, _bureau_audits)
    parts = [partial(part, story, gongjiang, claims) for part in offices]
    story.together([*parts, partial(_correct, story, mistaken)])


def _enterprise_confirms(story: Story, gongjiang: Gongjiang, claims: Sequence[Claim]) -> None:
    officer = gongjiang.person("jinggong-officer")
    ids = [each.case_id for each in claims]
    done = decide(
        story, officer, "subsidy", "employer_confirms", ids, Answer("confirm"), may_pass=True
    )
    silent = len(ids) - len(done)
    story.tell(
        officer.name,
        f"单位确认 {len(done)} 件" + (f"，{silent} 件到期未答复视为同意" if silent else ""),
        f"the enterprise confirms {len(done)} claims" + (f", silent on {silent}" if silent else ""),
    )


def _union_reviews(story: Story, gongjiang: Gongjiang, claims: Sequence[Claim]) -> None:
    reviewer = gongjiang.person("chibi-union-reviewer")
    mistaken = next(each for each in claims if each.number == MISTAKEN)

    def answer(case_id: str) -> Answer:
        if case_id != mistaken.case_id:
            return Answer("approve")
        return Answer("return", _defects(reviewer, case_id))

    decide(story, reviewer, "subsidy", "union_reviews", [c.case_id for c in claims], answer)
    decide(story, reviewer, "subsidy", "union_reviews", [mistaken.case_id], Answer("approve"))
    story.tell(
        reviewer.name,
        f"工会审核通过 {len(claims)} 件，其中 1 件先退回、更正后通过",
        f"the union passes {len(claims)} claims, one of them after a return",
    )


def _defects(reader: Person, case_id: str) -> str:
    """Everything that is wrong, in one reply (一次性告知)."""
    findings = reader.get(f"{API}/cases/{case_id}/findings")["items"]
    wrong = [f"{each['text']['zh']}{each['remedy']['zh']}" for each in findings
             if each["passed"] is False and each["remedy"]]  # fmt: skip
    wrong.append("参保地填为 421202 咸安区，实际在 421281 赤壁市参保，请更正。")
    return "".join(f"{number}. {text}" for number, text in enumerate(wrong, start=1))


def _correct(story: Story, mistaken: Claim) -> None:
    case = case_with(story, mistaken.worker, "subsidy", mistaken.case_id, "returned")
    reason = case["outcome_reason"]
    story.holds("1. " in reason and "2. " in reason, "应一次说明全部问题", "all defects at once")
    story.tell(
        "工会", f"退回 {mistaken.case_id}，一次说明全部问题：{reason}",
        "the union returns one claim with all its defects at once",
    )  # fmt: skip
    form = {"certificate_no": mistaken.certificate_no, "insured_place": CHIBI}
    mistaken.worker.post(f"{API}/cases/{mistaken.case_id}/resubmit", {"form": form})
    story.tell(mistaken.worker.name, "更正两处后重新提交", "corrects both and submits again")


def _bureau_audits(story: Story, gongjiang: Gongjiang, claims: Sequence[Claim]) -> None:
    officer = gongjiang.person("chibi-bureau-officer")
    refused = next(each for each in claims if each.number == NEWCOMER)

    def answer(case_id: str) -> Answer:
        if case_id != refused.case_id:
            return Answer("approve")
        return Answer("reject", _grounds(story, officer, case_id))

    decide(story, officer, "subsidy", "bureau_audits", [c.case_id for c in claims], answer)
    case = case_with(story, refused.worker, "subsidy", refused.case_id, "refused")
    story.tell(
        officer.name,
        f"人社局审核通过 {len(claims) - 1} 件；不予通过 1 件：{case['outcome_reason']}",
        f"the bureau approves {len(claims) - 1} and refuses one, with clause, remedy and dates",
    )


def _grounds(story: Story, officer: Person, case_id: str) -> str:
    """The clause that is not met, what can be done about it, and until when."""
    findings = officer.get(f"{API}/cases/{case_id}/findings")["items"]
    failed = next((each for each in findings if each["passed"] is False), None)
    dates = next((each["facts"] for each in findings if "last_day" in each["facts"]), None)
    if failed is None or dates is None or not failed["remedy"]:
        story.holds(False, f"没有不符合的条款：{findings}", "there is a finding that is not met")
        raise AssertionError
    return (
        f"依据：{failed['clause']['zh']}。{failed['text']['zh']}"
        f"补救：{failed['remedy']['zh']}"
        f"证书签发于 {dates['certificate_issued_on']}，最迟可于 {dates['last_day']} 再次申请。"
    )


def settle_the_notice(story: Story, gongjiang: Gongjiang, claims: Sequence[Claim]) -> None:
    """Thirty names are on notice; an objection against one holds up nobody else."""
    officer = gongjiang.person("chibi-bureau-officer")
    cases = [case_at(story, officer, "subsidy", each.case_id, "results") for each in claims]
    notices = {notice_of(case, "results") for case in cases}
    for each in officer.get(f"{API}/notices/collecting")["items"]:
        if each["id"] in notices:
            officer.post(f"{API}/notices/{each['id']}/publish")
    objected = next(each for each in claims if each.number == OBJECTED)
    concerned = next(case for case in cases if case["id"] == objected.case_id)
    notice_id = notice_of(concerned, "results")
    notice = gongjiang.anybody().get(f"{API}/notices/{notice_id}")
    story.tell(
        officer.name, f"发布拟补贴人员公示，至 {notice['last_day']}",
        f"publishes the notice of those to be paid, until {notice['last_day']}",
    )  # fmt: skip
    _object(story, gongjiang, notice, objected)


def _object(story: Story, gongjiang: Gongjiang, notice: dict[str, Any], against: Claim) -> None:
    entry = next(row["entry"] for row in notice["rows"] if row["name"] == against.worker.name)
    gongjiang.anybody().post(
        f"{API}/notices/{notice['id']}/objections",
        {
            "entry": entry,
            "grounds": "据我所知此人近一年未在该单位从事焊接工作，请核实。",
            "name": "田远",
            "contact": "0715-5000000",
        },
    )
    story.tell(
        "田远", f"对 {against.worker.name} 提出实名异议",
        "lodges a named objection against one of them",
    )  # fmt: skip
    settler = gongjiang.person("chibi-bureau-rechecker")
    reason = "经核对劳动合同、社保缴费记录和考勤，该职工在岗，异议不成立。"
    decide(story, settler, "subsidy", "results", [against.case_id], Answer("dismiss", reason))
    story.tell(settler.name, f"答复异议：{reason}", "settles the objection: it is dismissed")
