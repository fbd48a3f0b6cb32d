"""What the local identity provider reads from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.kernel.errors import DomainError

DEMONSTRATION_SECRET = "gongjiang"
FINANCE = "finance"
SERVICES = "services"


class RefusedInProduction(DomainError):
    code = "provider_refused_in_production"
    zh = "本地身份服务只供演示和测试，不得用于生产环境。"
    en = "The local identity provider is for demonstrations and tests, never for production."


@dataclass(frozen=True)
class ProviderSettings:
    """`issuer` is where browsers see the provider: <gateway>/identity. `service_accounts`: client
    id -> (username in the people files, secret). GONGJIANG_PEOPLE: files, as PATH lists folders."""

    issuer: str
    audience: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    sign_out_uris: tuple[str, ...]
    folder: Path
    people: tuple[Path, ...]
    person_ref_key: bytes = field(repr=False)
    service_accounts: Mapping[str, tuple[str, str]] = field(repr=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "ProviderSettings":
        """Raises RefusedInProduction, or ValueError naming everything that is missing."""
        if environ.get("GONGJIANG_ENVIRONMENT") not in ("demonstration", "test"):
            raise RefusedInProduction()
        needed = (
            "GONGJIANG_PUBLIC_URL",
            "GONGJIANG_OIDC_ISSUER",
            "GONGJIANG_OIDC_AUDIENCE",
            "GONGJIANG_OIDC_CLIENT_ID",
            "GONGJIANG_OIDC_CLIENT_SECRET",
            "GONGJIANG_PERSON_REF_KEY",
            "GONGJIANG_IDENTITY_STATE",
            "GONGJIANG_PEOPLE",
        )
        missing = [name for name in needed if not environ.get(name)]
        if missing:
            raise ValueError("missing settings: " + ", ".join(missing))
        public = environ["GONGJIANG_PUBLIC_URL"].rstrip("/")
        finance_id = environ.get("GONGJIANG_FINANCE_CLIENT_ID") or FINANCE
        finance_secret = environ.get("GONGJIANG_FINANCE_CLIENT_SECRET") or DEMONSTRATION_SECRET
        return cls(
            issuer=environ["GONGJIANG_OIDC_ISSUER"].rstrip("/"),
            audience=environ["GONGJIANG_OIDC_AUDIENCE"],
            client_id=environ["GONGJIANG_OIDC_CLIENT_ID"],
            client_secret=environ["GONGJIANG_OIDC_CLIENT_SECRET"],
            redirect_uris=(f"{public}/sign-in/callback",),
            sign_out_uris=(f"{public}/",),
            folder=Path(environ["GONGJIANG_IDENTITY_STATE"]),
            people=tuple(Path(each) for each in environ["GONGJIANG_PEOPLE"].split(os.pathsep)),
            person_ref_key=bytes.fromhex(environ["GONGJIANG_PERSON_REF_KEY"]),
            service_accounts={
                finance_id: (FINANCE, finance_secret),
                # the services read each other's feeds as the client that the portal also is
                environ["GONGJIANG_OIDC_CLIENT_ID"]: (
                    SERVICES,
                    environ["GONGJIANG_OIDC_CLIENT_SECRET"],
                ),
            },
        )
