"""Checks, from the database alone and the public key, that no published notice was changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shared.kernel.text import Text
from shared.notices.model import Notice, NoticeStatus
from shared.notices.signing import verify


@dataclass(frozen=True)
class Changed:
    """A notice that is not what was signed, and in what."""

    notice_id: str
    what: Text


def verify_snapshots(
    session: Session, keys: Iterable[ec.EllipticCurvePublicKey]
) -> tuple[int, list[Changed]]:
    """How many published notices there are, and which of them do not hold."""
    known = list(keys)
    statement = (
        select(Notice)
        .where(Notice.status != NoticeStatus.COLLECTING)
        .options(selectinload(Notice.entries))
        .order_by(Notice.id)
        .execution_options(yield_per=200)
    )
    count, changed = 0, []
    for notice in session.scalars(statement):
        count += 1
        what = _difference(notice, known)
        if what is not None:
            changed.append(Changed(notice.id, what))
    return count, changed


def _difference(notice: Notice, keys: list[ec.EllipticCurvePublicKey]) -> Text | None:
    if notice.snapshot is None or notice.snapshot_signature is None:
        return Text("缺少快照或签名", "the snapshot or its signature is missing")
    if not verify(notice.snapshot, notice.snapshot_signature, keys):
        return Text("快照与签名不符", "the snapshot is not what was signed")
    stored = {each.id: each.shown for each in notice.entries}
    signed = {
        row["entry"]: {column: value for column, value in row.items() if column != "entry"}
        for row in notice.snapshot["rows"]
    }
    if stored != signed:
        return Text("公示条目与快照不符", "the entries differ from the snapshot")
    return None
