"""One RabbitMQ for a run of the tests, in a container; each test gets a virtual host of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.servers.docker_engine import without_reaper_if_it_cannot_run

IMAGE = os.environ.get("RABBITMQ_IMAGE", "rabbitmq:4")
_USER, _PASSWORD, _PORT = "gongjiang", "gongjiang", 5672


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

    def _ctl(self, *arguments: str) -> None:
        code, output = self.container.exec(["rabbitmqctl", *arguments])
        if code:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {output!r}")


@contextmanager
def rabbitmq_server() -> Iterator[Broker]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import ExecWaitStrategy

    without_reaper_if_it_cannot_run()
    container = (
        DockerContainer(IMAGE)
        .with_exposed_ports(_PORT)
        .with_env("RABBITMQ_DEFAULT_USER", _USER)
        .with_env("RABBITMQ_DEFAULT_PASS", _PASSWORD)
        .waiting_for(ExecWaitStrategy(["rabbitmq-diagnostics", "-q", "check_port_connectivity"]))
    )
    with container as running:
        host, port = running.get_container_host_ip(), int(running.get_exposed_port(_PORT))
        yield Broker(running, host, port)
