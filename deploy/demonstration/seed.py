"""Demonstration cases in every state, made over HTTP by the people themselves: `python -m
deploy.demonstration.seed`. Run again it changes nothing; GONGJIANG_SEED=0 leaves it out.

The schemes of the story are left to the story, so that its figures stay its own."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml
from stdnum import luhn

from deploy.demonstration.story.assessing import CHIBI, WELDER, file_organisation
from deploy.demonstration.story.client import Gongjiang, Person
from deploy.demonstration.story.desk import Answer, case_at, decide
from deploy.demonstration.story.honouring import DEEDS, DONGFENG, ZHANGWAN, record_competition
from deploy.demonstration.story.paying import Bureau, allocate, appropriate
from deploy.demonstration.story.telling import Story
from deploy.demonstration.welders import EMPLOYER as JINGGONG

SUBSIDY: Final = "/subsidy/api/v1"
NOMINATION: Final = "/nomination/api/v1"
ASSESSMENT: Final = "/assessment/api/v1"
ALLOWANCE: Final = "trainee-living-allowance"
PLACE: Final = "赤壁市职业技能实训基地"
Act = tuple[str, str, Answer]  # who, at which step, what


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim of a living allowance and how far it is to go; `ends` by what its worker does."""

    username: str
    acts: Sequence[Act] = ()
    attendance: int = 95
    ends: str = "submitted"
    employer: str = JINGGONG
    region: str = CHIBI
    money: bool = False


def _confirmed(officer: str = "jinggong-officer") -> Act:
    return (officer, "employer_confirms", Answer("confirm"))


def _reviewed(place: str = "chibi") -> Act:
    return (f"{place}-union-reviewer", "union_reviews", Answer("approve"))


def _audited(place: str = "chibi") -> Act:
    return (f"{place}-bureau-officer", "bureau_audits", Answer("approve"))


RETURNED: Final = Answer("return", "培训班编号与结业证不一致，请核对后重新提交。")
REFUSED: Final = Answer("reject", "出勤率 60%，低于规定的 80%。")
CLAIMS: Final = (
    Wanted("jinggong-worker1", ends="draft"),
    Wanted("jinggong-worker2"),
    Wanted("jinggong-worker3", [_confirmed()]),
    Wanted("jinggong-worker4", [_confirmed(), ("chibi-union-reviewer", "union_reviews", RETURNED)]),
    Wanted(
        "jinggong-worker5",
        [_confirmed(), _reviewed(), ("chibi-bureau-officer", "bureau_audits", REFUSED)],
        attendance=60,
    ),
    Wanted("jinggong-worker6", ends="withdrawn"),
    Wanted("jinggong-officer2", [_confirmed(), _reviewed(), _audited()], money=True),
    Wanted(
        "dongfeng-worker1",
        [_confirmed("dongfeng-officer"), _reviewed("zhangwan")],
        employer=DONGFENG,
        region=ZHANGWAN,
    ),
    Wanted(
        "dongfeng-worker2",
        [_confirmed("dongfeng-officer"), _reviewed("zhangwan"), _audited("zhangwan")],
        employer=DONGFENG,
        region=ZHANGWAN,
    ),
)


def seed(story: Story, gongjiang: Gongjiang) -> None:
    money = [
        Bureau(gongjiang, place, region, document)
        for place, region, document in (
            ("chibi", CHIBI, "赤财社"),
            ("zhangwan", ZHANGWAN, "张财社"),
        )
    ]
    for bureau in money:
        appropriate(story, bureau, "employment_fund", 10_000_000, 0)
    parts = [partial(_claim, story, gongjiang, wanted, money[0]) for wanted in CLAIMS]
    others = [
        partial(each, story, gongjiang) for each in (_draft_nomination, _nomination, _sitting)
    ]
    story.together([*parts, *others])


def _claim(story: Story, gongjiang: Gongjiang, wanted: Wanted, bureau: Bureau) -> None:
    worker = gongjiang.person(wanted.username)
    known = _case_of(worker, SUBSIDY, ALLOWANCE)
    case = known or worker.post(
        f"{SUBSIDY}/cases",
        {
            "procedure": ALLOWANCE,
            "form": {
                "class_no": f"培训〔2024〕{CLAIMS.index(wanted) + 1:02d}班",
                "training_ended_on": gongjiang.today().isoformat(),
                "training_days": 10,
                "attendance_percent": wanted.attendance,
                "employer": wanted.employer,
                "region": wanted.region,
                "payee_account": _account(CLAIMS.index(wanted)),
            },
            "draft": wanted.ends == "draft",
        },
    )
    if wanted.ends == "withdrawn" and case["status"] == "in_progress":
        worker.post(f"{SUBSIDY}/cases/{case['id']}/withdraw", {"reason": "本班补贴由单位统一申请"})
    _bring(story, gongjiang, "subsidy", worker, case["id"], wanted.acts)
    if wanted.money and worker.get(f"{SUBSIDY}/cases/{case['id']}")["status"] == "in_progress":
        reader = bureau.person("bureau-officer")
        case_at(story, reader, "subsidy", case["id"], "funds_allocated")
        allocate(story, bureau, [case["id"]], "赤财社拨〔2024〕演示1号")


