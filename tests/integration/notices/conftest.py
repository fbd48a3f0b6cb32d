"""A database of its own for each test, and a notice step read from a document."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from shared.calendar import Calendar
from shared.identity.directory import Office
from shared.kernel.clock import ManualClock
from shared.kernel.text import Text
from shared.notices import handlers
from shared.notices.collecting import collect
from shared.notices.handlers import Publishing
from shared.notices.model import Notice, NoticeRow
from shared.persistence import Keyring, Sessions, open_engine, open_sessions
from shared.procedures import Procedure

KEY = b"the key of the tests' snapshots!"
UNION = Office(
    "union.reviewer", "420303", None, Text("张湾区总工会", "Zhangwan union"), "0719-8650001"
)
DOCUMENT = """
id: test-honour
title: {{zh: 测试荣誉, en: Test honour}}
version: t1
region: "420303"
effective: {{from: 2020-01-01}}
source: {{zh: 测试, mark: INFER}}
applicant: [worker]
form:
  - {{field: region, type: region, required: true}}
steps:
  - {{decide: checks, by: union.reviewer, within: 3wd}}
  - {{notice: shown, length: 5wd, batch: {batch}, shows: [name, employer, score],
     anonymous: {anonymous}, objections: {{settle: 5wd, by: union.reviewer}}}}
outcome: honour
"""


def procedure(batch: str = "none", anonymous: str = "false") -> Procedure:
    return Procedure.parse(DOCUMENT.format(batch=batch, anonymous=anonymous))


@dataclass
class Board:
    """Collects as a case does, on a clock that the test moves."""

    sessions: Sessions
    clock: ManualClock
    publishing: Publishing

    def collect(
        self, case_id: str, *, batch: str = "none", anonymous: str = "false", **values: Any
    ) -> Notice:
        document = procedure(batch, anonymous)
        step = document.step("shown")
        row = NoticeRow(f"person of {case_id}", {"name": f"选手 {case_id}", **values})
        with self.sessions.begin() as session:
            return collect(
                session,
                procedure=document,
                step=step,
                case_id=case_id,
                region="420303",
                batch_key=step.settings["batch"],
                rows=[row],
                clock=self.clock,
                office=UNION,
                publishing=self.publishing,
            )

    def tick(self, notice_id: str) -> list[str]:
        with self.sessions.begin() as session:
            now = self.clock.now()
            turn = handlers.tick(session, notice_id, now, publishing=self.publishing)
            return turn.published + turn.moved + turn.ended

    def notice(self, notice_id: str) -> Notice:
        with self.sessions.begin() as session:
            notice = session.get_one(Notice, notice_id)
            _ = [(each.shown, each.objections) for each in notice.entries]
            return notice


@pytest.fixture
def engine(database: Callable[[str], str], keyring: Keyring) -> Iterator[Engine]:
    engine = open_engine(database("nomination"), "tests of notices")
    yield engine
    engine.dispose()


@pytest.fixture
def board(engine: Engine) -> Board:
    return Board(open_sessions(engine), ManualClock(date(2024, 3, 12)), Publishing(Calendar(), KEY))
