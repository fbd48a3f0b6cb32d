"""The only place of assessment that reads the environment."""

import os

from shared.settings import Settings


def load() -> Settings:
    return Settings.from_environ("assessment", os.environ)
