"""What the environment must say. Only `services/<s>/settings.py` reads the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from shared.persistence.encryption import Keyring

T = TypeVar("T")

SERVICES = ("nomination", "assessment", "subsidy")
ENVIRONMENTS = ("production", "demonstration", "test")


class SettingsError(Exception):
    """Names everything that is missing or wrong, at once; never shows a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("设置有误 / the settings are not right:\n  " + "\n  ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """One service's settings. Secrets are left out of the repr."""

    service: str
    environment: str
    clock: str
    public_url: str
    service_urls: Mapping[str, str]
    registry_url: str
    temporal_address: str
    temporal_namespace: str
    oidc_issuer: str
    oidc_audience: str
    oidc_jwks_url: str
    oidc_token_url: str | None
    oidc_client_id: str
    directory: tuple[Path, ...]
    staff: tuple[Path, ...]  # none: nobody keeps a list
    evidence_dir: Path
    catalogue: tuple[Path, ...]
    database_url: str = field(repr=False)
    bus_url: str = field(repr=False)
    oidc_client_secret: str = field(repr=False)
    person_ref_key: bytes = field(repr=False)
    data_keys: Mapping[str, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)

    def keyring(self) -> Keyring:
        """The first data key is the active one."""
        return Keyring(dict(self.data_keys), next(iter(self.data_keys)), self.lookup_key)

    @classmethod
    def from_environ(cls, service: str, environ: Mapping[str, str]) -> Settings:
        """Raises SettingsError, which names all that is missing."""
        read = _Reader(environ)
        own = service.upper()
        settings = cls(
            service=service,
            environment=read.one("GONGJIANG_ENVIRONMENT", _environment),
            clock=environ.get("GONGJIANG_CLOCK") or "wall",
            public_url=read.one("GONGJIANG_PUBLIC_URL", _address),
            service_urls={
                name: read.one(f"GONGJIANG_{name.upper()}_URL", _address) for name in SERVICES
            },
            registry_url=read.one("GONGJIANG_REGISTRY_URL", _address),
            temporal_address=read.text("GONGJIANG_TEMPORAL_ADDRESS"),
            temporal_namespace=environ.get("GONGJIANG_TEMPORAL_NAMESPACE") or "default",
            oidc_issuer=read.text("GONGJIANG_OIDC_ISSUER"),
            oidc_audience=read.text("GONGJIANG_OIDC_AUDIENCE"),
            oidc_jwks_url=read.text("GONGJIANG_OIDC_JWKS_URL"),
            oidc_token_url=environ.get("GONGJIANG_OIDC_TOKEN_URL") or None,
            oidc_client_id=read.text("GONGJIANG_OIDC_CLIENT_ID"),
            oidc_client_secret=read.text("GONGJIANG_OIDC_CLIENT_SECRET"),
            directory=read.one("GONGJIANG_DIRECTORY", _files),
            staff=read.maybe("GONGJIANG_STAFF", _files) or (),
            evidence_dir=read.one("GONGJIANG_EVIDENCE_DIR", Path),
            catalogue=_catalogue(service, environ.get(f"GONGJIANG_{own}_CATALOGUE")),
            database_url=read.text(f"GONGJIANG_{own}_DATABASE_URL"),
            bus_url=read.text("GONGJIANG_BUS_URL"),
            person_ref_key=read.one("GONGJIANG_PERSON_REF_KEY", _key),
            data_keys=read.one("GONGJIANG_DATA_KEYS", _keys),
            lookup_key=read.one("GONGJIANG_LOOKUP_KEY", _key),
        )
        if read.problems:
            raise SettingsError(read.problems)
        return settings


class _Reader:
    """Reads what is there and collects what is not, so that one error can name it all."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self.one(name, str)

    def maybe(self, name: str, convert: Callable[[str], T]) -> T | None:
        return self.one(name, convert) if self._environ.get(name) else None

    def one(self, name: str, convert: Callable[[str], T]) -> T:
        """The converted value. When there is none the caller gets nothing to use: from_environ
        raises before it returns."""
        value = self._environ.get(name)
        if not value:
            self.problems.append(f"{name}: 缺少 / missing")
            return cast(T, None)
        try:
            return convert(value)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return cast(T, None)


def _files(value: str) -> tuple[Path, ...]:
    """Several, as PATH lists folders."""
    return tuple(Path(each) for each in value.split(os.pathsep) if each)


def _address(value: str) -> str:
    return value.rstrip("/")


def _environment(value: str) -> str:
    if value not in ENVIRONMENTS:
        raise ValueError("应为 / must be one of: " + ", ".join(ENVIRONMENTS))
    return value


def _key(value: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("应为 64 位十六进制 / 64 hexadecimal digits are needed")
    return key


def _keys(value: str) -> dict[str, bytes]:
    pairs = [part.partition(":") for part in value.split(",")]
    return {key_id.strip(): _key(digits.strip()) for key_id, _, digits in pairs}


def _catalogue(service: str, value: str | None) -> tuple[Path, ...]:
    if value:
        return tuple(Path(part) for part in value.split(os.pathsep) if part)
    return (Path(__file__).parents[1] / "services" / service / "catalogue",)
