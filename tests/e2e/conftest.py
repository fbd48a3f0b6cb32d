"""What the end-to-end tests share: the extra catalogue folder and the feed of a service."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.system import System


@pytest.fixture
def catalogue(system: System) -> Iterator[Path]:
    """The second folder of nomination's catalogue; what a test leaves there is taken away."""
    folder = Path(system.environ["GONGJIANG_NOMINATION_CATALOGUE"].split(os.pathsep)[1])
    before = set(folder.iterdir())
    yield folder
    for file in set(folder.iterdir()) - before:
        file.unlink()


@pytest.fixture
def events_of(system: System) -> Callable[[str, str], list[dict[str, Any]]]:
    """`events_of("nomination", type)`: read from the feed by the finance system's account."""
    set_up = json.loads((system.state / "environment.json").read_text(encoding="utf-8"))
    form = {
        "grant_type": "client_credentials",
        "client_id": set_up["GONGJIANG_FINANCE_CLIENT_ID"],
        "client_secret": set_up["GONGJIANG_FINANCE_CLIENT_SECRET"],
    }
    answer = system.http.post("/identity/token", data=form)
    assert answer.status_code == 200, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def read(service: str, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = 0
        while True:
            path = f"/{service}/api/v1/events?after={after}&limit=1000"
            page = system.http.get(path, headers=headers)
            assert page.status_code == 200, page.text
            events = page.json()["events"]
            found += [event for event in events if event["type"] == kind]
            if not events:
                return found
            after = page.json()["next"]

    return read
