"""The type of a file by its content; what its name or its sender says does not count. Pure."""

import zipfile
from dataclasses import dataclass
from typing import IO

MAXIMUM_MEMBERS = 5_000
MAXIMUM_UNPACKED = 200 * 1024 * 1024


@dataclass(frozen=True)
class FileType:
    media_type: str
    suffix: str


PDF = FileType("application/pdf", ".pdf")
PNG = FileType("image/png", ".png")
JPEG = FileType("image/jpeg", ".jpg")
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
)
_MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def sniff(file: IO[bytes]) -> FileType | None:
    """None for a type that is not taken. Leaves the position at the start."""
    file.seek(0)
    head = file.read(8)
    try:
        for signature, found in _SIGNATURES:
            if head.startswith(signature):
                return found
        return _office_document(file) if head.startswith(b"PK\x03\x04") else None
    finally:
        file.seek(0)


def _office_document(file: IO[bytes]) -> FileType | None:
    """By the parts in the package. Refuses macros, and what unpacks to far more than it is."""
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    names = {each.filename for each in members}
    if "[Content_Types].xml" not in names or len(members) > MAXIMUM_MEMBERS:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if sum(each.file_size for each in members) > MAXIMUM_UNPACKED:
        return None
    return next((found for part, found in _MAIN_PART.items() if part in names), None)
