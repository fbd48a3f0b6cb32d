"""The settings that every installation needs, on one machine and in containers. Stands on the
standard library alone: who starts containers may have nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DATABASES = ("nomination", "assessment", "subsidy", "bus", "finance", "bank")
SERVICES = ("nomination", "assessment", "subsidy")


def keys(secrets: Mapping[str, str]) -> dict[str, str]:
    return {
        "GONGJIANG_PERSON_REF_KEY": secrets["person_ref"],
        "GONGJIANG_DATA_KEYS": f"k1:{secrets['data']}",
        "GONGJIANG_LOOKUP_KEY": secrets["lookup"],
        "GONGJIANG_SESSION_KEY": secrets["session"],
        "GONGJIANG_OIDC_CLIENT_SECRET": secrets["oidc_client"],
        "GONGJIANG_FINANCE_CLIENT_SECRET": secrets["finance_client"],
    }


def identity(folder: Path, public: str, port: int) -> dict[str, str]:
    """The issuer is what a browser sees; keys and tokens are fetched past the gateway."""
    direct = f"http://127.0.0.1:{port}/identity"
    return {
        "GONGJIANG_OIDC_ISSUER": f"{public}/identity",
        "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
        "GONGJIANG_OIDC_JWKS_URL": f"{direct}/jwks",
        "GONGJIANG_OIDC_TOKEN_URL": f"{direct}/token",
        "GONGJIANG_OIDC_CLIENT_ID": "gongjiang",
        "GONGJIANG_FINANCE_CLIENT_ID": "gongjiang-finance",
        "GONGJIANG_IDENTITY_STATE": str(folder / "identity"),
    }


def addresses(ports: Mapping[str, int]) -> dict[str, str]:
    """A service's address is what stands before `/api/v1` and before its pages."""
    made = {
        f"GONGJIANG_{service.upper()}_URL": f"http://127.0.0.1:{ports[service]}/{service}"
        for service in SERVICES
    }
    return made | {
        "GONGJIANG_REGISTRY_URL": f"http://127.0.0.1:{ports['registry']}",
        "GONGJIANG_BANK_URL": f"http://127.0.0.1:{ports['bank']}",
    }
