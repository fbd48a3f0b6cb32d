"""The state folder: everything that outlives a run. Deleting it is a fresh start."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.run.files import read_json, write_json
from deploy.run.ours import start_ticks
from deploy.run.words import CannotStart

ROOT = Path(__file__).parents[2]
HEX_KEYS = ("instance", "person_ref", "data", "lookup", "session", "identity")
CLIENT_SECRETS = ("oidc_client", "finance_client")
LOWEST_PORT = 10_000
_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
PORTS = (
    *("temporal", "temporal_ui", "identity", "nomination", "assessment", "subsidy"),
    *("portal", "bank", "registry", "finance"),
)


class State:
    """Paths in the folder, and what is made once and kept: secrets, ports, the sockets' place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        self.status_file = self.folder / "status.json"
        self.environment_file = self.folder / "environment.json"
        self.clock_file = self.folder / "clock.json"
        self.caddyfile = self.folder / "Caddyfile"
        self._lock: int | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> State:
        return cls(Path(environ.get("GONGJIANG_STATE") or ROOT / ".gongjiang"))

    def make(self) -> None:
        """711: the database's own user passes through to its data and sees nothing else."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.logs, self.folder / "evidence", self.folder / "identity"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    def lock(self) -> None:
        """One supervisor a state folder. The kernel lets go of the lock when its holder dies, so
        a lock file that was left behind locks nothing."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            holder = read_json(self.folder / "holder.json", {}).get("pid", "?")
            raise CannotStart(
                f"工匠已在运行（进程 {holder}）。查看：make status；停止：make down。",
                f"Gongjiang is already running (pid {holder}). See: make status; stop: make down.",
                code=3,
            ) from None
        self._lock = descriptor
        write_json(
            self.folder / "holder.json", {"pid": os.getpid(), "start": start_ticks(os.getpid())}
        )

    def holder(self) -> int | None:
        """The pid of the supervisor that runs on this folder now."""
        try:
            descriptor = os.open(self.folder / "lock", os.O_RDWR)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = read_json(self.folder / "holder.json", {}).get("pid")
            return int(pid) if pid is not None else None
        finally:
            os.close(descriptor)
        return None

    def secrets(self) -> dict[str, str]:
        """Made once. Losing them loses the encrypted data and the meeting of person references."""
        path = self.folder / "secrets.json"
        kept: dict[str, str] = read_json(path, {})
        if path.exists() and not kept:
            raise CannotStart(
                f"密钥文件 {path} 无法读取；没有它，已加密的数据无法解开。请从备份恢复。",
                f"The keys in {path} cannot be read; without them the encrypted data stays closed. "
                "Restore the file from a backup.",
            )
        made = {name: secrets.token_hex(32) for name in HEX_KEYS}
        made |= {name: secrets.token_urlsafe(32) for name in CLIENT_SECRETS}
        if not made.keys() <= kept.keys():
            write_json(path, made | kept)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        return made | kept

    def ports(self) -> dict[str, int]:
        """Free ones, the same as last time where nobody else took them meanwhile."""
        path = self.folder / "ports.json"
        kept: dict[str, int] = read_json(path, {})
        chosen: dict[str, int] = {}
        highest = first_outgoing_port()
        for name in PORTS:
            old = kept.get(name)
            good = old is not None and old < highest and old not in chosen.values() and is_free(old)
            chosen[name] = old if good and old is not None else free_port(chosen.values())
        write_json(path, chosen)
        return chosen

    def sockets(self) -> Path:
        """A short path (a socket's name may have 107 bytes) that nobody else can have prepared."""
        path = self.folder / "sockets.json"
        kept = read_json(path, {}).get("folder")
        if kept is not None and Path(kept).is_dir() and not Path(kept).is_symlink():
            return Path(kept)
        made = tempfile.mkdtemp(prefix="gongjiang-")
        write_json(path, {"folder": made})
        return Path(made)

    def leave_sockets(self) -> None:
        """Nothing stays in the temporary folder after a clean stop; the next start makes another.
        A socket that is still there belongs to a server that still runs."""
        kept = read_json(self.folder / "sockets.json", {}).get("folder")
        if kept is not None:
            with suppress(OSError):
                Path(kept).rmdir()

    def status(self) -> dict[str, Any]:
        content: dict[str, Any] = read_json(self.status_file, {})
        return content

    def environment(self) -> dict[str, str]:
        """What the processes of the run before were given; demo and verify read it."""
        content: dict[str, str] = read_json(self.environment_file, {})
        return content


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(taken: Any = ()) -> int:
    """Below those that the kernel gives to outgoing connections: one of these could take it before
    the process that it is meant for has. By chance, as another system may be choosing as well."""
    below = first_outgoing_port() - LOWEST_PORT
    while True:
        port = LOWEST_PORT + secrets.randbelow(below)
        if port not in taken and is_free(port, ""):
            return port


def first_outgoing_port() -> int:
    """Linux may be told to use all of them; then there is no better choice than any."""
    first = int(_OUTGOING.read_text(encoding="utf-8").split()[0])
    return first if first > 2 * LOWEST_PORT else 60_000
