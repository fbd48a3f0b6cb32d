import os
from pathlib import Path

from deploy.run.announcement import announcement, people_by_role


def test_people_are_shown_by_role_and_service_accounts_are_not(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(
        "- {username: wang, name: 王师傅, memberships: [{role: worker}]}\n"
        "- {username: li, name: 李会审, memberships: [{role: worker}, {role: union.reviewer}]}\n"
        "- {username: finance, name: 财务, service_account: true}\n"
    )

    lines = people_by_role([file])

    assert lines == ["worker          王师傅 wang", "union.reviewer  李会审 li"]


def test_who_is_left_out_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    people = [f"{{username: w{n}, name: 工, memberships: [{{role: worker}}]}}" for n in range(5)]
    file.write_text("".join(f"- {each}\n" for each in people))
    assert people_by_role([file]) == ["worker  工 w0、工 w1、工 w2 …（共 5 人）"]


def test_what_is_printed_says_where_everybody_is_listed(tmp_path: Path) -> None:
    settings = {"GONGJIANG_PUBLIC_URL": "http://here", "GONGJIANG_PEOPLE": str(tmp_path / "none")}
    printed = announcement(settings, {}, [])
    assert "the sign-in page lists everybody http://here/sign-in" in printed


def test_people_of_several_files_are_shown_and_a_missing_file_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        person = f"- {{username: {name}, name: 工, memberships: [{{role: worker}}]}}\n"
        (tmp_path / f"{name}.yaml").write_text(person)
    files = [tmp_path / f"{name}.yaml" for name in ("a", "b", "c")]
    setting = os.pathsep.join(map(str, files))
    settings = {"GONGJIANG_PUBLIC_URL": "http://here", "GONGJIANG_PEOPLE": setting}
    printed = announcement(settings, {}, [])
    assert "worker  工 a、工 b" in printed
    assert "there is no list of people: c.yaml" in printed


def test_a_missing_list_is_said_and_hinders_nothing(tmp_path: Path) -> None:
    assert "there is no list of people" in people_by_role([tmp_path / "people.yaml"])[0]
