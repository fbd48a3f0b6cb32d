"""The provider's signing key (ES256), made once and kept in its folder, readable by its owner."""

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey, KeySet

FILE = "signing-key.json"


def kept_signing_key(folder: Path) -> ECKey:
    """A restart keeps everybody signed in, because the key stays."""
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(path, new_signing_key())
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def new_signing_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def _write_once(path: Path, key: ECKey) -> None:
    """Of two processes that start at once, one wins; both read the winner's."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def public_keys(key: ECKey) -> KeySet:
    return KeySet([ECKey.import_key(key.as_dict(private=False))])
