"""The provider's public keys, fetched over HTTP, kept, and fetched again for an unknown key id."""

import threading
import time

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from shared.identity.errors import IdentityUnavailable, InvalidToken

FRESH_SECONDS = 600.0
MINIMUM_SECONDS_BETWEEN_FETCHES = 5.0


class PublishedKeys:
    """One a process; safe between threads. A provider that is away does not sign people out: the
    keys known stay in use until it answers again."""

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        minimum_seconds_between_fetches: float = MINIMUM_SECONDS_BETWEEN_FETCHES,
    ) -> None:
        self._client = httpx.Client(transport=transport, timeout=5.0)
        self._url = url
        self._pause = minimum_seconds_between_fetches
        self._lock = threading.Lock()
        self._keys: dict[str, ECKey | RSAKey] = {}
        self._fetched = self._tried = float("-inf")

    def find(self, key_id: str) -> ECKey | RSAKey:
        """Raises InvalidToken for an id that the provider does not publish, IdentityUnavailable
        when that cannot be known now."""
        key = self._keys.get(key_id)
        if key is not None and time.monotonic() - self._fetched < FRESH_SECONDS:
            return key
        # Whoever holds a known key does not wait for the one who asks the provider again.
        reached = False
        if self._lock.acquire(blocking=key is None):
            try:
                reached = self._refresh()
            finally:
                self._lock.release()
        key = self._keys.get(key_id)
        if key is None:
            raise InvalidToken() if reached else IdentityUnavailable()
        return key

    def _refresh(self) -> bool:
        now = time.monotonic()
        if now - self._tried < self._pause:
            return self._fetched == self._tried  # another thread has just asked
        self._tried = now
        try:
            answer = self._client.get(self._url)
            answer.raise_for_status()
            key_set = KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError):
            return False
        self._keys = {
            key.kid: key
            for key in key_set.keys
            if isinstance(key, (ECKey, RSAKey)) and key.kid is not None
        }
        self._fetched = now
        return True
