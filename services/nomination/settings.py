"""The only place of nomination that reads the environment."""

import os

from shared.settings import Settings


def load() -> Settings:
    return Settings.from_environ("nomination", os.environ)
