from pathlib import Path

import yaml

from deploy.container_settings import container_settings, upstreams
from deploy.run.processes import processes
from shared.settings import SERVICES, Settings
from tests.unit.deploy.test_specification import place

COMPOSE = Path(__file__).parents[3] / "deploy" / "compose.yaml"


def test_every_process_of_the_local_runner_has_its_container() -> None:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))

    wanted = {each.name for each in processes(place())} - {"seed"}
    assert wanted <= content["services"].keys()


def test_every_container_finds_its_settings_and_nobody_its_own_loopback() -> None:
    found = container_settings("http://localhost:8080")

    for service in SERVICES:
        read = Settings.from_environ(service, {**found, "GONGJIANG_EVIDENCE_DIR": "/data"})
        assert read.service_urls["subsidy"] == "http://subsidy-web:8000/subsidy"
    assert not [name for name, value in found.items() if "127.0.0.1" in value]


def test_images_are_named_by_setting_with_official_ones_as_defaults() -> None:
    text = COMPOSE.read_text(encoding="utf-8")

    for name in ("POSTGRES", "RABBITMQ", "PYTHON", "TEMPORAL", "CADDY"):
        assert f"${{{name}_IMAGE:-" in text


def test_the_gateway_knows_a_host_for_each_service() -> None:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))

    hosts = {address.split(":")[0] for address in upstreams().values()}
    assert hosts <= content["services"].keys()


def test_the_keys_of_an_installation_do_not_go_into_its_image() -> None:
    ignored = (COMPOSE.parents[1] / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {"deploy/containers", ".gongjiang"} <= set(ignored)
