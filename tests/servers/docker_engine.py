"""Whether a Docker engine answers here, and can run an image."""

import os
from functools import cache

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound


@cache
def why_not(image: str) -> str | None:
    """None when containers of the image can run here, else the reason in a line.
    GONGJIANG_TEST_DOCKER=no asks for the embedded parts although there is an engine."""
    if os.environ.get("GONGJIANG_TEST_DOCKER") == "no":
        return "Docker is switched off by GONGJIANG_TEST_DOCKER=no"
    try:
        client = docker.from_env(timeout=10)
    except DockerException:
        return "no Docker engine answers"
    try:
        client.ping()
        return None if _is_here(client, image) else f"Docker cannot get the image {image}"
    except (DockerException, requests.RequestException):
        return "no Docker engine answers"
    finally:
        client.close()


def _is_here(client: docker.DockerClient, image: str) -> bool:
    try:
        client.images.get(image)
        return True
    except ImageNotFound:
        pass
    client.api.timeout = 300  # a pull takes its time
    try:
        client.images.pull(image)
        return True
    except APIError:
        return False


def without_reaper_if_it_cannot_run() -> None:
    """testcontainers' reaper only cleans up after a killed run; its image may not be at hand."""
    from testcontainers.core.config import testcontainers_config

    if not testcontainers_config.ryuk_disabled and why_not(testcontainers_config.ryuk_image):
        testcontainers_config.ryuk_disabled = True
