"""What the runner prints reaches any terminal, and the files whole."""

from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from deploy.run.output import Output, Shown


@pytest.mark.parametrize("encoding", ["gb18030", "iso-8859-1", "ascii", "utf-8"])
def test_a_terminal_of_any_encoding_ends_nothing(tmp_path: Path, encoding: str) -> None:
    raw = BytesIO()
    output = Output(tmp_path, TextIOWrapper(raw, encoding=encoding))
    output.say("正在启动 / starting 😀")
    output.close()
    assert b"starting" in raw.getvalue()
    assert "正在启动 / starting 😀" in (tmp_path / "all.log").read_text(encoding="utf-8")


ACCESS = '{"process": "subsidy-web", "method": "GET", "status": 200, "level": "info"}'
TROUBLE = (
    '{"process": "subsidy-web", "event": "unexpected_error", "level": "error"}',
    '{"level":"warn","msg":"caddy"}',
    'time=2026-11-25T08:31:36 level=ERROR msg="service failures"',
    "WARNING finance: begins again",
    "[WARNING] a worker died",
    "2026-11-25 UTC [1] FATAL:  could not resize shared memory segment",
    "Traceback (most recent call last):",
    '  File "x.py", line 1',
    "ValueError: wrong",
)
QUIET = (
    ACCESS,
    "[INFO] Listening at: http://127.0.0.1:1",
    "LOG:  database system is ready",
    "INFO finance runs",
    "[WARNING] Configuration allows spawning up to 8 Python threads",
)


def printed(folder: Path, shown: Shown) -> list[str]:
    terminal = StringIO()
    output = Output(folder, terminal, shown)
    for line in (*QUIET, *TROUBLE, ACCESS):
        output.line("web", line)
    output.close()
    return [line.partition("| ")[2] for line in terminal.getvalue().splitlines()]


def test_the_terminal_shows_warnings_and_errors_and_the_files_everything(tmp_path: Path) -> None:
    assert printed(tmp_path, Shown.TROUBLE) == list(TROUBLE)
    kept = (tmp_path / "web.log").read_text(encoding="utf-8").splitlines()
    assert kept == [*QUIET, *TROUBLE, ACCESS]


def test_the_terminal_shows_everything_or_nothing_when_it_is_asked_to(tmp_path: Path) -> None:
    assert printed(tmp_path, Shown.EVERYTHING) == [*QUIET, *TROUBLE, ACCESS]
    assert printed(tmp_path, Shown.NOTHING) == []
