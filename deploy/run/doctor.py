"""`make doctor`: what is missing or unhealthy, and what to do about each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from sqlalchemy import URL
from temporalio.service import RPCError

from deploy.addresses import BUS, address, database_urls, keyword_dsn
from deploy.run import ours
from deploy.run.documents import of_documents
from deploy.run.environment import DEMONSTRATION, gateway_port, named_databases
from deploy.run.health import Finding, examine
from deploy.run.inner_settings import SERVICES
from deploy.run.output import Output
from deploy.run.specification import tool
from deploy.run.starting import TOOLS
from deploy.run.state import State, is_free
from deploy.run.tasks import of_tasks
from deploy.run.words import both
from deploy.run.workflows import of_workflows
from deploy.servers import bus_trouble, postgres_troubles


def doctor(environ: Mapping[str, str]) -> int:
    """Prints every finding; 0 when there is none."""
    state = State.from_environ(environ)
    running = state.holder() is not None
    findings = [*machine(), *(of_system(state) if running else at_rest(state, environ))]
    for finding in findings:
        print(finding)
    if not findings:
        healthy = both("一切正常", "everything is well")
        print(
            healthy if running else f"{healthy}；{both('没有在运行', 'it is not running: make up')}"
        )
    return 1 if findings else 0


def machine() -> Iterator[Finding]:
    """What this machine lacks."""
    for name, wheel in TOOLS.items():
        if not os.access(tool(name), os.X_OK):
            yield Finding(f"缺少 {wheel}", f"{wheel} is missing", "make venv", "make venv")
    for file in ("people.yaml", "directory.yaml"):
        if not (DEMONSTRATION / file).exists():
            place = DEMONSTRATION / file
            restore = f"git checkout -- {place}"
            yield Finding(f"缺少 {file}", f"{file} is missing", restore, restore)
    free = os.statvfs(".").f_bavail * os.statvfs(".").f_frsize
    if free < 1_000_000_000:
        yield Finding(
            f"磁盘只剩 {free // 1_000_000} MB",
            f"only {free // 1_000_000} MB of disk are left",
            "腾出空间，或用 GONGJIANG_STATE 把数据放到别处",
            "free some, or put the data elsewhere with GONGJIANG_STATE",
        )


def at_rest(state: State, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What would hinder the next start."""
    yield from of_servers(named_databases(environ), environ.get(BUS))
    port = gateway_port(environ)
    if not is_free(port):
        holder = ours.holder_of_port(port)
        who = f"pid {holder[0]} ({holder[1]})" if holder else "?"
        remedy = "GONGJIANG_PORT=8090 make run"
        yield Finding(f"端口 {port} 被占用：{who}", f"port {port} is taken: {who}", remedy, remedy)
    if not state.folder.exists():
        return
    left = ours.left_behind(state.status(), state.secrets()["instance"])
    if left:
        names = ", ".join(f"{name} {pid}" for pid, name in left.items())
        yield Finding(
            f"上次异常退出留下进程：{names}",
            f"a killed run left these running: {names}",
            "make up 会先结束它们",
            "make up ends them first",
        )


def of_system(state: State) -> Iterator[Finding]:
    """What is not well in the running one."""
    output = Output(state.logs)
    for row in state.status().get("processes", []):
        if not row["ready"]:
            yield _not_ready(row, output.last_lines(row["name"], 1))
        elif row["restarts"] >= 3:
            yield Finding(
                f"{row['name']} 已重启 {row['restarts']} 次",
                f"{row['name']} was restarted {row['restarts']} times",
                f"make logs NAME={row['name']}",
                f"make logs NAME={row['name']}",
            )
    settings = state.environment()
    urls = database_urls(settings)
    yield from of_servers(urls, settings[BUS])
    for service in SERVICES:
        dsn = keyword_dsn(urls[service])
        try:
            yield from examine(dsn, service)
            yield from of_tasks(dsn, service)
            yield from of_workflows(
                dsn,
                service,
                settings["GONGJIANG_TEMPORAL_ADDRESS"],
                settings.get("GONGJIANG_TEMPORAL_NAMESPACE", "default"),
            )
        except psycopg.Error as error:
            yield Finding(
                f"{service}：数据库没有应答（{type(error).__name__}）",
                f"{service}: its database does not answer ({type(error).__name__})",
                f"查看 {address(urls[service])}",
                f"look at {address(urls[service])}",
            )
        except (OSError, TimeoutError, RuntimeError, RPCError) as error:
            yield Finding(
                f"{service}：Temporal 没有应答（{type(error).__name__}），流程未能核对",
                f"{service}: Temporal does not answer ({type(error).__name__})",
                "make logs NAME=temporal",
                "make logs NAME=temporal",
            )
        yield from of_documents(service, {**os.environ, **settings})


def of_servers(urls: Mapping[str, URL], bus_url: str | None) -> Iterator[Finding]:
    yield from postgres_troubles(urls)
    trouble = bus_trouble(bus_url) if bus_url else None
    if trouble is not None:
        yield trouble.finding


def _not_ready(row: Mapping[str, Any], last: list[str]) -> Finding:
    name, why = row["name"], row["why"] or row["state"]
    said = f"：{last[0]}" if last else ""
    return Finding(
        f"{name} 未就绪（{why}）{said}",
        f"{name} is not ready ({why})",
        f"make logs NAME={name}",
        f"make logs NAME={name}",
    )
