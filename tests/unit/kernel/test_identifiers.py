import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from shared.kernel.bank_account import InvalidBankAccount, mask_account, parse_bank_account
from shared.kernel.credit_code import CreditCode, InvalidCreditCode
from shared.kernel.errors import DomainError
from shared.kernel.occupation import InvalidOccupation, occupation_name, parse_occupation
from shared.kernel.phone import InvalidPhone, mask_phone, parse_phone

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = st.text("0123456789", min_size=15, max_size=18)
BODIES = st.builds(
    lambda head, region, body: head + region + body,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.sampled_from(["421281", "420303", "110000"]),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", ["91421281MA4900001X", "91110000600037341L", "12421222MB1A2B3C4C"])
def test_credit_codes_are_read(code: str) -> None:
    parsed = CreditCode.parse(f" {code[:9].lower()}-{code[9:]} ")
    assert (parsed.value, parsed.authority, parsed.region) == (code, code[0], code[2:8])


@given(BODIES, st.integers(0, 16), st.integers(1, 30))
def test_one_wrong_character_of_a_credit_code_is_always_found(
    body: str, place: int, shift: int
) -> None:
    code = body + str(uscc.calc_check_digit(body))
    assert CreditCode.parse(code).value == code
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(InvalidCreditCode):
        CreditCode.parse(code[:place] + wrong + code[place + 1 :])


@given(DIGITS)
def test_card_accounts_are_read_and_one_wrong_digit_is_found(body: str) -> None:
    number = body + str(luhn.calc_check_digit(body))
    assert parse_bank_account(f"{number[:4]} {number[4:]}") == number
    wrong = str((int(number[-1]) + 1) % 10)
    with pytest.raises(InvalidBankAccount) as refused:
        parse_bank_account(number[:-1] + wrong, field="payee_account")
    assert number[:-1] not in str(refused.value)


def test_a_known_card_account_is_read_and_masked() -> None:
    number = parse_bank_account("６２１７８５４２００００１２３４５６３")
    assert number == "6217854200001234563"
    assert mask_account(number) == "*" * 15 + "4563"
    assert mask_account("1234") == "****"


def test_occupation_codes_are_read_with_any_dash() -> None:
    assert parse_occupation("６－18—02–04") == "6-18-02-04"
    assert occupation_name("6-18-02-04", "zh") == "焊工"
    assert occupation_name("6-18-02-04", "en") == "Welder"
    assert occupation_name("6-99-99-99", "zh") == "6-99-99-99"
    for wrong in ("6-18-02", "9-18-02-04", "焊工", "6180204", "6-18-02-0٤"):
        with pytest.raises(InvalidOccupation):
            parse_occupation(wrong)


def test_mobile_numbers_are_read_without_the_country_code() -> None:
    assert {
        parse_phone(each) for each in ("13812345678", "+86 138-1234-5678", "8613812345678")
    } == {"13812345678"}
    assert mask_phone("13812345678") == "138****5678"
    for wrong in ("1381234567", "23812345678", "12812345678", ""):
        with pytest.raises(InvalidPhone):
            parse_phone(wrong)


@given(st.text())
def test_any_text_is_read_or_refused_as_an_error_of_the_domain(text: str) -> None:
    for parse in (CreditCode.parse, parse_bank_account, parse_occupation, parse_phone):
        try:
            parse(text)
        except DomainError as error:
            assert error.text("zh") and error.text("en")
