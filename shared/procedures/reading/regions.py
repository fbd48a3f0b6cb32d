"""Regions: digits in quotes. Our table holds every province, but not every county."""

from __future__ import annotations

import re

from shared.kernel.region import regions_within
from shared.procedures.reading.place import Place

_SHAPE = re.compile(r"([0-9]{2}){1,3}")
_CITIES = re.compile(r"[0-6][0-9]|70|90")  # GB/T 2260; 00 is the province itself


def read_region(place: Place) -> str | None:
    """Two, four or six digits, as they are written."""
    if isinstance(place.value, int) and not isinstance(place.value, bool):
        place.object_to(
            f'行政区划代码要加引号："{place.value}"（不加引号是数字，开头的 0 会丢失）。',
            f'Put the region\'s code in quotes: "{place.value}" (without them it is a number, and '
            "a leading 0 is lost).",
        )
    code = place.shaped(
        _SHAPE,
        "行政区划代码为 2、4 或 6 位数字（加引号），全国写 nation。",
        "a region is 2, 4 or 6 digits in quotes, or nation.",
    )
    if code is None:
        return None
    if not regions_within(code[:2]):
        place.refuse(
            f"没有以 {code[:2]} 开头的行政区划；如湖北为 42，广东为 44。",
            f"No region begins with {code[:2]}; Hubei is 42, Guangdong 44.",
        )
        return None
    full = code.ljust(6, "0")
    if not _CITIES.fullmatch(full[2:4]) or full.endswith("99"):
        place.doubt(
            f"没有行政区划 {code}：第三、四位（市、州）应为 01–70 或 90，县级没有 99。请核对代码。",
            f"There is no region {code}: its third and fourth digits (the city) are 01 to 70 or "
            "90, and no county is 99. Check the code.",
        )
    elif full not in regions_within(code):
        place.warn(
            f"行政区划表（shared/kernel/data/regions.csv）中没有 {code}，请核对；确有此地区时"
            "请补入该表，页面才会显示地名。",
            f"The table of regions (shared/kernel/data/regions.csv) has no {code}: check it. If "
            "there is such a region, add it there, so that pages show its name.",
        )
    return code


def read_region_or_nation(place: Place) -> str | None:
    """Six digits."""
    if place.value in ("nation", "全国"):
        return "000000"
    code = read_region(place)
    return None if code is None else code.ljust(6, "0")
