"""What the runner says: every sentence in Chinese and in English."""

from __future__ import annotations

import unicodedata


class CannotStart(Exception):
    """Why it does not start, and what to do, in both languages; `code` is the exit status."""

    def __init__(self, zh: str, en: str, code: int = 1) -> None:
        super().__init__(f"{zh}\n{en}")
        self.code = code


def both(zh: str, en: str) -> str:
    return f"{zh} / {en}"


def places(text: str) -> int:
    """How wide a terminal shows it: a Chinese character takes two places."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def padded(text: str, width: int) -> str:
    return text + " " * (width - places(text))
