"""Bilingual text, and the clean-up of what people type or paste."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Full-width ASCII (U+FF01..U+FF5E) and the ideographic space, as Chinese input methods produce
# them. Not NFKC: that would also turn "①" or "²" into digits.
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " ", 0xA0: " "}
# What pasting brings along and nobody sees: zero-width spaces and joiners, marks of direction, soft
# hyphens, byte order marks.
_INVISIBLE = dict.fromkeys(
    [
        0xAD,
        0x34F,
        0x115F,
        0x1160,
        0x61C,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0x2800,  # a braille cell without a dot
        0x3164,  # letters of Hangul that show nothing: this one, U+115F, U+1160 and U+FFA0
        *range(0xFE00, 0xFE10),  # which form of the character before is meant, here and below
        0xFEFF,
        0xFFA0,
        *range(0xE0100, 0xE01F0),
    ]
)


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


def half_width(text: str) -> str:
    """Full-width letters, digits and spaces become ASCII; what cannot be seen goes, and the ends
    are stripped."""
    return text.translate(_HALF_WIDTH | _INVISIBLE).strip()


def visible(text: str) -> str:
    """As typed, without what cannot be seen, and the ends stripped."""
    return text.translate(_INVISIBLE).strip()


def without_spaces(text: str) -> str:
    """`half_width`, and every white space inside removed."""
    return "".join(half_width(text).split())


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))


def comparable(text: str) -> str:
    """Text typed by people as one form of it, to compare: half-width, without white space and
    invisible characters, one kind of dash, capital letters."""
    shown = without_spaces(text).translate(_DASHES)
    return "".join(each for each in shown if unicodedata.category(each)[0] != "C").upper()
