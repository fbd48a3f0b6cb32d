"""Bilingual text, and the clean-up of what people type or paste."""

from __future__ import annotations

from dataclasses import dataclass

# Full-width ASCII (U+FF01..U+FF5E) and the ideographic space, as Chinese input methods produce
# them. Not NFKC: that would also turn "①" or "²" into digits.
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


def half_width(text: str) -> str:
    """Full-width letters, digits and spaces become ASCII; the ends are stripped."""
    return text.translate(_HALF_WIDTH).strip()


def without_spaces(text: str) -> str:
    """`half_width`, and every white space inside removed."""
    return "".join(half_width(text).split())
