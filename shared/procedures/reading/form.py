"""The form: `- {field: certificate_no, type: certificate_no, required: true}`."""

from __future__ import annotations

import re

from shared.kernel.text import Text
from shared.procedures.facts import FACTS
from shared.procedures.model import FIELD_TYPES, PERSONAL_TYPES, FormField, Option
from shared.procedures.reading.place import Place

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
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def read_form(place: Place) -> tuple[FormField, ...]:
    fields: dict[str, FormField] = {}
    for one in place.items():
        found = _read_field(one)
        if found is None:
            continue
        if found.name in fields:
            one.refuse(f"字段 {found.name} 写了两次。", f"Field {found.name} is written twice.")
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
    least, most = place.get("minimum"), place.get("maximum")
    personal = place.read("personal", Place.flag, kind in PERSONAL_TYPES)
    return FormField(
        name=name,
        type=kind,
        label=label,
        help=place.read("help", Place.text, None),
        required=place.read("required", Place.flag, False),
        personal=personal or kind in PERSONAL_TYPES,
        options=_options(place, kind),
        minimum=None if least is None else least.whole(),
        maximum=None if most is None else most.whole(),
    )


def _options(place: Place, kind: str) -> tuple[Option, ...]:
    under = place.get("options")
    if under is None:
        if kind == "choice":
            place.refuse(
                "choice 字段要有 options，如 [{value: a, zh: 甲, en: A}]。",
                "A choice needs options, such as [{value: a, zh: 甲, en: A}].",
            )
        return ()
    if kind != "choice":
        under.refuse("只有 choice 字段有 options。", "Only a choice has options.")
        return ()
    if isinstance(under.value, dict):  # {value: label, …}
        pairs = [(str(key), under.child(key, value).text()) for key, value in under.value.items()]
        return tuple(Option(value, label) for value, label in pairs if label is not None)
    found = [_option(one) for one in under.items()]
    return tuple(option for option in found if option is not None)


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
