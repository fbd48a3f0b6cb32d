import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import InvalidAmount, parse_yuan, yuan

FEN = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)


@given(FEN)
def test_fen_written_in_yuan_read_back_the_same(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


@given(st.text())
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        fen = parse_yuan(text)
    except InvalidAmount:
        return
    assert isinstance(fen, int)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1500", 150_000),
        ("1500.5", 150_050),
        ("1,500.00", 150_000),
        ("￥1,500", 150_000),
        ("１５００．００元", 150_000),
        (" 0.01 ", 1),
        ("-3.10", -310),
    ],
)
def test_amounts_as_people_write_them_are_read(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "1.005", "1e3", "1,50", "15 OO", "--1", "1.", ".5", "٣", "²", "NaN", "9" * 20]
)
def test_what_is_no_exact_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse_yuan(text, field="amount")
    assert refused.value.field == "amount"
