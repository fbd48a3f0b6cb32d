import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.container_settings import container_settings, upstreams
from deploy.run.commands import elsewhere
from deploy.run.files import read_settings
from deploy.run.processes import processes
from deploy.run.words import CannotStart
from shared.calendar import Calendar
from shared.calendar.demonstration import clock_from
from shared.service import PROCESSES
from shared.settings import SERVICES, Settings
from tests.unit.deploy.test_specification import place

BARE = """
import runpy, sys
root, folder = sys.argv[1:]
sys.path.insert(0, root)
sys.argv = ["", folder]
runpy.run_module("deploy.container_settings", run_name="__main__")
"""
COMPOSE = Path(__file__).parents[3] / "deploy" / "compose.yaml"


def test_every_process_of_the_local_runner_has_its_container() -> None:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))

    wanted = {each.name for each in processes(place())}
    assert wanted <= content["services"].keys()


def test_every_process_that_needs_the_time_follows_its_keeper() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    [file] = [part for part in services["clock"]["command"] if part.endswith(".json")]
    clocks = {
        name: service["environment"]["GONGJIANG_CLOCK"]
        for name, service in services.items()
        if "GONGJIANG_CLOCK" in service.get("environment", {})
    }
    own = {f"{service}-{kind}" for service in SERVICES for kind in PROCESSES}
    assert own | {"bank", "registry"} <= clocks.keys()
    for name, setting in clocks.items():
        clock_from(
            setting.replace("${GONGJIANG_SECONDS_PER_WORKING_DAY:-5}", "5"), "test", Calendar()
        )
        assert file in setting
        if name in own | {"bank", "registry"}:
            assert f"clock:{Path(file).parent}" in services[name]["volumes"], name
    assert services["clock"]["depends_on"] == {
        "seed": {"condition": "service_completed_successfully"}
    }


def test_settings_for_containers_need_nothing_but_python(tmp_path: Path) -> None:
    run = [sys.executable, "-I", "-S", "-c", BARE, str(COMPOSE.parents[1]), str(tmp_path)]
    subprocess.run(run, check=True, env={"LC_ALL": "C"})
    inside, outside = (read_settings(tmp_path / name) for name in ("gongjiang.env", "outside.env"))
    assert inside["GONGJIANG_BUS_URL"].endswith("@rabbitmq:5672/%2F")
    password = inside["POSTGRES_PASSWORD"]
    assert outside["GONGJIANG_SUBSIDY_DATABASE_URL"].endswith(
        f":{password}@127.0.0.1:15432/subsidy"
    )
    kept = (tmp_path / "gongjiang.env").read_bytes()
    subprocess.run(run, check=True)
    assert (tmp_path / "gongjiang.env").read_bytes() == kept


def test_a_system_elsewhere_is_named_by_a_file_and_what_is_set_outside_wins(
    tmp_path: Path,
) -> None:
    file = tmp_path / "outside.env"
    file.write_text(
        "GONGJIANG_PUBLIC_URL=http://a\nGONGJIANG_BANK_URL=http://b\n", encoding="utf-8"
    )
    outer = {
        "GONGJIANG_SYSTEM": str(file),
        "GONGJIANG_BANK_URL": "http://c",
        "GONGJIANG_STATE": "/of/this/machine",
    }
    found = elsewhere(outer)
    assert (found["GONGJIANG_PUBLIC_URL"], found["GONGJIANG_BANK_URL"]) == ("http://a", "http://c")
    assert "GONGJIANG_STATE" not in found
    with pytest.raises(CannotStart, match="cannot be read"):
        elsewhere({"GONGJIANG_SYSTEM": str(tmp_path / "none")})
    with pytest.raises(CannotStart, match="has no GONGJIANG_PUBLIC_URL"):
        elsewhere({"GONGJIANG_SYSTEM": "environment"})


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
