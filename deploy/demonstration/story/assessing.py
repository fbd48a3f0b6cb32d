"""Chapter one, first part: forty welders of 赤壁市 are assessed, thirty-one are certified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from deploy.demonstration.rosters import FOLDER, WRITTEN, roster_file, scores_file
from deploy.demonstration.story.client import Gongjiang, Person, Refused
from deploy.demonstration.story.desk import Answer, case_at, case_with, decide, notice_of
from deploy.demonstration.story.telling import Story
from deploy.demonstration.welders import EMPLOYER, PASSING, SIZE, Welder, welders

API: Final = "/assessment/api/v1"
CHIBI: Final = "421281"
ORGANISATION: Final = "52421200MJ4900004E"
WELDER: Final = "6-18-02-04"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF: Final = (("invigilator", "监考", 3), ("assessor", "考评员", 9), ("supervisor", "督导员", 1))


@dataclass(frozen=True, slots=True)
class Certified:
    welder: Welder
    certificate_no: str


def place_of(run: int) -> str:
    return f"赤壁精工焊接实训基地（第{run}期）"


def next_roster(gongjiang: Gongjiang) -> int:
    """The first roster that no sitting has: a story told again takes the next one."""
    officer = gongjiang.person("jiangxin-officer1")
    known = {each["place"] for each in officer.everything(f"{API}/sittings")}
    run = 1
    while place_of(run) in known:
        run += 1
    return run


def assess(story: Story, gongjiang: Gongjiang, run: int) -> list[Certified]:
    today = gongjiang.today()
    file_organisation(story, gongjiang, today)
    officer = gongjiang.person("jiangxin-officer1")
    _refuse_bad_roster(story, officer, today)
    sitting = _open(story, officer, run, today)
    _agree_to_the_plan(story, gongjiang, sitting)
    _score(story, gongjiang, sitting, run)
    _notice_and_review(story, gongjiang, sitting)
    return _certified(story, gongjiang, officer, sitting, run)


def file_organisation(story: Story, gongjiang: Gongjiang, today: date) -> None:
    """The province's centre files the organisation, or renews a filing that has run out."""
    try:
        filed = gongjiang.anybody().get(f"{API}/organisations/{ORGANISATION}")
        if filed["valid_until"] >= f"{today.replace(month=12, day=31)}":
            return
    except Refused as refused:
        if refused.status != 404:
            raise
    centre = gongjiang.person("hubei-centre-officer")
    centre.post(
        f"{API}/organisations",
        {
            "code": ORGANISATION,
            "name": "咸宁市匠心职业技能评价中心",
            "region": "421200",
            "category": "S",
            "organisation_code": "0000",
            "province": "42",
            "site_serial": "000017",
            "valid_from": f"{today.year - 1}-01-01",
            "valid_until": f"{today.year + 2}-12-31",
            "document": f"鄂人社备〔{today.year - 1}〕17号（演示）",
            "scope": [{"occupation": WELDER, "levels": ["5", "4", "3"]}],
        },
    )
    story.tell(
        centre.name,
        "备案第三方评价机构：咸宁市匠心职业技能评价中心，焊工五级至三级",
        "files a third-party organisation for welders, levels five to three",
    )


def _form(run_place: str, today: date) -> dict[str, str]:
    return {
        "occupation": WELDER,
        "level": "4",
        "held_on": today.isoformat(),
        "place": run_place,
        "region": CHIBI,
        "employer": EMPLOYER,
    }


def _refuse_bad_roster(story: Story, officer: Person, today: date) -> None:
    content = (FOLDER / "bad-roster.xlsx").read_bytes()
    try:
        officer.post(
            f"{API}/sittings",
            data=_form("不会开的批次", today),
            files={"roster": ("名单.xlsx", content, XLSX)},
        )
    except Refused as refused:
        errors = refused.problem.get("errors") or []
        rows = {each.get("row") for each in errors}
        story.holds(len(rows) > 1, "应逐行指出错误", "every bad row is named")
        story.tell(
            officer.name,
            f"误传一份有错的名单：{len(rows)} 行有误，逐行说明，一行也未导入",
            f"sends a bad roster: {len(rows)} rows named with reasons, nothing imported",
        )
        return
    story.holds(False, "有错的名单被接受了", "a bad roster was accepted")


def _open(story: Story, officer: Person, run: int, today: date) -> str:
    shipped = FOLDER / f"roster-{run}.xlsx"
    content = shipped.read_bytes() if run in WRITTEN else roster_file(run)
    opened = officer.post(
        f"{API}/sittings",
        data=_form(place_of(run), today),
        files={"roster": (f"名单-{run}.xlsx", content, XLSX)},
    )
    story.holds(opened["candidates"] == SIZE, "应导入 40 人", "forty are imported")
    sitting = str(opened["id"])
    people = [
        {"duty": duty, "name": f"{title}{number}"}
        for duty, title, count in STAFF
        for number in range(1, count + 1)
    ]
    answer = officer.put(f"{API}/sittings/{sitting}/staff", {"staff": people})
    story.holds(
        all(each["passed"] for each in answer["staffing"]), "考务配比不符", "the staff ratios hold"
    )
    story.tell(
        officer.name,
        f"从表格导入第 {run} 期名单，焊工四级 {SIZE} 人，批次 {sitting}",
        f"imports roster {run} from a spreadsheet: {SIZE} for welder level four, {sitting}",
    )
    return sitting


