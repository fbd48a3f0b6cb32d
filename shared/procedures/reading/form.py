"""The form: `- {field: certificate_no, type: certificate_no, required: true}`."""

from __future__ import annotations

import re

from shared.kernel.text import Text
from shared.procedures.facts import FACTS
from shared.procedures.model import FIELD_TYPES, PERSONAL_TYPES, YES_OR_NO, FormField, Option
from shared.procedures.reading.place import Place, listed

FIELD_KEYS = (
    "field",
    "type",
    "label",
    "title",
    "help",
    "required",
    "personal",
    "options",
    "minimum",
    "maximum",
)
_LIMITED = ("text", "long_text", "integer", "money", "honour_no")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def read_form(place: Place) -> tuple[FormField, ...]:
    fields: dict[str, FormField] = {}
    for one in place.items():
        found = _read_field(one)
        if found is None:
            continue
        if found.name in fields:
            one.refuse(
                f"字段 {found.name} 写了两次。请删去一个，或换一个字段名。",
                f"Field {found.name} is written twice. Leave one out, or give it another name.",
            )
        fields[found.name] = found
    return tuple(fields.values())


def _read_field(place: Place) -> FormField | None:
    if not place.is_mapping(FIELD_KEYS):
        return None
    name = place.need(
        "field",
        lambda one: one.shaped(
            _NAME,
            "字段名用小写英文字母、数字和下划线。",
            "a field's name is lower-case letters, digits and underscores.",
        ),
        "字段的名字，如 deeds。",
        "the field's name, such as deeds.",
    )
    kind = place.read("type", lambda one: one.one_of(FIELD_TYPES), "text")
    if name is None:
        return None
    label = place.read("label", Place.text, Text("", ""))
    if not label.zh:
        label = place.read("title", Place.text, FACTS.get(name, Text(name, name)))
    least, most = _limits(place, kind)
    personal = place.read("personal", Place.flag, kind in PERSONAL_TYPES)
    if kind in PERSONAL_TYPES and not personal:
        place.child("personal", None).object_to(
            f"类型 {kind} 总是个人信息，personal: false 不起作用。请删去 personal。",
            f"Type {kind} is personal always; personal: false has no effect. Leave it out.",
        )
    return FormField(
        name=name,
        type=kind,
        label=label,
        help=place.read("help", Place.text, None),
        required=place.read("required", Place.flag, False),
        personal=personal or kind in PERSONAL_TYPES,
        options=_options(place, kind),
        minimum=least,
        maximum=most,
    )


def _limits(place: Place, kind: str) -> tuple[int | None, int | None]:
    least = place.read("minimum", Place.whole, None)
    most = place.read("maximum", Place.whole, None)
    if kind not in _LIMITED and (least is not None or most is not None):
        place.refuse(
            f"{kind} 字段没有 minimum 和 maximum；可写的类型：{listed(_LIMITED)}。",
            f"A field of type {kind} takes no minimum or maximum; these do: {listed(_LIMITED)}.",
        )
    if least is not None and most is not None and least > most:
        place.refuse(
            f"minimum {least} 大于 maximum {most}，没有可填的值。请对调或改正。",
            f"minimum {least} is greater than maximum {most}: nothing could be filled in. Swap or "
            "correct them.",
        )
    return least, most


def _options(place: Place, kind: str) -> tuple[Option, ...]:
    under = place.get("options")
    if under is None:
        if kind == "boolean":
            return YES_OR_NO
        if kind == "choice":
            place.refuse(
                "choice 字段要有 options，如 [{value: a, zh: 甲, en: A}]。",
                "A choice needs options, such as [{value: a, zh: 甲, en: A}].",
            )
        return ()
    if kind != "choice":
        under.refuse("只有 choice 字段有 options。", "Only a choice has options.")
        return ()
    if not under.value:
        under.refuse(
            "options 不能为空，如 [{value: a, zh: 甲, en: A}]。",
            "options must not be empty; write [{value: a, zh: 甲, en: A}].",
        )
    if isinstance(under.value, dict):  # {value: label, …}
        pairs = [(str(key), under.child(key, value).text()) for key, value in under.value.items()]
        return tuple(Option(value, label) for value, label in pairs if label is not None)
    found: dict[str, Option] = {}
    for one in under.items():
        option = _option(one)
        if option is not None and option.value in found:
            one.refuse(
                f"选项 {option.value} 写了两次。请删去一个，或换一个 value。",
                f"Option {option.value} is written twice. Leave one out, or give it another value.",
            )
        elif option is not None:
            found[option.value] = option
    return tuple(found.values())


def _option(place: Place) -> Option | None:
    if not isinstance(place.value, dict):
        word = place.word()
        return None if word is None else Option(word, Text(word, word))
    if not place.is_mapping(("value", "label", "title", "zh", "en")):
        return None
    value = place.need("value", Place.word, "要保存的值。", "the value that is stored.")
    if value is None:
        return None
    plain = Text(value, value)
    if "zh" in place.value or "en" in place.value:
        words = {key: place.value[key] for key in ("zh", "en") if key in place.value}
        return Option(value, Place(words, place.path, place.report).text() or plain)
    return Option(value, place.read("label", Place.text, place.read("title", Place.text, plain)))
