"""The hash chain over committed audit entries: linking them, and finding where it breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text

from shared.audit.model import AuditEntry, AuditLink, AuditPending
from shared.kernel.text import Text

GENESIS = "0" * 64
_LINKING = 0x61756469  # "audi": the advisory lock of this database's linker
_ENTRY = AuditEntry.__table__.c
_LINK = AuditLink.__table__.c


@dataclass(frozen=True, slots=True)
class Break:
    """`position` and `entry_id` name the link; `what` says what is wrong with it."""

    position: int
    entry_id: int
    code: str
    what: Text


def link(connection: Connection, *, limit: int = 1000) -> int:
    """Links up to `limit` committed entries in the caller's transaction; how many.

    Entries of one transaction stay together; the order is that of their ids among those
    committed, and says when they were linked, not when they were written."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LINKING})
    waiting = select(AuditPending.entry_id).order_by(AuditPending.entry_id).limit(limit)
    ids = list(connection.scalars(waiting))
    if not ids:
        return 0
    position, previous = chain_head(connection)
    rows = []
    entries = select(*_ENTRY).where(_ENTRY.id.in_(ids)).order_by(_ENTRY.id)
    for entry in connection.execute(entries):
        position += 1
        digest = _digest(previous, position, entry)
        rows.append(
            {"position": position, "entry_id": entry.id, "previous_hash": previous, "hash": digest}
        )
        previous = digest
    if rows:
        connection.execute(insert(AuditLink), rows)
    connection.execute(delete(AuditPending).where(AuditPending.entry_id.in_(ids)))
    return len(rows)


def chain_head(connection: Connection) -> tuple[int, str]:
    """The newest position and its hash. Noted elsewhere, it also proves that nothing before it
    was taken away or rewritten as a whole (`verify` with `head`)."""
    newest = select(_LINK.position, _LINK.hash).order_by(_LINK.position.desc()).limit(1)
    row = connection.execute(newest).first()
    return (0, GENESIS) if row is None else (row.position, row.hash)


def verify(connection: Connection, *, head: tuple[int, str] | None = None) -> list[Break]:
    """Every place where the chain does not hold, in order, from the database alone."""
    breaks: list[Break] = []
    position, previous, head_seen = 0, GENESIS, head is None
    for row in _links_with_entries(connection):
        breaks.extend(_breaks_of(row, position + 1, previous))
        position, previous = row.position, row.hash
        head_seen = head_seen or (position, previous) == head
    if head is not None and not head_seen:
        breaks.append(
            Break(
                head[0],
                0,
                "head_missing",
                Text("先前记录的链头已不在链上", "the noted head is gone"),
            )
        )
    return breaks


def not_linked(connection: Connection) -> list[int]:
    """Entries that no link covers yet. The relay links within seconds; older ones are suspect."""
    unlinked = (
        select(_ENTRY.id)
        .outerjoin(AuditLink, _LINK.entry_id == _ENTRY.id)
        .where(_LINK.entry_id.is_(None))
        .order_by(_ENTRY.id)
    )
    return list(connection.scalars(unlinked))


def _links_with_entries(connection: Connection) -> Iterator[Row[Any]]:
    statement = (
        select(_LINK.position, _LINK.entry_id, _LINK.previous_hash, _LINK.hash, *_ENTRY)
        .outerjoin(AuditEntry, _LINK.entry_id == _ENTRY.id)
        .order_by(_LINK.position)
    )
    with connection.execution_options(yield_per=1000).execute(statement) as result:
        yield from result


def _breaks_of(row: Row[Any], expected: int, previous: str) -> Iterator[Break]:
    def broken(code: str, zh: str, en: str) -> Break:
        return Break(row.position, row.entry_id, code, Text(zh, en))

    if row.position != expected:
        yield broken(
            "link_missing",
            f"缺少第 {expected} 至 {row.position - 1} 环",
            f"links {expected} to {row.position - 1} are missing",
        )
    elif row.previous_hash != previous:
        yield broken(
            "chain_broken", "与前一环的哈希不符", "it does not continue the link before it"
        )
    if row.id is None:
        yield broken("entry_missing", "所指的审计记录不存在", "the entry that it covers is gone")
    elif row.hash != _digest(row.previous_hash, row.position, row):
        yield broken("entry_changed", "审计记录或哈希已被改动", "the entry or its hash was changed")


def _digest(previous: str, position: int, entry: Row[Any]) -> str:
    """SHA-256 over canonical JSON: the previous hash, the position, every column of the entry."""
    covered = {
        "previous": previous,
        "position": position,
        "id": entry.id,
        "at_utc": entry.at_utc.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_ref": entry.actor_ref,
        "actor_name": entry.actor_name,
        "action": entry.action,
        "case_id": entry.case_id,
        "reason": entry.reason,
        "facts": entry.facts,
    }
    canonical = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
