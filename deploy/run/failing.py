"""A part that does not start: its own last words, and what to do about those that are known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deploy.run.words import CannotStart
from shared.kernel.text import Text

FAILED = 6
REMEDIES: tuple[tuple[str, Text], ...] = (
    (
        r"shared memory segment|/dev/shm",
        Text(
            "共享内存（/dev/shm）太小或不可用。请加大：容器用 --shm-size=256m"
            "（compose 的 shm_size），主机用 mount -o remount,size=256m /dev/shm",
            "Shared memory (/dev/shm) is too small or cannot be used. Enlarge it: a container with "
            "--shm-size=256m (shm_size in compose), a host with "
            "mount -o remount,size=256m /dev/shm",
        ),
    ),
    (
        r"No space left on device|could not extend file",
        Text("磁盘已满。请腾出空间", "The disk is full. Make room on it"),
    ),
    (
        r"Cannot allocate memory|could not map anonymous shared memory|MemoryError",
        Text("内存不足。请腾出内存", "There is not enough memory. Free some"),
    ),
    (
        r"Permission denied|Operation not permitted",
        Text(
            "没有所需的权限。请检查状态目录及其上级目录的属主和权限",
            "A permission is missing. Look at who owns the state folder and those above it",
        ),
    ),
)


def failed_start(name: str, said: Sequence[str]) -> CannotStart:
    """`said`: the last lines of the part, oldest first."""
    words = "\n".join(f"    {line}" for line in said)
    remedy = next(
        (text for pattern, text in REMEDIES if re.search(pattern, words)),
        Text(f"全部输出见 logs/{name}.log", f"All that it said is in logs/{name}.log"),
    )
    return CannotStart(
        f"{name} 无法启动，不再重试。最后的输出 / {name} does not start, and is not tried again. "
        f"It last said:\n{words}\n{remedy.zh}。",
        f"{remedy.en}.",
        code=FAILED,
    )
