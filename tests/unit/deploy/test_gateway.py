import subprocess
from pathlib import Path

from deploy.container_settings import upstreams
from deploy.run.gateway import caddyfile
from deploy.run.specification import tool


def test_the_gateways_configuration_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(caddyfile(upstreams(), 8080, "127.0.0.1"))

    command = [tool("caddy"), "validate", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_metrics_stay_inside_and_an_absent_service_is_said_in_both_languages() -> None:
    text = caddyfile(upstreams(), 8080, "127.0.0.1")

    assert "/subsidy/metrics" in text
    assert "服务暂时不可用 / The service is not available" in text


def test_answers_are_compressed_for_slow_lines() -> None:
    assert "\tencode zstd gzip\n" in caddyfile(upstreams(), 8080, "127.0.0.1")
