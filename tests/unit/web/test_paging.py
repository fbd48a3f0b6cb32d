from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.paging import InvalidCursor, decode_cursor, encode_cursor, page_of


@given(
    st.text().filter(lambda text: "\x00" not in text and text.isprintable()),
    st.integers(min_value=-(2**62), max_value=2**62),
)
def test_a_cursor_gives_back_what_went_in(text: str, number: int) -> None:
    if len(text) < 100:
        assert decode_cursor(encode_cursor(text, number), str, int) == (text, number)


def test_a_moment_keeps_its_microseconds() -> None:
    moment = datetime(2024, 3, 4, 9, 30, 0, 123456, UTC)
    assert decode_cursor(encode_cursor(moment, "a"), datetime, str) == (moment, "a")


@given(st.text(max_size=300))
def test_anything_else_is_refused_with_its_code(garbage: str) -> None:
    try:
        decode_cursor(garbage, str, datetime, int)
    except InvalidCursor as error:
        assert (error.code, error.field) == ("invalid_cursor", "after")
    else:
        pytest.fail("garbage was taken for a cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor("a"),
        encode_cursor("a", "b"),
        encode_cursor(2**63, "a"),
        encode_cursor(1, "a\x00"),
        encode_cursor(True, "a"),
        "W10",
        "bnVsbA",
        "." * 5000,
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor, int, str)


def test_the_last_page_has_no_next() -> None:
    assert page_of([1, 2, 3], 3, lambda row: (row,)).next is None
    page = page_of([1, 2, 3], 2, lambda row: (row,))
    assert page.items == [1, 2]
    assert decode_cursor(page.next or "", int) == (2,)
