from pathlib import Path

import pytest

from shared.settings import SERVICES, Settings, SettingsError

KEY = "00" * 32
COMPLETE = {
    "GONGJIANG_ENVIRONMENT": "test",
    "GONGJIANG_SUBSIDY_DATABASE_URL": "postgresql+psycopg://user:secret@host/subsidy",
    "GONGJIANG_BUS_URL": "amqp://user:secret@host/",
    "GONGJIANG_TEMPORAL_ADDRESS": "host:7233",
    "GONGJIANG_PERSON_REF_KEY": KEY,
    "GONGJIANG_DATA_KEYS": f"k2:{'22' * 32},k1:{'11' * 32}",
    "GONGJIANG_LOOKUP_KEY": KEY,
    "GONGJIANG_OIDC_ISSUER": "https://id.example/",
    "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
    "GONGJIANG_OIDC_JWKS_URL": "https://id.example/jwks",
    "GONGJIANG_OIDC_CLIENT_ID": "gongjiang",
    "GONGJIANG_OIDC_CLIENT_SECRET": "secret",
    "GONGJIANG_PUBLIC_URL": "https://gongjiang.example/",
    "GONGJIANG_DIRECTORY": "directory.yaml",
    "GONGJIANG_EVIDENCE_DIR": "evidence",
    "GONGJIANG_REGISTRY_URL": "https://registry.example",
    **{f"GONGJIANG_{name.upper()}_URL": f"https://{name}.example/" for name in SERVICES},
}


def test_a_complete_environment_is_read() -> None:
    settings = Settings.from_environ("subsidy", COMPLETE)
    assert settings.clock == "wall"
    assert settings.public_url == "https://gongjiang.example"
    assert settings.service_urls["nomination"] == "https://nomination.example"
    assert settings.catalogue[0].parts[-3:] == ("services", "subsidy", "catalogue")
    assert settings.keyring().active == "k2"
    assert settings.keyring().decrypt(settings.keyring().encrypt("x")) == "x"


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ("subsidy", {})
    named = {problem.split(":")[0] for problem in refused.value.problems}
    assert named == set(COMPLETE)


def test_wrong_values_are_named_and_not_shown() -> None:
    wrong = {"GONGJIANG_LOOKUP_KEY": "cafe", "GONGJIANG_ENVIRONMENT": "prod"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ("subsidy", COMPLETE | wrong)
    assert len(refused.value.problems) == 2
    assert "cafe" not in str(refused.value)


def test_secrets_are_not_in_the_repr() -> None:
    shown = repr(Settings.from_environ("subsidy", COMPLETE))
    assert "secret" not in shown and "22" * 32 not in shown


def test_a_catalogue_may_be_several_folders() -> None:
    extra = {"GONGJIANG_SUBSIDY_CATALOGUE": "a:b"}
    assert Settings.from_environ("subsidy", COMPLETE | extra).catalogue == (Path("a"), Path("b"))
