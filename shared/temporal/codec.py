"""Encrypts every payload that Temporal stores, so that its history holds no readable content."""

from collections.abc import Iterable, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadCodec, default

from shared.persistence import Keyring

ENCODING = b"binary/gongjiang-aes-gcm"


class EncryptingCodec(PayloadCodec):
    """AES-GCM under the service's keyring; a payload names its key, so keys can be rotated."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload(
                metadata={"encoding": ENCODING},
                data=self._keyring.encrypt(p.SerializeToString().hex()).encode(),
            )
            for p in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(self._opened(payloads))

    def _opened(self, payloads: Iterable[Payload]) -> Iterable[Payload]:
        for payload in payloads:
            if payload.metadata.get("encoding") != ENCODING:
                yield payload
                continue
            plain = self._keyring.decrypt(payload.data.decode())
            yield Payload.FromString(bytes.fromhex(plain))


def data_converter(keyring: Keyring) -> DataConverter:
    return DataConverter(
        payload_converter_class=default().payload_converter_class,
        payload_codec=EncryptingCodec(keyring),
    )
