"""What `make up`, `down`, `status`, `logs` and `demo` do, from outside the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from deploy.addresses import BUS, address, database_urls
from deploy.run.files import read_settings
from deploy.run.ours import is_same, send, start_ticks
from deploy.run.state import ROOT, State
from deploy.run.words import CannotStart, both, padded, places
from shared.calendar import Calendar
from shared.calendar.demonstration import clock_from

UP_SECONDS = 300.0
ELSEWHERE = "GONGJIANG_SYSTEM"
SHOWN = {"PYTHONIOENCODING": ":replace"}  # in the terminal's encoding, with `?` for what it lacks
DOWN_SECONDS = 90.0


def elsewhere(environ: Mapping[str, str]) -> dict[str, str]:
    """Settings of a system that is not this machine's: from the file that GONGJIANG_SYSTEM names
    (`environment`: from none), what is set outside first. No state folder of this machine."""
    named = environ[ELSEWHERE]
    try:
        kept = {} if named == "environment" else read_settings(Path(named))
    except OSError as error:
        raise CannotStart(
            f"{ELSEWHERE} 指定的设置文件 {named} 无法读取：{error.strerror}。",
            f"The settings file {named} that {ELSEWHERE} names cannot be read: {error.strerror}.",
        ) from None
    merged = {**kept, **environ}
    merged.pop("GONGJIANG_STATE", None)
    if not merged.get("GONGJIANG_PUBLIC_URL"):
        raise CannotStart(
            f"{ELSEWHERE} 指定的系统没有 GONGJIANG_PUBLIC_URL。",
            f"The system that {ELSEWHERE} names has no GONGJIANG_PUBLIC_URL.",
        )
    return merged


def up(environ: Mapping[str, str]) -> None:
    """Starts the supervisor in the background and waits until everything is up."""
    state = State.from_environ(environ)
    if state.holder() is not None:
        print(both("工匠已在运行", "Gongjiang is already running"))
        return
    state.make()
    words = state.logs / "start.log"
    with words.open("w", encoding="utf-8") as file:
        running = subprocess.Popen(
            [sys.executable, "-m", "deploy.run", "run", "--shown", "nothing"],
            cwd=ROOT,
            env={**environ, "PYTHONUTF8": "1"},  # start.log is read as UTF-8
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    print(both("正在后台启动", "starting in the background"), flush=True)
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        status = state.status()
        if status.get("up") and status["supervisor"]["pid"] == running.pid:
            print(words.read_text(encoding="utf-8"))
            return
        time.sleep(0.25)
    print(words.read_text(encoding="utf-8"))
    if running.poll() is not None:
        raise CannotStart("没有启动成功，原因见上。", "It did not start; the reason is above.")
    raise CannotStart(
        "仍有进程未就绪，后台继续重试。查看：make status、make doctor。",
        "Some processes are not ready yet and are being retried. See: make status, make doctor.",
    )


def down(environ: Mapping[str, str]) -> None:
    state = State.from_environ(environ)
    pid = state.holder()
    if pid is None:
        print(both("没有在运行", "it is not running"))
        return
    start = start_ticks(pid)
    send(pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while is_same(pid, start) and time.monotonic() < deadline:
        time.sleep(0.1)
    if is_same(pid, start):
        raise CannotStart(f"进程 {pid} 没有停下。", f"Process {pid} did not stop.")
    print(both("已停止，数据都在", "stopped; all data is kept"))


def status(environ: Mapping[str, str]) -> int:
    """Prints the table; 0 when everything is ready, 1 when not, 3 when it is not running."""
    state = State.from_environ(environ)
    if state.holder() is None:
        print(both("没有在运行。启动：make up", "it is not running. Start it: make up"))
        return 3
    content = state.status()
    rows = [("进程 process", "pid", "自 up since", "重启 restarts", "就绪 ready")]
    for row in content.get("processes", []):
        since = row["since"] and time.strftime("%m-%d %H:%M:%S", time.localtime(row["since"]))
        why = f"({row['why']})" if row["why"] and not row["ready"] else ""
        ready = f"{'是 yes' if row['ready'] else '否 no'} {row['state']} {why}"
        rows.append(
            (row["name"], str(row["pid"] or "-"), since or "-", str(row["restarts"]), ready)
        )
    print(table(rows))
    if (settings := state.environment()).get("GONGJIANG_CLOCK"):  # written once it has started
        print(today(settings))
    names = {row["name"] for row in content.get("processes", [])}
    for line in servers_of_ones_own(names, state.environment()):
        print(line)
    return 0 if all(row["ready"] for row in content.get("processes", [])) else 1


def today(settings: Mapping[str, str]) -> str:
    """The date of the business clock: notices and deadlines go by it, not by this machine's."""
    clock = clock_from(settings["GONGJIANG_CLOCK"], settings["GONGJIANG_ENVIRONMENT"], Calendar())
    shown = f"{clock.today():%Y-%m-%d}"
    return both(f"业务日期：{shown}", f"the business clock says {shown}")


def servers_of_ones_own(names: Collection[str], settings: Mapping[str, str]) -> list[str]:
    """What runs elsewhere, by setting. `names`: the processes that run here."""
    bus = settings.get(BUS, "")
    found = {
        "PostgreSQL": "" if "postgres" in names else address(database_urls(settings)["subsidy"]),
        "RabbitMQ": "" if bus.startswith("pgmq:") else address(bus),
        "Temporal": "" if "temporal" in names else settings["GONGJIANG_TEMPORAL_ADDRESS"],
    }
    return [
        both(f"{what}：{where}（按设置使用，不由本机管理）", "by setting, not run here")
        for what, where in found.items()
        if where
    ]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns lined up."""
    widths = [max(map(places, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def logs(environ: Mapping[str, str], names: Sequence[str]) -> None:
    """Follows; all processes in one, or those named."""
    folder = State.from_environ(environ).logs
    files = [folder / f"{name}.log" for name in names or ["all"]]
    missing = [file.stem for file in files if not file.exists()]
    if missing:
        raise CannotStart(
            f"没有这些日志：{'、'.join(missing)}。",
            f"There are no such logs: {', '.join(missing)}.",
        )
    os.execvp("tail", ["tail", "-n", "200", "-F", *map(str, files)])


def with_system(environ: Mapping[str, str], command: Sequence[str]) -> int:
    """Runs a command against the system; starts it before and stops it after when it is down.
    One that GONGJIANG_SYSTEM names runs elsewhere and is left as it is."""
    if environ.get(ELSEWHERE):
        return subprocess.run(command, cwd=ROOT, env={**elsewhere(environ), **SHOWN}).returncode
    state = State.from_environ(environ)
    started = state.holder() is None
    if started:
        up(environ)
    try:
        return subprocess.run(
            command, cwd=ROOT, env={**environ, **state.environment(), **SHOWN}
        ).returncode
    finally:
        if started:
            down(environ)
