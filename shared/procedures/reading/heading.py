"""What a document is called, where and when it holds, and who may apply."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from shared.procedures.model import Source
from shared.procedures.reading.place import Place
from shared.procedures.reading.regions import read_region_or_nation
from shared.procedures.reading.roles import read_roles

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def read_heading(place: Place) -> dict[str, Any]:
    started, ended = _effective(place)
    return {
        "id": place.need("id", _id, "如 skill-master。", "such as skill-master."),
        "title": place.need(
            "title", Place.text, "{zh: 技能大师, en: …}。", "{zh: 技能大师, en: …}."
        ),
        "summary": place.read("summary", Place.text, None),
        "version": place.read("version", _version, str(started or "1")),
        "region": place.need(
            "region",
            read_region_or_nation,
            '适用地区的行政区划代码，如 "42"（湖北省）、"421281"（赤壁市）、nation（全国）。',
            'the region where it holds: "42" (Hubei), "421281" (Chibi), nation.',
        ),
        "effective_from": started,
        "effective_to": ended,
        "source": _source(place),
        "applicant": place.read("applicant", read_roles, ("worker",)),
    }


def _id(place: Place) -> str | None:
    return place.shaped(
        _ID, "编号用小写英文、数字和连字符。", "an id is lower-case letters, digits and hyphens."
    )


def _version(place: Place) -> str | None:
    if type(place.value) is date:
        return place.value.isoformat()
    return place.shaped(
        _VERSION,
        "版本用英文、数字、点和连字符。",
        "a version is letters, digits, dots and hyphens.",
    )


def _effective(place: Place) -> tuple[date | None, date | None]:
    under = place.get("effective")
    if under is None:
        if not place.is_refused("effective"):
            place.child("effective", None).refuse(
                "缺少 effective：{from: 2024-01-01}，to 为最后一天，可不写。",
                "effective is missing: {from: 2024-01-01}; to is the last day and may be left out.",
            )
        return None, None
    if not isinstance(under.value, dict):
        return under.day(), None
    under.is_mapping(("from", "to"))
    started = under.need("from", Place.day, "自哪天起施行。", "the first day.")
    ended = under.read("to", Place.day, None)
    if started is not None and ended is not None and ended < started:
        under.refuse(
            f"to（{ended}）早于 from（{started}）。请对调或改正；长期有效的不写 to。",
            f"to ({ended}) is before from ({started}). Swap or correct them; without an end leave "
            "`to` out.",
        )
    for key, day in (("from", started), ("to", ended)):
        if day is not None and not 1949 <= day.year <= 2149:
            under.child(key, None).object_to(
                f"{day} 不像施行日期，请核对年份。",
                f"{day} is hardly a day for this; check the year.",
            )
    return started, ended


def _source(place: Place) -> Source | None:
    under = place.get("source")
    if under is None:
        return None
    if not isinstance(under.value, dict):
        text = under.text()
        return None if text is None else Source(text)
    under.is_mapping(("zh", "en", "mark", "url"))
    words = {key: under.value[key] for key in ("zh", "en") if key in under.value}
    text = Place(words, under.path, under.report).text()
    mark = under.read("mark", Place.word, None)
    url = under.read("url", Place.word, None)
    return None if text is None else Source(text, mark, url)
