"""Regions: digits in quotes. Our table holds every province, but not every county."""

from __future__ import annotations

import re

from shared.kernel.region import regions_within
from shared.procedures.reading.place import Place

_SHAPE = re.compile(r"([0-9]{2}){1,3}")


def read_region(place: Place) -> str | None:
    """Two, four or six digits, as they are written."""
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
    if code.ljust(6, "0") not in regions_within(code):
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
