"""Personal data at rest: AES-256-GCM under a key named by id, so that keys can be rotated, and a
keyed hash to look a value up by."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text, TypeDecorator

_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2


class UndecryptableValue(Exception):
    """The key is unknown, or the stored value was changed. Never shows the value."""


class Keyring:
    """Keys of 32 bytes by id. `active` encrypts, all of them decrypt; `lookup_key` is for the
    keyed hash and is not rotated with them."""

    def __init__(self, keys: Mapping[str, bytes], active: str, lookup_key: bytes) -> None:
        if active not in keys:
            raise ValueError(f"the active key {active!r} is not in the keyring")
        for key_id, key in keys.items():
            if len(key) != 32 or ":" in key_id or not key_id:
                raise ValueError("a data key is 32 bytes, its id has no colon")
        if len(lookup_key) < 32:
            raise ValueError("the lookup key needs 32 bytes")
        self.active = active
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._lookup_key = lookup_key

    def encrypt(self, plain: str) -> str:
        """`<key id>:<base64 of nonce and ciphertext>`; another each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.active].encrypt(nonce, plain.encode(), self.active.encode())
        return f"{self.active}:{base64.b64encode(nonce + sealed).decode('ascii')}"

    def decrypt(self, stored: str) -> str:
        key_id, _, body = stored.partition(":")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UndecryptableValue(f"no key {key_id!r} in the keyring")
        try:
            raw = base64.b64decode(body, validate=True)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise UndecryptableValue(f"a value under key {key_id!r} was changed") from error

    def lookup(self, plain: str) -> str:
        """HMAC-SHA256 (hex) of the value as given: normalise it first."""
        return hmac.new(self._lookup_key, plain.encode(), hashlib.sha256).hexdigest()

    def is_current(self, stored: str) -> bool:
        return stored.startswith(f"{self.active}:")


_installed: Keyring | None = None


def install_keyring(keyring: Keyring) -> None:
    """For the composition root only: column types have no other way to reach the keys."""
    global _installed
    _installed = keyring


def installed_keyring() -> Keyring:
    if _installed is None:
        raise RuntimeError("no keyring is installed; the composition root does that")
    return _installed


class EncryptedText(TypeDecorator[str]):
    """Text that is ciphertext in the database. It cannot be compared in SQL: keep the result of
    `Keyring.lookup` in a column of its own and index that."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else installed_keyring().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else installed_keyring().decrypt(value)


class EncryptedJSON(TypeDecorator[Any]):
    """A dict or list, encrypted as a whole. A changed one must be assigned anew."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return installed_keyring().encrypt(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(installed_keyring().decrypt(value))
