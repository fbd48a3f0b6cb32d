"""How money moves: a budget, a batch made by one and approved by another, the finance bureau's
allocation, what the bank reports, and the repair of a refused account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.demonstration.story.claiming import API, CLOSED_ACCOUNT, Claim, account
from deploy.demonstration.story.client import Gongjiang, Person
from deploy.demonstration.story.desk import case_at, case_with
from deploy.demonstration.story.telling import Story
from deploy.demonstration.welders import Welder

EACH_FEN: Final = 150_000
FUND: Final = "unemployment_insurance"


@dataclass(frozen=True, slots=True)
class Bureau:
    """Who moves money in one place; `place` begins their usernames."""

    gongjiang: Gongjiang
    place: str
    region: str
    document: str

    def person(self, office: str) -> Person:
        return self.gongjiang.person(f"{self.place}-{office}")


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def appropriate(story: Story, bureau: Bureau, fund: str, amount_fen: int, run: int) -> None:
    """The finance bureau enters the year's budget, or adds to it by another document."""
    officer = bureau.person("finance-bureau-officer")
    year = bureau.gongjiang.today().year
    held = officer.post(
        f"{API}/budgets",
        {
            "fund": fund,
            "region": bureau.region,
            "year": year,
            "amount_fen": amount_fen,
            "document_no": f"{bureau.document}〔{year}〕{run}号",
        },
    )
    story.tell(
        officer.name,
        f"下达 {year} 年预算 {yuan(amount_fen)} 元，可用 {yuan(held['available_fen'])} 元",
        f"appropriates {yuan(amount_fen)} yuan for {year}",
    )


def allocate(story: Story, bureau: Bureau, cases: Sequence[str], document_no: str) -> str:
    """A batch of exactly these cases, made, approved and allocated by three people."""
    maker, approver, finance = (
        bureau.person(office)
        for office in ("bureau-payment-maker", "bureau-payment-approver", "finance-bureau-officer")
    )
    batch = maker.post(f"{API}/payment-batches", {"case_ids": list(cases)})
    story.holds(batch["payments_count"] == len(cases), "批次人数不符", "the batch has them all")
    where = f"{API}/payment-batches/{batch['id']}"
    approver.post(f"{where}/approval", {"outcome": "approved"})
    finance.post(f"{where}/allocation", {"outcome": "allocated", "document_no": document_no})
    story.tell(
        f"{maker.name}、{approver.name}、{finance.name}",
        f"制单、复核、拨付：{batch['id']}，{len(cases)} 笔共 {yuan(batch['total_fen'])} 元",
        f"make, approve and allocate {batch['id']}: {len(cases)} payments instructed",
    )
    return str(batch["id"])


def outcome(story: Story, bureau: Bureau, batch_id: str, count: int) -> dict[str, int]:
    """The batch's payments by state, once the bank has answered for each."""
    reader = bureau.person("bureau-payment-maker")

    def answered() -> dict[str, int] | None:
        states: dict[str, int] = reader.get(f"{API}/payment-batches/{batch_id}")["by_state"]
        final = states.get("settled", 0) + states.get("rejected", 0)
        return states if final == count else None

    return story.wait(answered, f"{batch_id} 的银行回执 / the bank's reports")


def pay_claims(
    story: Story, bureau: Bureau, claims: Sequence[Claim], welders: Sequence[Welder], run: int
) -> None:
    maker = bureau.person("bureau-officer")
    for each in claims:
        case_at(story, maker, "subsidy", each.case_id, "funds_allocated")
    ids = [each.case_id for each in claims]
    _fund_in_the_new_year(story, bureau, ids, run)
    batch = allocate(story, bureau, ids, f"{bureau.document}拨〔{run}〕1号")
    states = outcome(story, bureau, batch, len(ids))
    story.holds(
        states.get("rejected") == 1 and states.get("settled") == len(ids) - 1,
        f"应有 1 笔退件：{states}",
        "one payment is refused by the bank",
    )
    story.tell(
        "银行", f"{len(ids) - 1} 笔到账，1 笔拒付（账户已销户 AC04）",
        f"{len(ids) - 1} settled, one refused: the account is closed",
    )  # fmt: skip
    failed = next(each for each in claims if each.number == CLOSED_ACCOUNT)
    _repair(story, bureau, failed, welders[failed.number - 1], run)
    _all_paid(story, bureau, claims)


def _fund_in_the_new_year(story: Story, bureau: Bureau, cases: Sequence[str], run: int) -> None:
    """A year may end between appropriation and notice; the claims then wait for its budget, which
    is given to them soon after it is entered."""
    maker = bureau.person("bureau-payment-maker")

    def unfunded() -> set[str]:
        waiting = maker.get(f"{API}/waiting-payments")["unfunded"]
        return {each["case_id"] for each in waiting} & set(cases)

    if unfunded():
        appropriate(story, bureau, FUND, len(cases) * EACH_FEN, run)
        story.wait(lambda: not unfunded(), "新年度预算安排到申请 / the new year's money reserved")


def _repair(story: Story, bureau: Bureau, claim: Claim, welder: Welder, run: int) -> None:
    payment = _payments(claim.worker, claim.case_id)[0]
    story.holds(payment["state"] == "rejected", "应为拒付", "the payment is rejected")
    where = f"{API}/payments/{payment['id']}/repair"
    claim.worker.post(where, {"account": account(welder, "0002")})
    officer = bureau.person("bureau-officer")
    officer.post(f"{where}/confirmation", {"outcome": "confirmed"})
    story.tell(
        f"{claim.worker.name}、{officer.name}",
        "本人换一个账号，人社局核对后确认；原资格不变，另生成一笔支付",
        "gives another account, confirmed by the bureau: a payment that replaces the first",
    )
    batch = allocate(story, bureau, [claim.case_id], f"{bureau.document}拨〔{run}〕2号")
    states = outcome(story, bureau, batch, 1)
    story.holds(states == {"settled": 1}, f"补付未到账：{states}", "the repaired one settles")
    story.tell("银行", "补付到账", "the repaired payment is settled")


def _all_paid(story: Story, bureau: Bureau, claims: Sequence[Claim]) -> None:
    officer = bureau.person("bureau-officer")
    payments = []
    for each in claims:
        case_with(story, officer, "subsidy", each.case_id, "approved")
        payments += _payments(officer, each.case_id)
    settled = [each for each in payments if each["state"] == "settled"]
    total = sum(each["amount_fen"] for each in settled)
    story.holds(
        (len(payments), len(settled), total) == (31, 30, 30 * EACH_FEN),
        f"支付数不符：{len(payments)}、{len(settled)}、{total}",
        "31 instructed, 30 settled, 4,500,000 fen",
    )
    story.tell(
        "合计", f"指令 {len(payments)} 笔，到账 {len(settled)} 笔，{total} 分（{yuan(total)} 元）",
        f"{len(payments)} instructed, {len(settled)} settled, {total} fen",
    )  # fmt: skip


def _payments(reader: Person, case_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.get(f"{API}/payments", case_id=case_id)["items"]
    return found
