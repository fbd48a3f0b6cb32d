"""Procedure documents that do not load: the running version stays, and nobody may have noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from deploy.run.health import Finding
from shared.identity.directory import Directory
from shared.service import Composition
from shared.settings import Settings


def of_documents(service: str, settings: Mapping[str, str]) -> Iterator[Finding]:
    """By the rules and the folders of the service."""
    composition: Composition = import_module(f"services.{service}.app").COMPOSITION
    own = Settings.from_environ(service, settings)
    catalogue = composition.catalogue(own, Directory.load(*own.directory))
    for problem in catalogue.problems():
        if problem.severity != "error":
            continue
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        command = f".venv/bin/python -m services.{service}.app check {problem.file}"
        yield Finding(
            f"{service}：{where} {problem.path}：{problem.zh}",
            f"{service}: {where} {problem.path}: {problem.en}",
            f"改正后：{command}",
            f"mend it, then: {command}",
        )
