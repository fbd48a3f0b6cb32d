"""A folder in which a file lies under the SHA-256 of its content. Knows no database.

A file is written beside its place, synchronised to the disk and renamed, so that a place is either
empty or whole, whatever is killed when.
"""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from shared.evidence.errors import FileDamaged, FileEmpty, FileTooLarge, FileTypeRefused
from shared.evidence.sniffing import FileType, sniff

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    digest: str
    size: int
    type: FileType


class EvidenceStore:
    def __init__(self, root: Path | str, maximum_megabytes: int = 20) -> None:
        self._root = Path(root)
        self._maximum = maximum_megabytes

    def put(self, source: IO[bytes], name: str) -> Stored:
        """Raises FileEmpty, FileTooLarge or FileTypeRefused. Content that is there already is
        not written again."""
        incoming = self._root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=incoming)
        temporary = Path(path)
        try:
            with os.fdopen(handle, "w+b") as target:
                digest, size = self._copy(source, target, name)
                found = sniff(target)
                if found is None:
                    raise FileTypeRefused(field="file", name=name)
                target.flush()
                os.fsync(target.fileno())
            self._place(temporary, digest)
        finally:
            temporary.unlink(missing_ok=True)
        return Stored(digest, size, found)

    def open(self, digest: str) -> BinaryIO:
        """The content, checked against its digest. Raises FileDamaged."""
        try:
            file = self._path(digest).open("rb")
        except OSError:
            raise FileDamaged from None
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            file.close()
            raise FileDamaged
        file.seek(0)
        return file

    def _copy(self, source: IO[bytes], target: IO[bytes], name: str) -> tuple[str, int]:
        content, size = hashlib.sha256(), 0
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > self._maximum * MEGABYTE:
                raise FileTooLarge(field="file", name=name, limit=self._maximum)
            content.update(chunk)
            target.write(chunk)
        if not size:
            raise FileEmpty(field="file", name=name)
        return content.hexdigest(), size

    def _place(self, temporary: Path, digest: str) -> None:
        place = self._path(digest)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o440)
        temporary.replace(place)
        for folder in (place.parent, place.parent.parent):
            _synchronise(folder)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileDamaged
        return self._root / digest[:2] / digest


def _synchronise(folder: Path) -> None:
    """A rename lasts once its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
