"""Times as the reference finance consumer reads them from a bank."""

from __future__ import annotations

import pytest

from deploy.finance.moments import read_moment


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05T08:00:00",
        "2024-03-05 08:00:00",
        " 2024-03-05T08:00:00.000 ",
        "20240305T080000",
        "2024-03-05T08:00:00+08:00",
        "2024-03-05T00:00:00Z",
        "2024-03-04T19:00:00-05:00",
    ],
)
def test_a_time_without_a_zone_is_beijing_time(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.isoformat() == "2024-03-05T00:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-02-30T08:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59-12:00",
        None,
        1709596800,
    ],
)
def test_what_is_no_time_is_not_guessed(text: object) -> None:
    assert read_moment(text) is None
