"""Chapter two, in 张湾区: the best worker becomes 技能大师, and is paid an allowance for it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from stdnum import luhn
from stdnum.cn import ric

from deploy.demonstration.story.assessing import WELDER
from deploy.demonstration.story.client import Gongjiang, Person
from deploy.demonstration.story.desk import Answer, case_at, case_with, decide, notice_of
from deploy.demonstration.story.paying import Bureau, allocate, appropriate, outcome
from deploy.demonstration.story.telling import Story

API: Final = "/nomination/api/v1"
SUBSIDY: Final = "/subsidy/api/v1"
ZHANGWAN: Final = "420303"
DONGFENG: Final = "91420303MA4900002T"
PROGRAMME: Final = "skill-master"
ALLOWANCE: Final = "skill-master-allowance"
ALLOWANCE_FEN: Final = 800_000
DEPARTMENTS: Final = (*("tax", "market-regulation", "human-resources", "emergency", "environment"),)
GIVEN_NAMES: Final = ("大庆", "铁成", "望春", "长河")
SCORES: Final = ("92.5", "88", "90")
DEEDS: Final = (
    "从事汽车零部件焊接二十年，带徒三十余人，改进车桥焊接工装，使一次合格率由百分之九十二提高到百分之"
    "九十九点六；主持攻关项目十一项，获实用新型专利四项；在区职工焊接技能竞赛中获第一名。"
)


@dataclass(frozen=True, slots=True)
class Master:
    name: str
    identity_number: str
    account: str


def master(run: int, place: int = 0) -> Master:
    """The best worker of run 1, 2, 3, … (and who came next in the competition): fictional."""
    chance = random.Random(f"gongjiang master {run} {place}")
    born = date(1975, 1, 1) + timedelta(days=(run * 11 + place * 367) % (20 * 365))
    body = f"{ZHANGWAN}{born:%Y%m%d}{900 + (run + place) % 100:03d}"
    card = f"621785{run:06d}{place:02d}0001"
    return Master(
        name=chance.choice("程曾龚汪卢范石姚谭邹")
        + chance.choice(("大庆", "铁成", "望春", "长河")),
        identity_number=body + str(ric.calc_check_digit(body + "0")),
        account=card + str(luhn.calc_check_digit(card)),
    )


def honour(story: Story, gongjiang: Gongjiang, run: int) -> None:
    best = master(run)
    nominee = gongjiang.person(best.identity_number, best.name)
    _compete(story, gongjiang, run, nominee)
    case_id = _recommend(story, gongjiang, best)
    _in_the_unit(story, gongjiang, case_id, run)
    _in_the_district(story, gongjiang, case_id, run)
    honour_no = _confer(story, gongjiang, case_id, nominee)
    _allowance(story, gongjiang, nominee, best, honour_no, run)


def _compete(story: Story, gongjiang: Gongjiang, run: int, nominee: Person) -> None:
    places = [
        {
            "identity_number": master(run, place).identity_number,
            "holder_name": master(run, place).name,
            "rank": place + 1,
        }
        for place in range(3)
    ]
    title = f"张湾区第{run}届职工焊接技能竞赛"
    recorder = record_competition(story, gongjiang, title, places, nominee)
    story.tell(
        recorder.name,
        f"录入竞赛成绩：{nominee.name} 第一名；成绩以事件成为评选依据，不用上传",
        "records the competition; the first place becomes evidence by event, not by upload",
    )


def record_competition(
    story: Story,
    gongjiang: Gongjiang,
    title: str,
    places: list[dict[str, Any]],
    nominee: Person,
) -> Person:
    """Held today; done when the nominee's place has come back as evidence. Who recorded it."""
    recorder = gongjiang.person("zhangwan-bureau-officer")
    competition = recorder.post(
        f"{API}/competitions",
        {
            "title": title,
            "tier": "county",
            "occupation": WELDER,
            "region": ZHANGWAN,
            "held_on": gongjiang.today().isoformat(),
        },
    )
    recorder.post(f"{API}/competitions/{competition['id']}/results", {"results": places})
    story.wait(
        lambda: nominee.get(f"{API}/merits")["competition_results"] or None,
        "竞赛成绩事件 / the competition result by event",
    )
    return recorder


def _recommend(story: Story, gongjiang: Gongjiang, best: Master) -> str:
    officer = gongjiang.person("dongfeng-officer")
    case = officer.post(
        f"{API}/cases",
        {
            "procedure": PROGRAMME,
            "form": {
                "name": best.name,
                "identity_number": best.identity_number,
                "employer": DONGFENG,
                "region": ZHANGWAN,
                "occupation": WELDER,
                "post": "front_line",
                "deeds": DEEDS,
            },
        },
    )
    story.tell(
        officer.name,
        f"单位推荐 {best.name} 参评张湾区技能大师，{case['id']}",
        f"the unit recommends its best worker, {case['id']}",
    )
    return str(case["id"])


def _in_the_unit(story: Story, gongjiang: Gongjiang, case_id: str, run: int) -> None:
    congress = gongjiang.person("dongfeng-congress")
    votes = {"members": 60, "present": 52, "in_favour": 50, "against": 1, "abstain": 1}
    minutes = {"minutes_no": f"东锋职代会纪要第{run}号", **votes}
    decide(
        story, congress, "nomination", "congress_passes", [case_id],
        Answer("approve", "推荐人选符合条件，同意推荐。", minutes),
    )  # fmt: skip
    story.tell(
        congress.name,
        f"职代会通过：应到 60，实到 52，赞成 50（{minutes['minutes_no']}）",
        "the workers' congress passes it: 50 of 52 in favour, minuted",
    )
    case = case_at(story, congress, "nomination", case_id, "unit_notice")
    notice = gongjiang.anybody().get(f"{API}/notices/{notice_of(case, 'unit_notice')}")
    story.tell(
        "公示", f"单位公示至 {notice['last_day']}", f"the unit's notice, until {notice['last_day']}"
    )


