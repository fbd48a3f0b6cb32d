import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.web.logs import configure_logging
from shared.web.masking import mask, mask_text


@pytest.mark.parametrize(
    ("plain", "masked"),
    [
        ("421281200103072010", "421***********2010"),
        ("of 42030319850101003X, yes", "of 420***********003X, yes"),
        ("call 13812345678 now", "call 138****5678 now"),
        ("card 6217854200001234563.", "card 621***********4563."),
        ("CLM-2024-000001 and 1500.00", "CLM-2024-000001 and 1500.00"),
        ("91421281MA4900001X", "91421281MA4900001X"),
    ],
)
def test_numbers_of_people_are_masked_in_text(plain: str, masked: str) -> None:
    assert mask_text(plain) == masked


def test_masking_reaches_into_what_is_nested_and_into_names_of_secrets() -> None:
    event = {"rows": [{"id": "421281200103072010"}], "phone": "anything", "n": 13812345678}
    assert mask(event) == {
        "rows": [{"id": "421***********2010"}],
        "phone": "***",
        "n": "138****5678",
    }


@pytest.fixture
def unchanged_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("unchanged_logging")
def test_a_line_is_json_and_hides_the_people_in_it_and_in_exceptions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("subsidy-web")
    structlog.get_logger("web").info("seen", note="421281200103072010", token="abc")
    try:
        raise ValueError("13812345678 is wrong")
    except ValueError:
        logging.getLogger("other").exception("failed for %s", "6217854200001234563")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["note"] == "421***********2010" and first["token"] == "***"
    assert first["process"] == "subsidy-web" and first["event"] == "seen"
    assert "138****5678" in second["exception"] and "13812345678" not in json.dumps(second)
    assert "4563" in second["event"] and "6217854200001234563" not in second["event"]
