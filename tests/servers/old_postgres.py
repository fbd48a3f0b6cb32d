"""A door that greets as a PostgreSQL of another version does, and knows no more of its language."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STARTUP = 196_608  # protocol 3.0; everything else first asks for encryption


@contextmanager
def postgres_that_says(version: str) -> Iterator[int]:
    """Its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_serve, args=(door, version), daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def _serve(door: socket.socket, version: str) -> None:
    with suppress(OSError):
        while True:
            visitor, _ = door.accept()
            with visitor, suppress(OSError, struct.error):
                _greet(visitor, version)


def _greet(visitor: socket.socket, version: str) -> None:
    while True:
        length, code = struct.unpack("!II", visitor.recv(8))
        visitor.recv(length - 8) if length > 8 else None
        if code >> 16 == _STARTUP >> 16:
            break
        visitor.sendall(b"N")
    status = b"server_version\0" + version.encode() + b"\0"
    visitor.sendall(
        _message(b"R", struct.pack("!I", 0)) + _message(b"S", status) + _message(b"Z", b"I")
    )
    visitor.recv(1024)  # until it hangs up


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body
