"""The signature of what was shown."""

from shared.notices.signing import (
    key_id,
    public_key,
    public_pem,
    read_public_pem,
    sign,
    verify,
)

SECRET, OTHER = b"a secret of the service, 32 bytes", b"another secret of the service, 32"
SNAPSHOT = {"notice": "n1", "rows": [{"entry": "e1", "name": "张三", "level": 4}]}


def test_anybody_with_the_public_key_can_check_a_snapshot() -> None:
    key = read_public_pem(public_pem(SECRET).encode())
    assert verify(SNAPSHOT, sign(SNAPSHOT, SECRET), [key])


def test_the_order_of_the_members_does_not_matter() -> None:
    signature = sign({"a": 1, "b": 2}, SECRET)
    assert verify({"b": 2, "a": 1}, signature, [public_key(SECRET)])


def test_a_changed_snapshot_does_not_verify() -> None:
    changed = {**SNAPSHOT, "rows": [{"entry": "e1", "name": "李四", "level": 4}]}
    assert not verify(changed, sign(SNAPSHOT, SECRET), [public_key(SECRET)])


def test_a_signature_of_another_key_does_not_verify() -> None:
    assert not verify(SNAPSHOT, sign(SNAPSHOT, OTHER), [public_key(SECRET)])


def test_the_key_that_the_signature_names_is_chosen_among_several() -> None:
    assert verify(SNAPSHOT, sign(SNAPSHOT, SECRET), [public_key(OTHER), public_key(SECRET)])


def test_the_same_secret_gives_the_same_key_in_every_process() -> None:
    assert key_id(public_key(SECRET)) == key_id(public_key(bytes(SECRET)))


def test_text_that_is_no_signature_does_not_verify() -> None:
    for text in ("", "x", "ES256.a.b", "none.a.b", "ES256..%%%"):
        assert not verify(SNAPSHOT, text, [public_key(SECRET)])
