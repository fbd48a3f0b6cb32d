"""Identifiers: UUID version 7 (RFC 9562), so that they sort by the time they were made."""

from __future__ import annotations

import os
import secrets
import threading
import time
import uuid

_RANDOM_BITS = 74
_lock = threading.Lock()
_last = (0, 0)  # milliseconds, random part


def _forget_after_fork() -> None:
    global _last, _lock
    _last, _lock = (0, 0), threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)


def new_id() -> str:
    """A new identifier, larger as text than every one this process made before."""
    global _last
    with _lock:
        now = time.time_ns() // 1_000_000
        milliseconds, tail = _last
        if now > milliseconds:
            # the top bit stays free for the steps of the same millisecond
            milliseconds, tail = now, secrets.randbits(_RANDOM_BITS - 1)
        else:
            tail += 1 + secrets.randbits(32)
            if tail >> _RANDOM_BITS:
                milliseconds, tail = milliseconds + 1, secrets.randbits(_RANDOM_BITS - 1)
        _last = (milliseconds, tail)
    high, low = tail >> 62, tail & (1 << 62) - 1
    value = milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))
