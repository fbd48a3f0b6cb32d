"""Structure quotas (domain A6): shares of a set of nominees, e.g. 产业工人 at least 35 %."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Quota:
    """`group` names a group (a nominee may belong to several); `percent` is a whole number."""

    group: str
    op: Literal["at_least", "at_most"]
    percent: int
    title: Text | None = None

    @staticmethod
    def read(entry: Mapping[str, Any]) -> Quota:
        """{group, op: ">=" | "<=" | at_least | at_most, percent: 0..100}. Raises ValueError."""
        op = {">=": "at_least", "<=": "at_most"}.get(str(entry["op"]), str(entry["op"]))
        percent = entry["percent"]
        if op not in ("at_least", "at_most"):
            raise ValueError(f"op is at_least or at_most, not {op}")
        if isinstance(percent, bool) or not isinstance(percent, int) or not 0 <= percent <= 100:
            raise ValueError(f"percent is a whole number from 0 to 100, not {percent}")
        return Quota(str(entry["group"]), op, percent)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class QuotaFinding:
    """`limit`: the least or the most that the group may count in a set of `total`."""

    quota: Quota
    passed: bool
    count: int
    limit: int
    total: int
    zh: str
    en: str


def quota_findings(
    quotas: Sequence[Quota | Mapping[str, Any]],
    nominees: Collection[Any],
    groups_of: Callable[[Any], Collection[str]] = lambda nominee: nominee["groups"],
) -> list[QuotaFinding]:
    """A minimum is rounded up (ceil(p·n/100)), a maximum down (floor); no nominee, no fault."""
    total = len(nominees)
    members = [frozenset(groups_of(nominee)) for nominee in nominees]
    found = []
    for entry in quotas:
        quota = entry if isinstance(entry, Quota) else Quota.read(entry)
        count = sum(quota.group in groups for groups in members)
        found.append(_finding(quota, count, total))
    return found


def _finding(quota: Quota, count: int, total: int) -> QuotaFinding:
    at_least = quota.op == "at_least"
    limit = -(-quota.percent * total // 100) if at_least else quota.percent * total // 100
    passed = count >= limit if at_least else count <= limit
    title = quota.title or Text(quota.group, quota.group)
    zh_op, en_op = ("不少于", "at least") if at_least else ("不超过", "at most")
    return QuotaFinding(
        quota,
        passed,
        count,
        limit,
        total,
        f"{title.zh} {count} 人，共 {total} 人，应{zh_op} {quota.percent}%（{limit} 人）。",
        f"{title.en}: {count} of {total}; {en_op} {quota.percent}% ({limit}) is required.",
    )
