"""A child that dies with its parent, also when the parent is killed with -9 (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Loaded here and not after a fork, where taking the loader's lock could hang the child.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sign: signal.Signals, parent: int) -> None:
    """The kernel sends `sign` when the parent dies. `parent` is its pid as it was known before
    the fork: if it is already gone there is nobody left to wait for."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
