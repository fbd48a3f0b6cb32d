from __future__ import annotations

import os
import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.errors import NotFound
from shared.procedures import Catalogue, NoProcedureInForce, Procedure, shared_rules
from shared.procedures.__main__ import main
from tests.unit.procedures.documents import text_of

DAY = date(2024, 3, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, name: str, text: str | None = None, **changes: Any) -> Path:
    """Writes as an editor does: beside, then in place of the old file."""
    path = folder / f"{name}.yaml"
    draft = folder / f".{name}.draft"
    draft.write_text(text_of(**changes) if text is None else text, encoding="utf-8")
    draft.replace(path)
    return path


def catalogue(folder: Path) -> Catalogue:
    return Catalogue([folder], shared_rules())


def test_the_most_specific_region_wins_then_the_latest_start(folder: Path) -> None:
    put(folder, "nation", version="n", region="nation", effective={"from": "2017-01-01"})
    put(folder, "hubei", version="h", region="42", effective={"from": "2020-01-01"})
    put(folder, "hubei2", version="h2", region="42", effective={"from": "2024-01-01"})
    put(folder, "city", version="c", region="4212", effective={"from": "2019-01-01"})
    found = catalogue(folder)
    assert not found.problems()

    def version(on: str, region: str) -> str:
        return found.in_force("star", date.fromisoformat(on), region).version

    assert version("2024-03-04", "421281") == "c"
    assert version("2024-03-04", "420303") == "h2"
    assert version("2023-12-31", "420303") == "h"
    assert version("2024-03-04", "440100") == "n"
    assert version("2018-06-01", "421281") == "n"
    with pytest.raises(NoProcedureInForce):
        version("2016-12-31", "421281")


def test_a_version_ends_on_its_last_day_and_nothing_older_comes_back(folder: Path) -> None:
    put(folder, "old", version="1", effective={"from": "2017-01-01"})
    put(folder, "new", version="2", effective={"from": "2020-01-01", "to": "2023-12-31"})
    found = catalogue(folder)
    assert found.in_force("star", date(2019, 12, 31), "421281").version == "1"
    assert found.in_force("star", date(2023, 12, 31), "421281").version == "2"
    with pytest.raises(NoProcedureInForce):
        found.in_force("star", date(2024, 1, 1), "421281")


def test_without_a_region_the_only_one_is_meant(folder: Path) -> None:
    put(folder, "star")
    assert catalogue(folder).in_force("star", DAY, "").version == "1"
    put(folder, "other", version="2", region="44")
    with pytest.raises(NoProcedureInForce):
        catalogue(folder).in_force("star", DAY, "")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"version": "1"}, "version"),
        ({"version": "2"}, "effective"),
        ({"version": "2", "effective": {"from": "2024-06-30"}}, "effective"),
    ],
)
def test_a_newcomer_that_clashes_is_refused_and_the_running_one_stays(
    folder: Path, changes: dict[str, Any], path: str
) -> None:
    put(folder, "b", effective={"from": "2024-01-01", "to": "2024-06-30"})
    found = catalogue(folder)
    put(folder, "a", **{"effective": {"from": "2024-01-01"}, **changes})  # sorts before b
    found.refresh()
    assert [(Path(one.file).name, one.path) for one in found.problems()] == [("a.yaml", path)]
    assert found.in_force("star", DAY, "421281").effective_to == date(2024, 6, 30)


def test_a_broken_document_never_replaces_the_running_one(folder: Path) -> None:
    put(folder, "star")
    found = catalogue(folder)
    before = found.in_force("star", DAY, "421281")
    path = put(folder, "star", text_of() + "colour: red\n")
    found.refresh()
    assert found.in_force("star", DAY, "421281") is before
    assert [(one.file, one.path) for one in found.problems()] == [(str(path), "colour")]
    put(folder, "star", title="新星")
    found.refresh()
    assert found.in_force("star", DAY, "421281").title.zh == "新星"
    assert not found.problems()


def test_a_file_that_is_gone_is_out_of_force_and_its_text_makes_it_again(folder: Path) -> None:
    path = put(folder, "star")
    found = catalogue(folder)
    kept = found.get("star", "1")
    path.unlink()
    found.refresh()
    with pytest.raises(NotFound):
        found.get("star", "1")
    assert Procedure.parse(kept.source_text) == kept


