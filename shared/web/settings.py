"""What the web part reads from a process's settings. shared.settings.Settings fits it."""

from typing import Protocol


class WebSettings(Protocol):
    """`service` is the path in front: nomination, assessment, subsidy."""

    @property
    def service(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def oidc_issuer(self) -> str: ...
    @property
    def oidc_audience(self) -> str: ...
    @property
    def oidc_jwks_url(self) -> str: ...
