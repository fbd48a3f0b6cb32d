"""The whole system as `make run` starts it, in a folder and on a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.run.state import free_port

ROOT = Path(__file__).parents[2]
UP_SECONDS = 330.0  # a little more than the command gives itself, which says what is missing
PASSWORD = "gongjiang"


@dataclass
class Person:
    """Somebody signed in, who calls the API as a program of theirs would."""

    system: System
    username: str
    token: str

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **given.pop("headers", {})}
        return self.system.http.request(method, path, headers=headers, **given)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.call("GET", path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.json()

    def post(self, path: str, body: Any = None, *, expect: int | None = None) -> dict[str, Any]:
        answer = self.call("POST", path, json={} if body is None else body)
        wanted = {200, 201, 202} if expect is None else {expect}
        assert answer.status_code in wanted, (path, answer.status_code, answer.text[:800])
        return answer.json()

    def task(self, service: str, case_id: str, seconds: float = 60.0) -> dict[str, Any]:
        """The open task of the case in this person's worklist, once it is there."""

        def find() -> dict[str, Any] | None:
            items = self.get(f"/{service}/api/v1/tasks?limit=200")["items"]
            return next((item for item in items if item["case_id"] == case_id), None)

        return until(find, f"{self.username} has a task of {case_id}", seconds)

    def decide(
        self, service: str, case_id: str, outcome: str, reason: str = "", **data: Any
    ) -> dict[str, Any]:
        task = self.task(service, case_id)
        body = {"outcome": outcome, "reason": reason, "data": data}
        return self.post(f"/{service}/api/v1/tasks/{task['id']}/decision", body)


@dataclass
class System:
    url: str
    environ: dict[str, str]
    state: Path
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def person(self, username: str, name: str = "") -> Person:
        """By username; a worker also by identity number and name."""
        if username not in self.people:
            form = {"grant_type": "password", "username": username, "password": PASSWORD}
            form |= {"name": name} if name else {}
            answer = self.http.post("/identity/token", data=form)
            assert answer.status_code == 200, (username, answer.text)
            self.people[username] = Person(self, username, answer.json()["access_token"])
        return self.people[username]

    def make(self, *command: str, seconds: float = 600.0) -> subprocess.CompletedProcess[str]:
        """Run one of the Makefile's programs against this system."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=seconds,
        )


def until(find: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """The first thing found that is true; asks again until the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"after {seconds:g} s still not: {what}"
        time.sleep(0.1)


@contextmanager
def running_system(**more: str) -> Iterator[System]:
    """Started by the supervisor's own command, stopped by it at the end."""
    port = free_port()
    # Not in pytest's own folder: another pytest takes the way there from the database's user.
    folder = Path(tempfile.mkdtemp(prefix="gongjiang-test-"))
    environ = {
        **os.environ,
        "GONGJIANG_STATE": str(folder),
        "GONGJIANG_PORT": str(port),
        **more,
    }
    try:
        started = _supervise("up", environ, UP_SECONDS)
        assert started.returncode == 0, started.stdout[-4000:] + started.stderr[-2000:]
        status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
        assert status["up"], status
        system = System(f"http://localhost:{port}", environ, folder)
        with system.http:
            yield system
    finally:
        _supervise("down", environ, 120.0)
        shutil.rmtree(folder, ignore_errors=True)


def _supervise(
    verb: str, environ: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.run", verb],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
