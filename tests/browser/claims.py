"""The claim of these tests: a living allowance, decided three times and paid without a notice."""

from __future__ import annotations

from itertools import count

from stdnum import luhn

from shared.kernel.ids import new_id
from tests.servers.system import System

API = "/subsidy/api/v1"
PROCEDURE = "trainee-living-allowance"
TITLE = "培训期间生活费补贴"
EMPLOYER = "91421281MA4900001X"
CHIBI = "421281"
BUDGET_FEN = 100_000_000
_serial = count(1)


def account(serial: int) -> str:
    """Settled by the bank's simulator: its last digits are none of the reserved ones."""
    body = f"62178519900101{serial % 9000:04d}"
    return body + str(luhn.calc_check_digit(body))


def today(system: System) -> str:
    """The business date: the demonstration's clock runs faster than the wall's."""
    answer = system.http.get(f"{API}/procedures")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["today"])


def answers(system: System) -> dict[str, str]:
    """A class of its own for every claim: each is paid once for."""
    return {
        "class_no": f"PX-{new_id()}",
        "training_ended_on": today(system),
        "training_days": "10",
        "attendance_percent": "95",
        "employer": EMPLOYER,
        "region": CHIBI,
        "payee_account": account(next(_serial)),
    }


LABELS = {
    "class_no": "培训班编号",
    "training_ended_on": "结业日期",
    "training_days": "出勤天数",
    "attendance_percent": "出勤率（%）",
    "employer": "用人单位（培训单位）统一社会信用代码",
    "region": "所在地区",
    "payee_account": "收款银行卡（社保卡）账号",
}


def by_label(system: System) -> dict[str, str]:
    return {LABELS[name]: answer for name, answer in answers(system).items()}


def enter_budget(system: System) -> None:
    """Enough for every claim of these tests; entered once a test, a document number each."""
    body = {
        "fund": "employment_fund",
        "region": CHIBI,
        "year": int(today(system)[:4]),
        "amount_fen": BUDGET_FEN,
        "document_no": new_id(),
    }
    system.person("chibi-finance-bureau-officer").post(f"{API}/budgets", body)


def filed(system: System, username: str = "jinggong-worker2") -> str:
    """A claim filed by API, where the filing is not what is tested."""
    form = answers(system)
    numbers = {name: int(form[name]) for name in ("training_days", "attendance_percent")}
    case = system.person(username).post(
        f"{API}/cases", {"procedure": PROCEDURE, "form": {**form, **numbers}}
    )
    return str(case["id"])
