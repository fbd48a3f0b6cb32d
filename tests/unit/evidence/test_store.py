"""The folder of files."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from shared.evidence.errors import FileDamaged, FileEmpty, FileTooLarge, FileTypeRefused
from shared.evidence.handlers import safe_name
from shared.evidence.sniffing import DOCX, JPEG, PDF, PNG, XLSX, sniff
from shared.evidence.store import EvidenceStore

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def office(main_part: str, *more: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in ("[Content_Types].xml", main_part, *more):
            package.writestr(name, "<x/>")
    return target.getvalue()


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<x/>")
        package.writestr("xl/workbook.xml", "<x/>")
        for number in range(21):
            package.writestr(f"xl/sheet{number}.xml", b"\0" * (10 * 1024 * 1024))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (A_PDF, PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0....", JPEG),
        (office("word/document.xml"), DOCX),
        (office("xl/workbook.xml"), XLSX),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), None),
        (office("ppt/presentation.xml"), None),
        (b"PK\x03\x04 and nothing more", None),
        (b"<html><script>alert(1)</script>", None),
        (b"MZ\x90\x00", None),
        (b"GIF89a", None),
    ],
)
def test_the_type_is_that_of_the_content(content: bytes, expected: object) -> None:
    assert sniff(io.BytesIO(content)) == expected


def test_a_package_that_unpacks_to_far_more_than_it_is_is_refused() -> None:
    assert sniff(io.BytesIO(bomb())) is None


def test_a_file_is_found_again_by_its_digest(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    stored = store.put(io.BytesIO(A_PDF), "材料.pdf")
    with store.open(stored.digest) as file:
        assert file.read() == A_PDF
    assert (stored.size, stored.type) == (len(A_PDF), PDF)


def test_the_same_content_is_kept_once_and_nothing_is_left_behind(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    first, second = (store.put(io.BytesIO(A_PDF), name) for name in ("a.pdf", "b.pdf"))
    assert first.digest == second.digest
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [
        tmp_path / first.digest[:2] / first.digest
    ]


def test_refused_files_leave_nothing_behind(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, maximum_megabytes=1)
    refused = [
        (b"", FileEmpty),
        (b"plain text", FileTypeRefused),
        (A_PDF + b"0" * 1024 * 1024, FileTooLarge),
    ]
    for content, error in refused:
        with pytest.raises(error):
            store.put(io.BytesIO(content), "x")
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_content_that_was_changed_on_the_disk_is_not_given_out(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    digest = store.put(io.BytesIO(A_PDF), "x").digest
    place = tmp_path / digest[:2] / digest
    place.chmod(0o600)
    with place.open("ab") as file:
        file.write(b"more")
        os.fsync(file.fileno())
    with pytest.raises(FileDamaged):
        store.open(digest)


def test_a_digest_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    for digest in ("../../etc/passwd", "a" * 63, "A" * 64, ""):
        with pytest.raises(FileDamaged):
            EvidenceStore(tmp_path).open(digest)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("材料.pdf", "材料.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\证书.exe", "证书.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("", "file.pdf"),
        ("x" * 300, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_for_a_download(given: str, kept: str) -> None:
    assert safe_name(given, PDF) == kept
