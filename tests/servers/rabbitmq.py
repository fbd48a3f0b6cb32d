"""One RabbitMQ for a run of the tests, in a container; each test gets a virtual host of its own. It
keeps its port, so that it may be stopped or killed and be the same broker afterwards."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from deploy.run.state import free_port
from tests.servers.docker_engine import without_reaper_if_it_cannot_run

IMAGE = os.environ.get("RABBITMQ_IMAGE", "rabbitmq:4")
_USER, _PASSWORD, _PORT = "gongjiang", "gongjiang", 5672
_READY = ["rabbitmq-diagnostics", "-q", "check_port_connectivity"]
START_SECONDS = 60.0


@dataclass(frozen=True)
class Broker:
    container: Any
    host: str
    port: int

    def url(self, virtual_host: str) -> str:
        return f"amqp://{_USER}:{_PASSWORD}@{self.host}:{self.port}/{virtual_host}"

    def add_virtual_host(self, name: str) -> None:
        self._ctl("add_vhost", name)
        self._ctl("set_permissions", "-p", name, _USER, ".*", ".*", ".*")

    def drop_virtual_host(self, name: str) -> None:
        self._ctl("delete_vhost", name)

    def queues(self, virtual_host: str) -> list[dict[str, Any]]:
        """`name`, `type`, `messages` and `consumers` of each."""
        columns = ("name", "type", "messages", "consumers")
        said = self._ctl("-q", "--formatter", "json", "list_queues", "-p", virtual_host, *columns)
        found: list[dict[str, Any]] = json.loads(said)
        return found

    def stop(self) -> None:
        """As an operator would."""
        self.container.get_wrapped_container().stop()

    def kill(self) -> None:
        """kill -9: nobody is told, nothing is written any more."""
        self.container.get_wrapped_container().kill("SIGKILL")

    def start(self) -> None:
        """The same broker again, with what it had on its disk; returns when it lets people in."""
        self.container.get_wrapped_container().start()
        deadline = time.monotonic() + START_SECONDS
        while self.container.exec(_READY)[0]:
            assert time.monotonic() < deadline, f"RabbitMQ is not back after {START_SECONDS:g} s"
            time.sleep(0.2)

    def _ctl(self, *arguments: str) -> bytes:
        code, output = self.container.exec(["rabbitmqctl", *arguments])
        if code:
            raise RuntimeError(f"rabbitmqctl {arguments}: {output!r}")
        return bytes(output)


@contextmanager
def rabbitmq_server() -> Iterator[Broker]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import ExecWaitStrategy

    without_reaper_if_it_cannot_run()
    container = (
        DockerContainer(IMAGE)
        .with_bind_ports(_PORT, free_port())  # Docker's own choice would change at each start
        .with_env("RABBITMQ_DEFAULT_USER", _USER)
        .with_env("RABBITMQ_DEFAULT_PASS", _PASSWORD)
        .waiting_for(ExecWaitStrategy(_READY))
    )
    with container as running:
        host, port = running.get_container_host_ip(), int(running.get_exposed_port(_PORT))
        yield Broker(running, host, port)