def _agree_to_the_plan(story: Story, gongjiang: Gongjiang, sitting: str) -> None:
    for username, step, outcome, zh, en in (
        ("jinggong-officer", "enterprise_confirms_roster", "confirm", "企业确认名单",
         "the enterprise confirms the roster"),
        ("chibi-union-reviewer", "union_recommends", "approve", "工会推荐名单",
         "the union recommends it"),
        ("chibi-centre-officer", "centre_accepts_plan", "approve", "鉴定指导中心受理计划",
         "the assessment centre accepts the plan"),
    ):  # fmt: skip
        person = gongjiang.person(username)
        decide(story, person, "assessment", step, [sitting], Answer(outcome))
        story.tell(person.name, zh, en)


def _score(story: Story, gongjiang: Gongjiang, sitting: str, run: int) -> None:
    scorer = gongjiang.person("jiangxin-officer2")
    case_at(story, gongjiang.person("jiangxin-officer1"), "assessment", sitting, "scores_locked")
    shipped = FOLDER / f"scores-{run}.xlsx"
    content = shipped.read_bytes() if run in WRITTEN else scores_file(run)
    entered = scorer.post(
        f"{API}/sittings/{sitting}/scores/import",
        files={"scores": (f"成绩-{run}.xlsx", content, XLSX)},
    )
    story.holds(entered["entered"] == SIZE, "应录入 40 人成绩", "forty have scores")
    locked = scorer.post(f"{API}/sittings/{sitting}/scores/lock")
    story.holds(locked["passed"] == PASSING, "应有 31 人合格", "thirty-one pass")
    story.tell(
        scorer.name,
        f"导入理论和实操成绩并锁定：{PASSING} 人合格",
        f"imports and locks the scores: {PASSING} of {SIZE} pass",
    )


def _notice_and_review(story: Story, gongjiang: Gongjiang, sitting: str) -> None:
    reader = gongjiang.person("jiangxin-officer1")
    case = case_at(story, reader, "assessment", sitting, "results")
    notice = gongjiang.anybody().get(f"{API}/notices/{notice_of(case, 'results')}")
    story.holds(len(notice["rows"]) == PASSING, "公示应为 31 人", "the notice shows thirty-one")
    story.tell(
        "公示",
        f"成绩公示 {notice['first_day']} 至 {notice['last_day']}，{PASSING} 人",
        f"results are on public notice until {notice['last_day']}",
    )
    centre = gongjiang.person("chibi-centre-officer2")
    first = gongjiang.person("chibi-centre-officer")
    task = story.wait(lambda: _task(centre, sitting, "centre_reviews"), "centre_reviews")
    _cannot_decide_twice(story, first, task)
    decide(story, centre, "assessment", "centre_reviews", [sitting], Answer("approve"))
    story.tell(centre.name, "中心复核程序，同意发证", "the centre reviews the procedure")


def _task(person: Person, case_id: str, step: str) -> dict[str, Any] | None:
    tasks: list[dict[str, Any]] = person.everything(f"{API}/tasks")
    return next((t for t in tasks if t["case_id"] == case_id and t["step"] == step), None)


def _cannot_decide_twice(story: Story, officer: Person, task: dict[str, Any]) -> None:
    try:
        officer.post(f"{API}/tasks/{task['id']}/decision", {"outcome": "approve"})
    except Refused as refused:
        story.holds(
            (refused.status, refused.code) == (403, "decided_another_step"),
            "应以 403 拒绝同一人办理两个环节",
            f"deciding two steps is a 403, not {refused}",
        )
        story.tell(
            officer.name,
            "想再办理复核，被拒绝：同一人不得办理同一件的两个环节（403）",
            "tries the review as well and is refused: nobody decides two steps of a case",
        )
        return
    story.holds(False, "同一人办理了两个环节", "one person decided two steps")


def _certified(
    story: Story, gongjiang: Gongjiang, officer: Person, sitting: str, run: int
) -> list[Certified]:
    case_with(story, officer, "assessment", sitting, "approved")
    lines = officer.get(f"{API}/sittings/{sitting}/candidates")["items"]
    numbers = {each["number"]: each["certificate_no"] for each in lines if each["certificate_no"]}
    found = [Certified(each, numbers[each.number]) for each in welders(run) if each.passes]
    story.holds(len(numbers) == len(found) == PASSING, "应发 31 本证书", "31 certificates")
    shown = gongjiang.anybody().get(f"{API}/certificates/{found[0].certificate_no}")
    story.tell(
        officer.name,
        f"核发证书 {PASSING} 本；任何人可查验，如 {shown['number']}",
        f"issues {PASSING} certificates; anybody can verify one",
    )
    return found
