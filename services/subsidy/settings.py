"""The only place of subsidy that reads the environment."""

import os

from shared.settings import Settings


def load() -> Settings:
    return Settings.from_environ("subsidy", os.environ)