def _in_the_district(story: Story, gongjiang: Gongjiang, case_id: str, run: int) -> None:
    union = gongjiang.person("zhangwan-union-reviewer")
    decide(story, union, "nomination", "district_union_reviews", [case_id], Answer("approve"))
    story.tell(union.name, "区总工会初审通过，转送部门征求意见", "the district union sends it on")
    officers = [gongjiang.person(f"zhangwan-department-{each}") for each in DEPARTMENTS]
    support = Answer("support", "无不良记录。")
    opine = partial(decide, step="departments_opine", answer=support, may_pass=True)
    story.together([partial(opine, story, one, "nomination", cases=[case_id]) for one in officers])
    story.tell(
        "、".join(each.name for each in officers),
        "税务、市场监管、人社、应急、生态环境五部门并行出具意见：支持",
        "five departments give their opinions in parallel: in support",
    )
    _score(story, gongjiang, case_id)
    leader = gongjiang.person("zhangwan-union-leader")
    votes = {"members": 9, "present": 8, "in_favour": 8, "against": 0, "abstain": 0}
    minutes = {"minutes_no": f"张湾技能大师评选领导小组纪要第{run}号", **votes}
    decide(
        story, leader, "nomination", "leading_group_decides", [case_id],
        Answer("approve", "同意授予。", minutes),
    )  # fmt: skip
    story.tell(
        leader.name, "评选领导小组审定：应到 9，实到 8，一致通过",
        "the leading group decides in a meeting: 8 of 8 in favour",
    )  # fmt: skip


def _score(story: Story, gongjiang: Gongjiang, case_id: str) -> None:
    experts = [gongjiang.person(f"expert{number}") for number in (1, 2, 3)]
    for expert, score in zip(experts, SCORES, strict=True):
        answer = Answer("score", "技艺精湛，传帮带成效突出。", {"score": score})
        decide(story, expert, "nomination", "experts_score", [case_id], answer)
    story.tell(
        "、".join(each.name for each in experts),
        f"三位专家各自评分：{'、'.join(SCORES)}",
        "three experts score, each unseen by the others",
    )


def _confer(story: Story, gongjiang: Gongjiang, case_id: str, nominee: Person) -> str:
    secretary = gongjiang.person("zhangwan-union-secretary")
    case = case_at(story, nominee, "nomination", case_id, "public_notice")
    notice = gongjiang.anybody().get(f"{API}/notices/{notice_of(case, 'public_notice')}")
    story.tell(
        "公示", f"社会公示至 {notice['last_day']}", f"public notice until {notice['last_day']}"
    )
    decide(story, secretary, "nomination", "union_confers", [case_id], Answer("approve"))
    leader = gongjiang.person("zhangwan-bureau-leader")
    decide(story, leader, "nomination", "bureau_confers", [case_id], Answer("approve"))
    case_with(story, nominee, "nomination", case_id, "approved")
    honours: list[dict[str, Any]] = nominee.get(f"{API}/honours/mine")
    story.holds(len(honours) == 1, "应授予一项荣誉", "one honour is conferred")
    story.tell(
        f"{secretary.name}、{leader.name}",
        f"区总工会与区人社局联合授予“{honours[0]['title_zh']}”，{honours[0]['honour_no']}",
        "the union and the bureau confer the title jointly",
    )
    return str(honours[0]["honour_no"])


def _allowance(
    story: Story, gongjiang: Gongjiang, nominee: Person, best: Master, honour_no: str, run: int
) -> None:
    bureau = Bureau(gongjiang, "zhangwan", ZHANGWAN, "张财社")
    appropriate(story, bureau, "talent_fund", 1_000_000, run)

    def draft() -> dict[str, Any] | None:
        mine = nominee.get(f"{SUBSIDY}/cases", status="draft")["items"]
        return next((each for each in mine if each["procedure"] == ALLOWANCE), None)

    case_id = story.wait(draft, "津贴申请草稿 / the draft of the allowance")["id"]
    form = {"payee_account": best.account}
    case = nominee.post(f"{SUBSIDY}/cases/{case_id}/submit", {"form": form})
    story.holds(case["form"]["honour_no"] == honour_no, "荣誉编号不符", "it names the honour")
    for office, step in (
        ("bureau-officer", "bureau_audits"),
        ("bureau-rechecker", "bureau_rechecks"),
    ):
        decide(story, bureau.person(office), "subsidy", step, [case_id], Answer("approve"))
    reader = bureau.person("bureau-officer")
    case_at(story, reader, "subsidy", case_id, "funds_allocated")
    batch = allocate(story, bureau, [case_id], f"张财社拨〔{run}〕1号")
    states = outcome(story, bureau, batch, 1)
    story.holds(states == {"settled": 1}, f"津贴未到账：{states}", "the allowance is settled")
    case_with(story, reader, "subsidy", case_id, "approved")
    story.tell(nominee.name, f"技能大师津贴到账 {ALLOWANCE_FEN} 分", f"is paid {ALLOWANCE_FEN} fen")
