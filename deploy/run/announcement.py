"""What a person reads when everything is up: one line a thing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.run.specification import Spec
from deploy.run.words import both, padded

PASSWORD = "gongjiang"
WIDTH = 24


def announcement(
    settings: Mapping[str, str], ports: Mapping[str, int], specs: Sequence[Spec]
) -> str:
    public = settings["GONGJIANG_PUBLIC_URL"]
    names = {spec.name for spec in specs}
    kinds: dict[str, list[str]] = defaultdict(list)
    for spec in specs:
        kinds[spec.kind].append(spec.name)
    lines = ["", both("已全部启动", "everything is up"), ""]
    lines += [f"  {kind:<12} {'  '.join(members)}" for kind, members in kinds.items()]
    lines += ["", f"  {padded(both('打开', 'open'), WIDTH)} {public}/"]
    lines += [
        f"  {padded(both(zh, en), WIDTH)} {public}/{path}"
        for zh, en, path in (
            ("荣誉", "honours", "nomination/"),
            ("技能等级", "skill levels", "assessment/"),
            ("补贴", "subsidies", "subsidy/"),
            ("接口说明", "API", "subsidy/api/v1/openapi.json"),
        )
    ]
    if "temporal" in names:
        pages = f"http://127.0.0.1:{ports['temporal_ui']}/"
        lines.append(f"  {padded(both('流程引擎', 'workflows'), WIDTH)} {pages}")
    lines += ["", "  " + both(f"演示人员，口令均为 {PASSWORD}", "demonstration people by role")]
    lines += [f"  {line}" for line in people_by_role(_files(settings["GONGJIANG_PEOPLE"]))]
    everybody = both("登录页列出全部人员", "the sign-in page lists everybody")
    lines.append(f"  {padded(everybody, WIDTH)} {public}/sign-in")
    stop = both("停止：Ctrl-C 或 make down", "stop: Ctrl-C or make down")
    look = both("状态：make status，排障：make doctor", "state: make status, trouble: make doctor")
    lines += ["", f"  {stop}", f"  {look}"]
    return "\n".join(lines)


def _files(setting: str) -> list[Path]:
    """Several files, as PATH lists folders."""
    return [Path(each) for each in setting.split(os.pathsep) if each]


def people_by_role(files: Sequence[Path], most: int = 3) -> list[str]:
    """A role a line, with the first few who have it and how many they are; the sign-in page lists
    them all. A worker's role is everybody's. A file that is not read is named."""
    people: list[Any] = []
    unread: list[str] = []
    for file in files:
        try:
            everyone: Any = yaml.safe_load(file.read_text(encoding="utf-8")) or []
            people += [each for each in everyone if not each.get("service_account")]
        except (OSError, AttributeError, TypeError, yaml.YAMLError):
            unread.append(both("没有演示人员名单", f"there is no list of people: {file.name}"))
    by_role: dict[str, list[str]] = defaultdict(list)
    for person in people:
        roles = [str(m["role"]) for m in person.get("memberships") or []]
        shown = f"{person.get('name', '')} {person.get('username', '')}".strip()
        for role in dict.fromkeys(roles or ["worker"]):
            if role != "worker" or set(roles) <= {"worker"}:
                by_role[role].append(shown)
    width = max(map(len, by_role), default=0)
    listed = [
        f"{role:<{width}}  {'、'.join(names[:most])}{_more(names, most)}"
        for role, names in by_role.items()
    ]
    return listed + unread


def _more(names: Sequence[str], most: int) -> str:
    return f" …（共 {len(names)} 人）" if len(names) > most else ""