def _bring(
    story: Story,
    gongjiang: Gongjiang,
    service: str,
    reader: Person,
    case_id: str,
    acts: Sequence[Act],
) -> None:
    """The decisions that are still to be taken, one after the other."""
    case = reader.get(f"/{service}/api/v1/cases/{case_id}")
    done = {each["key"] for each in case["steps"] if each["status"] == "completed"}
    for username, step, answer in acts:
        if step not in done:
            decide(story, gongjiang.person(username), service, step, [case_id], answer)


def _case_of(person: Person, api: str, procedure: str) -> dict[str, Any] | None:
    cases: list[dict[str, Any]] = person.get(f"{api}/cases")["items"]
    return next((each for each in cases if each["procedure"] == procedure), None)


def _draft_nomination(story: Story, gongjiang: Gongjiang) -> None:
    worker = gongjiang.person("dongfeng-worker3")
    if _case_of(worker, NOMINATION, "skill-master") is None:
        body = {"procedure": "skill-master", "form": _nomination_form(), "draft": True}
        worker.post(f"{NOMINATION}/cases", body)


def _nomination(story: Story, gongjiang: Gongjiang) -> None:
    """One on the unit's notice, and from there to the district union's worklist."""
    worker = gongjiang.person("dongfeng-worker4")
    if not worker.get(f"{NOMINATION}/merits")["competition_results"]:
        (number,) = [p["identity_number"] for p in _people() if p["username"] == "dongfeng-worker4"]
        place = {"identity_number": number, "holder_name": worker.name, "rank": 2}
        record_competition(story, gongjiang, "张湾区青年焊工技能竞赛", [place], worker)
    case = _case_of(worker, NOMINATION, "skill-master") or worker.post(
        f"{NOMINATION}/cases", {"procedure": "skill-master", "form": _nomination_form()}
    )
    votes = {"members": 60, "present": 51, "in_favour": 47, "against": 2, "abstain": 2}
    minutes = {"minutes_no": "东锋职代会纪要演示1号", **votes}
    passed = ("dongfeng-congress", "congress_passes", Answer("approve", "同意推荐。", minutes))
    _bring(story, gongjiang, "nomination", worker, case["id"], [passed])


def _nomination_form() -> dict[str, str]:
    return {
        "employer": DONGFENG,
        "region": ZHANGWAN,
        "occupation": WELDER,
        "post": "front_line",
        "deeds": DEEDS,
    }


def _sitting(story: Story, gongjiang: Gongjiang) -> None:
    """A roster of five that waits for its enterprise."""
    today = gongjiang.today()
    file_organisation(story, gongjiang, today)
    officer = gongjiang.person("jiangxin-officer3")
    if any(each["place"] == PLACE for each in officer.everything(f"{ASSESSMENT}/sittings")):
        return
    form = {
        "occupation": WELDER,
        "level": "5",
        "held_on": today.isoformat(),
        "place": PLACE,
        "region": CHIBI,
        "employer": JINGGONG,
    }
    officer.post(f"{ASSESSMENT}/sittings", {"form": form, "rows": _roster()})


def _people() -> list[dict[str, Any]]:
    listed = Path(__file__).with_name("people.yaml").read_text(encoding="utf-8")
    people: list[dict[str, Any]] = yaml.safe_load(listed)
    return people


def _roster() -> list[dict[str, str]]:
    return [
        {
            "name": each["name"],
            "identity_number": each["identity_number"],
            "condition": "年满 16 周岁，正在从事本职业",
            "years_in_occupation": "2",
        }
        for each in _people()
        if each["username"].startswith("jinggong-worker")
    ]


def _account(number: int) -> str:
    body = f"621785990000{number:02d}0001"
    return body + str(luhn.calc_check_digit(body))


def main() -> int:
    if os.environ.get("GONGJIANG_SEED") == "0":
        return 0
    gongjiang = Gongjiang(os.environ["GONGJIANG_PUBLIC_URL"])
    seed(Story(0, threading.Event()), gongjiang)
    print("演示数据已就绪 / the demonstration cases are there", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
