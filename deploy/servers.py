"""The servers of a run: whether they can be used, and if not, why, and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import psycopg
from amqp.exceptions import AMQPError
from psycopg import sql
from sqlalchemy import URL

from deploy.addresses import BUS, POSTGRES, address, keyword_dsn
from deploy.run.health import Finding
from shared.messaging.bus import Bus, hang_up

OLDEST = 15
CONNECT_SECONDS = 5
# no rights, a queue of another kind is there, no such virtual host (AMQP 0-9-1)
_REFUSALS = (403, 406, 530)

Session = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class BusTrouble:
    """`refused`: waiting does not mend it; else the bus is away, and all but it goes on."""

    finding: Finding
    refused: bool


def postgres_troubles(urls: Mapping[str, URL]) -> Iterator[Finding]:
    """`urls`: database by name. At most one a server: the first thing that is wrong with it."""
    servers: dict[tuple[object, ...], list[URL]] = {}
    for url in urls.values():
        key = (url.host, url.port, url.username, url.query.get("host"))
        servers.setdefault(key, []).append(url)
    for group in servers.values():
        found = _server_trouble(group)
        if found is not None:
            yield found


def _server_trouble(urls: list[URL]) -> Finding | None:
    first = urls[0]
    where = address(first)
    if why := _unreachable(first):
        return Finding(
            f"连不上 PostgreSQL 服务器 {where}：{why}",
            f"the PostgreSQL server {where} cannot be reached: {why}",
            f"确认它在运行、网络可达，核对 {POSTGRES}；自带的数据库见 make logs NAME=postgres",
            f"see that it runs and can be reached, and check {POSTGRES}; "
            "the embedded one: make logs NAME=postgres",
        )
    try:
        with closing(_connected(first.set(database="postgres"))) as session:
            return _too_old(session, where) or _closed(session, urls)
    except psycopg.Error as error:
        said = _said(error)
        return Finding(
            f"PostgreSQL 服务器 {where} 不接受用户 {first.username}：{said}",
            f"the PostgreSQL server {where} does not accept the user {first.username}: {said}",
            f"核对 {POSTGRES} 中的用户名和口令，以及服务器的 pg_hba.conf",
            f"check the user and the password in {POSTGRES}, and the server's pg_hba.conf",
        )


def _connected(url: URL) -> Session:
    return psycopg.connect(keyword_dsn(url), connect_timeout=CONNECT_SECONDS)


def _unreachable(url: URL) -> str | None:
    folder = url.query.get("host")
    try:
        if url.host is None and isinstance(folder, str) and folder.startswith("/"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(f"{folder}/.s.PGSQL.{url.port or 5432}")
        elif url.host is not None:
            socket.create_connection((url.host, url.port or 5432), CONNECT_SECONDS).close()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _too_old(session: Session, where: str) -> Finding | None:
    if session.info.server_version >= OLDEST * 10_000:
        return None
    version = session.info.parameter_status("server_version")
    return Finding(
        f"PostgreSQL 服务器 {where} 的版本是 {version}，需要 {OLDEST} 或更新",
        f"the PostgreSQL server {where} is version {version}; {OLDEST} or later is needed",
        f"升级它，或在 {POSTGRES} 中换一个服务器；不设置则使用自带的",
        f"upgrade it, or name another in {POSTGRES}; without the setting the embedded one is used",
    )


def _closed(session: Session, urls: list[URL]) -> Finding | None:
    """Databases that are missing where the user may make none, or in which it may not make
    tables; with the statements that an administrator has to run."""
    user = session.info.user
    there = {row[0] for row in session.execute("select datname from pg_database")}
    may_make = session.execute(
        "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
    ).fetchone()
    missing = [str(url.database) for url in urls if url.database not in there]
    if missing and may_make != (True,):
        return _for_the_administrator(
            f"用户 {user} 不能新建数据库，缺少：{'、'.join(missing)}",
            f"the user {user} may not create databases; missing: {', '.join(missing)}",
            [sql.SQL("CREATE DATABASE {} OWNER {};").format(*_names(d, user)) for d in missing],
        )
    foreign = [str(url.database) for url in urls if url.database in there and not _is_open(url)]
    if foreign:
        return _for_the_administrator(
            f"用户 {user} 不能在这些数据库中建表：{'、'.join(foreign)}",
            f"the user {user} may not make tables in: {', '.join(foreign)}",
            [sql.SQL("ALTER DATABASE {} OWNER TO {};").format(*_names(d, user)) for d in foreign],
        )
    return None


def _is_open(url: URL) -> bool:
    """Tables and schemas: the queues have a schema of their own."""
    with closing(_connected(url)) as session:
        answer = session.execute(
            "select has_schema_privilege('public', 'create')"
            " and has_database_privilege(current_database(), 'create')"
        ).fetchone()
    return answer == (True,)


def _names(database: str, user: str) -> tuple[sql.Identifier, sql.Identifier]:
    return sql.Identifier(database), sql.Identifier(user)


def _for_the_administrator(zh: str, en: str, statements: list[sql.Composed]) -> Finding:
    listed = " ".join(statement.as_string() for statement in statements)
    return Finding(zh, en, f"请数据库管理员执行：{listed}", f"have the administrator run: {listed}")


def _said(error: psycopg.Error) -> str:
    """The server's own last sentence. It names the user and the database, never the password."""
    found = [
        line.rpartition("failed: ")[2] for line in str(error).splitlines() if "failed: " in line
    ]
    return found[-1].strip() if found else type(error).__name__


def bus_trouble(url: str) -> BusTrouble | None:
    """Connects, and declares on RabbitMQ what the system needs there: a right may be missing."""
    try:
        bus = Bus(url)
        if url.startswith("pgmq:"):
            bus.check()
        else:
            hang_up(bus.connect())
    except ValueError:
        return BusTrouble(_no_address(), refused=True)
    except AMQPError as error:
        if error.code in _REFUSALS:
            return BusTrouble(_refusal(url, error), refused=True)
        return BusTrouble(_absence(url, error), refused=False)
    except Exception as error:  # kombu passes on whatever the transport raises
        return BusTrouble(_absence(url, error.__cause__ or error), refused=False)
    return None


def _no_address() -> Finding:
    form = "amqp://USER:PASSWORD@HOST:PORT/%2F"
    return Finding(
        f"{BUS} 不是消息总线的地址",
        f"{BUS} is no address of a bus",
        f"写成 {form}；不设置则使用自带的",
        f"write {form}; without the setting the embedded one is used",
    )


def _refusal(url: str, error: AMQPError) -> Finding:
    where, said = address(url), error.reply_text or type(error).__name__
    return Finding(
        f"RabbitMQ {where} 拒绝了连接：{said}",
        f"RabbitMQ {where} refused the connection: {said}",
        f"核对 {BUS} 中的用户名、口令和虚拟主机，以及该用户在其中的权限",
        f"check the user, the password and the virtual host in {BUS}, and the user's rights there",
    )


def _absence(url: str, error: BaseException) -> Finding:
    where = address(url)
    why = getattr(error, "strerror", None) or type(error).__name__
    embedded = url.startswith("pgmq:")
    return Finding(
        f"消息总线没有应答（{where}：{why}）；申请和决定照常受理，恢复后补发",
        f"the bus does not answer ({where}: {why}); applications and decisions are still accepted, "
        "and what waits is sent when it is back",
        "make logs NAME=postgres" if embedded else f"启动它，或核对 {BUS}",
        "make logs NAME=postgres" if embedded else f"start it, or check {BUS}",
    )
