"""The token with which a process calls other services in its own name."""

from shared.identity.errors import IdentityUnavailable, InvalidToken
from shared.identity.oidc_client import OidcClient, RenewedToken


class ServiceToken:
    """Call it for a bearer token that is valid now. Raises ConnectionError while the provider is
    away or refuses the client: the caller's retry covers both."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, *, token_url: str | None = None
    ) -> None:
        self._renewed = RenewedToken(
            OidcClient(issuer, client_id, client_secret, token_url=token_url)
        )

    def __call__(self) -> str:
        try:
            return self._renewed()
        except (IdentityUnavailable, InvalidToken) as error:
            raise ConnectionError(error.code) from None
