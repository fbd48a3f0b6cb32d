"""On a phone a table's headings are read out, and widen nothing."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

CSS = Path(__file__).parents[2] / "shared" / "web" / "static" / "gongjiang.css"
PAGE = """<!doctype html><meta name="viewport" content="width=device-width">
<table class="stacked"><thead><tr>{headings}</tr></thead>
<tbody><tr><td data-label="编号">CLM-2024-000001</td></tr></tbody></table>"""


def test_headings_wider_than_a_phone_do_not_widen_the_page(chromium: Browser) -> None:
    headings = "".join(f"<th>统一社会信用代码与单位名称 {n}</th>" for n in range(9))
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(PAGE.format(headings=headings))
    page.add_style_tag(content=CSS.read_text(encoding="utf-8"))

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("thead").evaluate("each => each.getBoundingClientRect().width") <= 1
    assert page.get_by_role("columnheader").count() == 9
    page.close()
