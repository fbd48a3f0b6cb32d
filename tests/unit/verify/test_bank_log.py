"""The bank's journal is read while the bank writes it."""

from __future__ import annotations

from pathlib import Path

from deploy.verify.evidence import bank_log


def test_a_line_that_is_still_being_written_is_left_for_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "bank.jsonl").write_text('{"kind": "order"}\n{"kind": "deb', encoding="utf-8")

    assert bank_log({"GONGJIANG_STATE": str(tmp_path)}) == [{"kind": "order"}]
