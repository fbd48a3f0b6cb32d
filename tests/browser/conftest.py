"""Chromium, and the people who use it. Without Chromium the whole layer is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import PHONE, Visitor
from tests.servers.system import System

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_runtest_setup() -> None:
    """Before any fixture: nobody starts a system for tests that cannot run."""
    if not CHROMIUM.exists():
        pytest.skip(f"browser: {CHROMIUM} is not installed")


# Of the package, not of the session: while Playwright runs, asyncio.run() is refused in its thread.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, system: System) -> Iterator[Callable[..., Visitor]]:
    """`visit("jinggong-worker1")` gives that person signed in, `visit(None)` the public; both on a
    browser of their own. `javascript`, `language` and `viewport` as asked."""
    contexts = []

    def one(
        username: str | None,
        *,
        javascript: bool = True,
        language: str = "zh-CN",
        viewport: tuple[int, int] = PHONE,
    ) -> Visitor:
        context = chromium.new_context(
            base_url=system.url,
            java_script_enabled=javascript,
            locale=language,
            viewport={"width": viewport[0], "height": viewport[1]},
        )
        contexts.append(context)
        visitor = Visitor(context.new_page(), username or "")
        if username is not None:
            visitor.sign_in()
        return visitor

    yield one
    for context in contexts:
        context.close()
