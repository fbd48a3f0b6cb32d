"""Runs a web application in this process's port with granian."""

from granian import Granian
from granian.constants import Interfaces


def serve(factory: str, *, host: str, port: int, workers: int = 1, threads: int = 8) -> None:
    """`factory` is `module:function` without arguments; each worker calls it for itself."""
    Granian(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        factory=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
