"""Which characters a name or a line of text may have. Python's own tables end with the Unicode of
its release, and people's names do not."""

from __future__ import annotations

import unicodedata

from shared.kernel.errors import DomainError
from shared.kernel.text import Text, half_width

# The planes of Han characters (表意文字补充平面): what is added to them later is a character too.
_HAN = range(0x20000, 0x3FFFE)
_MIDDLE_DOTS = dict.fromkeys(map(ord, "•‧∙●・･⋅"), "·")  # 买买提·吐尔逊
# How a missing character is typed or shown; in a text it may be a box to tick.
_BOXES = dict.fromkeys(map(ord, "□▯■〓"), "\ufffd")
LOST = "lost"
_WHY = {
    "Co": Text(
        "是自造字，只在造字的电脑上显示；请改用该字的标准编码，标准中没有的用拼音大写。",
        "is from the private-use area and shows on the computer that made it alone; write the "
        "standard character, or the name in capital Latin letters.",
    ),
    "Cc": Text("是控制字符，请删除。", "is a control character: delete it."),
    "Cs": Text("是半个字符，请重新输入。", "is half a character: type it again."),
    LOST: Text(
        "是替代符，原字在转换时丢失，请重新输入。",
        "stands for a character that was lost in a conversion: type it again.",
    ),
    "Cn": Text("不是任何文字的字符，请改正。", "is no character of any script: mend it."),
    "Zl": Text("是换行，请删除。", "is a line break: delete it."),
    "Zp": Text("是换行，请删除。", "is a line break: delete it."),
}


class UnusableCharacter(DomainError):
    code = "unusable_character"
    zh = "文字有误：{why}"
    en = "The text is not right: {why}"


def fault_of(text: str) -> Text | None:
    """What is wrong with the first character that cannot be used in one line of text; None where
    all can. The character itself is named by its code, since it may not show."""
    for place, character in enumerate(text, start=1):
        why = _WHY.get(_category(character))
        if why is not None:
            code = f"U+{ord(character):04X}"
            return Text(
                f"第 {place} 个字符（{code}）{why.zh}", f"character {place} ({code}) {why.en}"
            )
    return None


def fault_of_name(text: str) -> Text | None:
    """As `fault_of`; nobody is called a box either."""
    return fault_of(text.translate(_BOXES))


def read_name(text: str, *, field: str | None = None, row: int | None = None) -> str:
    """A person's name as it is kept: half-width, one space at most between its parts, one kind of
    middle dot. Raises UnusableCharacter."""
    parts = half_width(text).translate(_MIDDLE_DOTS).split(" ")
    name = " ".join(part for part in parts if part)
    why = fault_of_name(name)
    if why is not None:
        raise UnusableCharacter(field=field, row=row, why=why)
    return name


def _category(character: str) -> str:
    if character == "\ufffd":
        return LOST
    category = unicodedata.category(character)
    newer = category == "Cn" and ord(character) in _HAN and ord(character) & 0xFFFE != 0xFFFE
    return "Lo" if newer else category
