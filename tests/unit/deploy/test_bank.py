import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from deploy.simulators.bank import create_bank
from deploy.simulators.journal import Journal
from deploy.simulators.ledger import Ledger


class Bank:
    """A bank whose time the test moves; `restart` is what kill -9 and a new start are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.now = 0.0
        self._dates = itertools.count()
        self._open()

    def _open(self) -> None:
        self._journal = Journal(self._path)
        ledger = Ledger(
            self._journal, lambda: f"date {next(self._dates)}", 1.0, 5.0, lambda: self.now
        )
        self.client: FlaskClient = create_bank(ledger, late_seconds=0).test_client()

    def restart(self) -> None:
        self._journal.close()
        self._open()

    def close(self) -> None:
        self._journal.close()

    def pay(self, key: str = "E1", account: str = "6217850000000000009", fen: int = 150000) -> Any:
        order = {"end_to_end_id": key, "amount_fen": fen, "account": account, "name": "张三"}
        return self.client.post("/payments", json=order)

    def reports(self, after: int = 0) -> list[tuple[str, str]]:
        found = self.client.get(f"/reports?after={after}").get_json()["reports"]
        return [(each["end_to_end_id"], each["status"]) for each in found]

    def kinds(self) -> list[str]:
        return [each["kind"] for each in self.client.get("/log").get_json()["entries"]]

    def asked(self, key: str = "E1") -> str | None:
        answer: Any = self.client.get(f"/payments/{key}").get_json()
        return answer.get("status") if answer["status"] != 404 else None


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    made = Bank(tmp_path / "bank.jsonl")
    yield made
    made.close()


def reserved(digits: str) -> str:
    return f"62178500000000{digits}0"


def test_a_payment_is_settled_after_a_moment_and_reported_once(bank: Bank) -> None:
    assert bank.pay().status_code == 202
    assert bank.reports() == []
    bank.now = 1.0
    assert bank.reports() == [("E1", "settled")]
    assert bank.reports(after=1) == []


def test_a_repeated_order_moves_no_money_and_is_in_the_log(bank: Bank) -> None:
    bank.pay()
    again = bank.pay()
    bank.now = 2.0
    bank.reports()

    assert again.status_code == 200
    assert bank.kinds() == ["order", "duplicate", "debit", "report"]


def test_another_order_under_the_same_identifier_is_refused_and_in_the_log(bank: Bank) -> None:
    bank.pay()

    assert bank.pay(fen=150001).status_code == 409
    assert bank.kinds() == ["order", "conflict"]


@pytest.mark.parametrize(("digits", "reason"), [("9901", "AC04"), ("9902", "BE01")])
def test_a_reserved_account_is_refused_with_its_reason(
    bank: Bank, digits: str, reason: str
) -> None:
    bank.pay(account=reserved(digits))
    bank.now = 1.0

    (report,) = bank.client.get("/reports").get_json()["reports"]
    assert (report["status"], report["reason_code"]) == ("rejected", reason)
    assert "debit" not in bank.kinds()


def test_a_late_answer_is_an_order_that_was_taken(bank: Bank) -> None:
    assert bank.pay(account=reserved("9903")).status_code == 504
    bank.now = 1.0
    assert bank.asked() == "settled"


def test_a_report_may_come_twice_for_one_debit(bank: Bank) -> None:
    bank.pay(account=reserved("9904"))
    bank.now = 1.0

    assert bank.reports() == [("E1", "settled")] * 2
    assert bank.kinds().count("debit") == 1


def test_a_silent_payment_is_known_only_when_asked_about(bank: Bank) -> None:
    bank.pay(account=reserved("9905"))
    bank.now = 60.0

    assert bank.reports() == []
    assert bank.asked() == "settled"


def test_a_lost_payment_is_not_found_and_never_debited(bank: Bank) -> None:
    assert bank.pay(account=reserved("9906")).status_code == 504
    bank.now = 60.0

    assert bank.asked() is None
    assert "debit" not in bank.kinds()


def test_a_lost_order_that_is_sent_again_is_not_said_to_be_taken(bank: Bank) -> None:
    answers = [bank.pay(account=reserved("9906")).status_code for _ in range(2)]
    assert answers == [504, 504]
    assert bank.asked() is None


def test_a_payment_may_come_back_after_it_was_settled(bank: Bank) -> None:
    bank.pay(account=reserved("9907"))
    bank.now = 1.0
    assert bank.reports() == [("E1", "settled")]
    bank.now = 6.5
    assert bank.reports() == [("E1", "settled"), ("E1", "returned")]
    bank.now = 60.0
    assert len(bank.reports()) == 2


def test_the_next_order_and_single_accounts_can_be_told_how_to_behave(bank: Bank) -> None:
    bank.client.post("/control", json={"behaviour": "refuse_closed", "next": 1})
    bank.client.post("/control", json={"behaviour": "twice", "end_to_end_id": "E3"})
    for key in ("E1", "E2", "E3"):
        bank.pay(key)
    bank.now = 1.0

    assert bank.reports() == [
        ("E1", "rejected"),
        ("E2", "settled"),
        ("E3", "settled"),
        ("E3", "settled"),
    ]


def test_nobody_controls_the_bank_through_a_gateway(bank: Bank) -> None:
    order = {"behaviour": "twice", "next": 1}
    through = bank.client.post("/control", json=order, headers={"X-Forwarded-For": "127.0.0.1"})
    elsewhere = bank.client.post(
        "/control", json=order, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}
    )

    assert (through.status_code, elsewhere.status_code) == (403, 403)


def test_a_killed_bank_knows_everything_that_it_answered(bank: Bank, tmp_path: Path) -> None:
    bank.client.post("/control", json={"behaviour": "return", "next": 2})
    bank.pay("E1")
    bank.now = 1.0
    bank.reports()
    with (tmp_path / "bank.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"kind": "order", "end_to_end_id": "cut o')

    bank.restart()

    assert bank.pay("E1").status_code == 200
    bank.pay("E2")
    bank.now = 20.0
    assert sorted(bank.reports()) == [
        ("E1", "returned"),
        ("E1", "settled"),
        ("E2", "settled"),
    ]
    assert ("E2", "returned") in (bank.reports() + bank.reports())


def test_a_killed_bank_books_nothing_twice(bank: Bank) -> None:
    bank.pay("E1")
    bank.pay("E2", reserved("9901"))
    bank.now = 1.0
    bank.reports()

    bank.restart()
    bank.now = 60.0

    assert bank.reports() == [("E1", "settled"), ("E2", "rejected")]
    assert [bank.kinds().count(kind) for kind in ("debit", "refusal")] == [1, 1]


def test_the_log_holds_no_account_number(bank: Bank, tmp_path: Path) -> None:
    bank.client.post("/control", json={"behaviour": "twice", "account": "6217850000000000009"})
    bank.pay()

    assert "6217850000000000009" not in (tmp_path / "bank.jsonl").read_text()


@pytest.mark.parametrize(
    "change", [{"amount_fen": "150000"}, {"amount_fen": 0}, {"account": ""}, {"name": None}]
)
def test_an_order_that_makes_no_sense_is_refused(bank: Bank, change: dict[str, Any]) -> None:
    order = {"end_to_end_id": "E1", "amount_fen": 1, "account": "6", "name": "张三"}

    assert bank.client.post("/payments", json=order | change).status_code == 422
    assert bank.kinds() == []