def test_files_that_did_not_change_are_not_read_again(folder: Path) -> None:
    put(folder, "star")
    found = catalogue(folder)
    before = found.get("star", "1")
    put(folder, "other", id="other")
    found.refresh()
    assert found.get("star", "1") is before
    assert len(found.all()) == 2
    assert [one.id for one in found.all_in_force(DAY, "421281")] == ["other", "star"]


def test_a_file_that_is_no_utf8_and_a_directory_that_is_not_there_are_problems(
    folder: Path,
) -> None:
    (folder / "gbk.yaml").write_bytes("title: 之星".encode("gbk"))
    found = Catalogue([folder, folder / "nowhere"], shared_rules())
    assert len(found.problems()) == 2 and not found.all()


def test_the_check_command_prints_problems_and_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = {"field": "region", "type": "region", "required": True}
    good = put(folder, "good", form=[region])
    bad = put(folder, "bad", id="bad", region="x")
    assert main(["check", str(good)]) == 0
    assert main(["check", str(bad)]) == 1
    assert f"{bad}:" in capsys.readouterr().out
    assert main(["check", str(folder)]) == 1
    assert main(["check", str(folder / "nowhere.yaml")]) == 1
    assert main(["check", str(good), "--service", "nomination"]) == 0
    assert main(["check", str(good), "--service", "subsidy"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "id: " + "[" * 20_000,
        "id: " + "[" * 20_000 + "]" * 20_000,
        "{a: " * 5_000,
        "- " * 20_000 + "a",
        "rules:\n- " + "any: [" * 180 + "certificate_is_valid" + "]" * 180,
        "id: " + "9" * 6_000,
        "steps: [{decide: a, by: b, within: " + "9" * 6_000 + "}]",
        'title: "\\ud800"',
        'title: "\\0"',
        'title: "\\U00110000"',
        "title: !!python/object/apply:os.getcwd []",
        "? [a]\n: b",
        "a: 1\n" * 300_000,
    ],
)
def test_a_document_whatever_is_in_it_is_only_refused_itself(folder: Path, text: str) -> None:
    put(folder, "bad", text)
    put(folder, "good")
    found = catalogue(folder)
    assert [one.id for one in found.all()] == ["star"]
    assert {one.file for one in found.problems()} == {str(folder / "bad.yaml")}
    assert all(one.zh and one.en for one in found.problems())


def test_only_regular_files_are_read_and_anything_else_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = put(folder, "good")
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "pipe")
    (folder / "link.yaml").symlink_to(folder / "pipe")
    (folder / "nowhere.yaml").symlink_to(folder / "gone")
    (folder / "folder.yaml").mkdir()
    monkeypatch.chdir(folder)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.yaml")
        found = catalogue(folder)
    assert [one.id for one in found.all()] == ["star"]
    named = {Path(one.file).name: one.en for one in found.problems()}
    assert set(named) == {"pipe.yaml", "link.yaml", "nowhere.yaml", "folder.yaml", "socket.yaml"}
    assert all("regular file" in words for name, words in named.items() if name != "nowhere.yaml")
    (folder / "link.yaml").unlink()
    target.rename(folder / "target")
    (folder / "link.yaml").symlink_to(folder / "target")
    found.refresh()
    assert [one.id for one in found.all()] == ["star"]


def test_a_directory_that_comes_to_be_is_no_longer_a_problem(folder: Path) -> None:
    found = Catalogue([folder / "later"], shared_rules())
    assert found.problems()
    (folder / "later").mkdir()
    found.refresh()
    assert not found.problems()


def test_a_check_of_a_pipe_or_of_a_directory_without_documents_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder)]) == 1
    assert "There is no document" in capsys.readouterr().out
    os.mkfifo(folder / "pipe.yaml")
    assert main(["check", str(folder / "pipe.yaml")]) == 1
    assert "regular file" in capsys.readouterr().out


def test_a_scheme_that_excludes_what_there_is_not_is_told_so(folder: Path) -> None:
    shipped = Path(__file__).parents[3] / "services" / "subsidy" / "catalogue"
    for name in ("skill-upgrade-subsidy.hubei-2025", "training-subsidy.guangdong-2023"):
        text = (shipped / f"{name}.yaml").read_text(encoding="utf-8")
        put(
            folder,
            name,
            text.replace("excludes: [training-subsidy]", "excludes: [trainig-subsidy]"),
        )
    [warning] = [
        each for each in catalogue(folder).problems() if each.path == "outcome.entitlement.excludes"
    ]
    assert warning.severity == "warning"
    assert "trainig-subsidy" in warning.zh and "是否想写 training-subsidy" in warning.zh
