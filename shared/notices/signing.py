"""The signature of a notice's snapshot: ES256 over its canonical JSON, so that anybody with the
public key can check what was shown. The private key is derived from a secret of the service."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

_ORDER = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)  # of P-256
_ALGORITHM = ec.ECDSA(hashes.SHA256())


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    return json.dumps(
        snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sign(snapshot: Mapping[str, Any], key: bytes) -> str:
    """`ES256.<key id>.<base64url of r and s>`."""
    private = _private_key(key)
    r, s = decode_dss_signature(private.sign(canonical(snapshot), _ALGORITHM))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"ES256.{key_id(private.public_key())}.{_base64url(raw)}"


def verify(
    snapshot: Mapping[str, Any], signature: str, keys: Iterable[ec.EllipticCurvePublicKey]
) -> bool:
    """Whether one of `keys` (the one that the signature names) made it."""
    try:
        algorithm, kid, encoded = signature.split(".")
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        return False
    if algorithm != "ES256" or len(raw) != 64:
        return False
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    for key in keys:
        if key_id(key) == kid:
            try:
                key.verify(der, canonical(snapshot), _ALGORITHM)
            except InvalidSignature:
                return False
            return True
    return False


def public_key(key: bytes) -> ec.EllipticCurvePublicKey:
    return _private_key(key).public_key()


def public_pem(key: bytes) -> str:
    pem = public_key(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def read_public_pem(pem: bytes) -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("not an elliptic curve key")
    return key


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return hashlib.sha256(point).hexdigest()[:16]


@lru_cache(maxsize=8)
def _private_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    # 48 bytes: the remainder by the order is then as good as uniform (FIPS 186-5, A.2.1)
    derived = HKDF(hashes.SHA256(), 48, None, b"gongjiang notice snapshot").derive(key)
    return ec.derive_private_key(int.from_bytes(derived, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
