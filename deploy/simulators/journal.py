"""An append-only file of JSON lines that is safe against kill -9: what was answered is in it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WAIT_SECONDS = 15.0


class JournalHeld(Exception):
    """Another process writes this journal."""


class Journal:
    """One writer, proven by a lock that the kernel drops with its holder. A last line that a
    kill cut off was never answered for, and is cut away."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._take()
        self._cut_broken_end()

    def entries(self) -> Iterator[dict[str, Any]]:
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def append(self, *entries: dict[str, Any]) -> None:
        """All in one write, on the disk before it returns."""
        lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        os.write(self._descriptor, "".join(lines).encode())
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)

    def _take(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise JournalHeld(str(self._path)) from None
                time.sleep(0.1)

    def _cut_broken_end(self) -> None:
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._descriptor, whole)
            os.fsync(self._descriptor)
