"""Keeping a file, tying it to a case, giving it out. The caller says who may see a case."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.evidence.errors import FileNotFound
from shared.evidence.model import EvidenceFile
from shared.evidence.sniffing import FileType
from shared.evidence.store import EvidenceStore
from shared.kernel.actor import Actor
from shared.kernel.ids import new_id

MaySee = Callable[[Session, Actor, str], bool]
"""Whether a person may see the case of that id."""

LONGEST_NAME = 120


def keep_file(
    session: Session,
    store: EvidenceStore,
    *,
    source: IO[bytes],
    name: str,
    by: Actor,
    now: datetime,
) -> EvidenceFile:
    """Raises what is wrong with the file. It belongs to nobody's case yet."""
    stored = store.put(source, name)
    file = EvidenceFile(
        id=new_id(),
        case_id=None,
        digest=stored.digest,
        name=safe_name(name, stored.type),
        media_type=stored.type.media_type,
        size=stored.size,
        uploaded_by=by.person_ref,
        uploaded_at_utc=now,
    )
    session.add(file)
    session.flush()
    return file


def attach_files(
    session: Session, case_id: str, file_ids: Sequence[str], by: Actor, *, field: str
) -> None:
    """Ties files that `by` uploaded to the case; `field` of the form names them. Raises
    FileNotFound for another's, FileBelongsElsewhere for one that another case has."""
    named = select(EvidenceFile).where(EvidenceFile.id.in_(file_ids)).order_by(EvidenceFile.id)
    found = {file.id: file for file in session.scalars(named.with_for_update())}
    for file_id in file_ids:
        file = found.get(file_id)
        if file is None or (file.case_id != case_id and file.uploaded_by != by.person_ref):
            raise FileNotFound(field=field)
        file.attach(case_id, field=field)


def file_for(session: Session, file_id: str, by: Actor, may_see: MaySee) -> EvidenceFile:
    """The file, for who may see its case; before it has one, for who uploaded it. Otherwise it is
    as if it were not there."""
    file = session.get(EvidenceFile, file_id)
    if file is None:
        raise FileNotFound
    if file.case_id is None:
        allowed = file.uploaded_by == by.person_ref
    else:
        allowed = may_see(session, by, file.case_id)
    if not allowed:
        raise FileNotFound
    return file


def files_of_case(session: Session, case_id: str) -> list[EvidenceFile]:
    statement = select(EvidenceFile).where(EvidenceFile.case_id == case_id)
    return list(session.scalars(statement.order_by(EvidenceFile.id)))


def safe_name(name: str, kind: FileType) -> str:
    """A name for a download: no path, no control or bidirectional characters, and the suffix of
    what the content is."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(each for each in plain if unicodedata.category(each)[0] != "C").strip(" .")
    stem = plain.rsplit(".", 1)[0] if "." in plain else plain
    return f"{stem[:LONGEST_NAME] or 'file'}{kind.suffix}"
