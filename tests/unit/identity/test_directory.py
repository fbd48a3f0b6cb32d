from pathlib import Path

from shared.identity.directory import Directory

OFFICE = """
offices:
  - {roles: [union.leader], region: "430212", name: {zh: %s, en: Union}, telephone: "1"}
"""


def test_a_directory_of_several_files_holds_all_and_a_later_one_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    organisation = "organisations:\n  - {code: X, name: {zh: 厂, en: W}, region: '430212', kind: e}"
    first.write_text(organisation + OFFICE % "旧", "utf-8")
    second.write_text(OFFICE % "新", "utf-8")
    directory = Directory.load(first, second)
    found = directory.office_for("union.leader", "430212", None)
    assert directory.organisation("X") is not None
    assert found is not None and found.name.zh == "新"
