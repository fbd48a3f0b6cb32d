from pathlib import Path

from deploy.run.announcement import people_by_role


def test_people_are_shown_by_role_and_service_accounts_are_not(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(
        "- {username: wang, name: 王师傅, memberships: [{role: worker}]}\n"
        "- {username: li, name: 李会审, memberships: [{role: worker}, {role: union.reviewer}]}\n"
        "- {username: finance, name: 财务, service_account: true}\n"
    )

    lines = people_by_role(file)

    assert lines == ["worker          王师傅 wang", "union.reviewer  李会审 li"]


def test_a_missing_list_is_said_and_hinders_nothing(tmp_path: Path) -> None:
    assert "there is no list of people" in people_by_role(tmp_path / "people.yaml")[0]
