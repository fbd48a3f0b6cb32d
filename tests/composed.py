"""A service composed as in production, on a test's database, for tests of its whole web part."""

import importlib
from pathlib import Path
from types import ModuleType

from shared.service import Service
from shared.settings import Settings

ROOT = Path(__file__).parents[1]
SERVICES = ("nomination", "assessment", "subsidy")


def environ(database_url: str, evidence: Path, **more: str) -> dict[str, str]:
    """All that a service's settings ask for; addresses that nobody answers."""
    nowhere = "http://127.0.0.1:9"
    values = {
        "GONGJIANG_ENVIRONMENT": "test",
        "GONGJIANG_CLOCK": "wall",
        "GONGJIANG_PUBLIC_URL": "http://localhost",
        "GONGJIANG_REGISTRY_URL": nowhere,
        "GONGJIANG_TEMPORAL_ADDRESS": "127.0.0.1:9",
        "GONGJIANG_OIDC_ISSUER": f"{nowhere}/identity",
        "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
        "GONGJIANG_OIDC_JWKS_URL": f"{nowhere}/identity/jwks",
        "GONGJIANG_OIDC_CLIENT_ID": "gongjiang",
        "GONGJIANG_OIDC_CLIENT_SECRET": "secret",
        "GONGJIANG_DIRECTORY": str(ROOT / "deploy" / "demonstration" / "directory.yaml"),
        "GONGJIANG_EVIDENCE_DIR": str(evidence),
        "GONGJIANG_BUS_URL": "amqp://127.0.0.1:9",
        "GONGJIANG_PERSON_REF_KEY": "00" * 32,
        "GONGJIANG_DATA_KEYS": "k1:" + "11" * 32,
        "GONGJIANG_LOOKUP_KEY": "22" * 32,
    }
    for name in SERVICES:
        values[f"GONGJIANG_{name.upper()}_URL"] = f"{nowhere}/{name}"
        values[f"GONGJIANG_{name.upper()}_DATABASE_URL"] = database_url
    return {**values, **more}


def composed(name: str, database_url: str, evidence: Path, **more: str) -> Service:
    module: ModuleType = importlib.import_module(f"services.{name}.app")
    settings = Settings.from_environ(name, environ(database_url, evidence, **more))
    return Service(module.COMPOSITION, settings)
