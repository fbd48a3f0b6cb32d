import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.persistence.encryption import Keyring, UndecryptableValue

LOOKUP = bytes(32)
KEYRING = Keyring({"k2": b"2" * 32, "k1": b"1" * 32}, "k2", LOOKUP)
# what PostgreSQL and UTF-8 can hold
PLAIN = st.text(st.characters(exclude_categories=["Cs"]))


@given(PLAIN)
def test_what_is_encrypted_is_decrypted(plain: str) -> None:
    assert KEYRING.decrypt(KEYRING.encrypt(plain)) == plain


def test_the_same_value_is_encrypted_differently_each_time_and_looked_up_alike() -> None:
    assert KEYRING.encrypt("421281200103072010") != KEYRING.encrypt("421281200103072010")
    assert KEYRING.lookup("a") == KEYRING.lookup("a") != KEYRING.lookup("b")


def test_an_older_key_still_decrypts_and_is_known_as_old() -> None:
    old = Keyring({"k1": b"1" * 32}, "k1", LOOKUP).encrypt("x")
    assert KEYRING.decrypt(old) == "x"
    assert not KEYRING.is_current(old)
    assert KEYRING.is_current(KEYRING.encrypt("x"))


@given(PLAIN, st.integers(0), st.integers(1, 255))
def test_a_changed_value_is_never_decrypted(plain: str, place: int, change: int) -> None:
    import base64

    key_id, _, body = KEYRING.encrypt(plain).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place % len(raw)] ^= change
    with pytest.raises(UndecryptableValue):
        KEYRING.decrypt(f"{key_id}:{base64.b64encode(bytes(raw)).decode()}")


@pytest.mark.parametrize("stored", ["", "plain", "k9:AAAA", "k1:?", "k1:", "k1:AAAA"])
def test_what_no_key_made_is_refused_without_being_shown(stored: str) -> None:
    with pytest.raises(UndecryptableValue):
        KEYRING.decrypt(stored)


def test_a_value_moved_under_another_key_id_is_refused() -> None:
    twin = Keyring({"k1": b"1" * 32, "k2": b"1" * 32}, "k1", LOOKUP)
    with pytest.raises(UndecryptableValue):
        twin.decrypt("k2:" + twin.encrypt("x").removeprefix("k1:"))


def test_a_keyring_refuses_keys_that_are_too_short_or_missing() -> None:
    for keys, active, lookup in (
        ({"k1": b"short"}, "k1", LOOKUP),
        ({"k1": bytes(32)}, "k2", LOOKUP),
        ({"a:b": bytes(32)}, "a:b", LOOKUP),
        ({"k1": bytes(32)}, "k1", b"short"),
    ):
        with pytest.raises(ValueError):
            Keyring(keys, active, lookup)
