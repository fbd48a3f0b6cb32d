"""What a person does in a browser: sign in, fill in a form, find a task and decide it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.servers.system import PASSWORD, until

PHONE = (390, 844)
DESK = (1280, 900)
SLOW_MS = 20_000.0

_POST_FORM = """async ([path, fields]) => {
  const answer = await fetch(path, {
    method: "POST", body: new URLSearchParams(fields), headers: {Accept: "text/html"},
  });
  return [answer.status, await answer.text()];
}"""


@dataclass
class Visitor:
    page: Page
    username: str

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SLOW_MS)
        expect.set_options(timeout=SLOW_MS)

    def open(self, path: str) -> int:
        """Goes there by address; answers the status."""
        answer = self.page.goto(path)
        assert answer is not None, path
        return answer.status

    def sign_in(self) -> None:
        """Through the start page's link and the provider's page."""
        self.open("/")
        self.page.locator("header a[href^='/sign-in']").click()
        self.page.locator("#username").fill(self.username)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("form", has=self.page.locator("#password")).get_by_role("button").click()
        expect(self.page.locator("form[action='/sign-out']")).to_be_visible()

    def fill(self, answers: Mapping[str, str]) -> None:
        """By label, as it stands on the page, with or without its “optional”."""
        for label, answer in answers.items():
            said = re.compile(rf"^{re.escape(label)}( ?（选填）)?$")
            self.page.get_by_label(said).fill(answer)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def decide(self, case_id: str, outcome: str, reason: str = "", **figures: str) -> None:
        """Finds the case in the worklist, opens it and answers."""
        self.open_task(case_id)
        for name, value in figures.items():
            self.page.locator(f"#field-{name}").fill(value)
        self.page.locator(f"input[name=outcome][value={outcome}]").check()
        if reason:
            self.page.get_by_label(re.compile("^(理由|Reason)")).fill(reason)
        self.page.locator("form[action$='/decision'] button[type=submit]").click()
        expect(self.page.locator("form[action$='/decision']")).to_have_count(0)

    def open_task(self, case_id: str) -> None:
        def there() -> bool:
            self.open("/worklist")
            return self.page.get_by_role("link", name=case_id).count() > 0

        until(there, f"{case_id} is in the worklist of {self.username}")
        self.page.get_by_role("link", name=case_id).click()
        expect(self.page.locator("form[action$='/decision']")).to_be_visible()

    def waits_to_see(self, path: str, text: str, seconds: float = 60.0) -> None:
        def shown() -> bool:
            self.open(path)
            return text in self.page.locator("main").inner_text()

        until(shown, f"{path} shows {text}", seconds)

    def posts_a_form(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """The form of a page that this person was not shown, sent from a page of the site."""
        status, text = self.page.evaluate(_POST_FORM, [path, dict(fields)])
        return int(status), str(text)

    def main_text(self) -> str:
        return self.page.locator("main").inner_text()

    def width_beyond_the_screen(self) -> int:
        """How far the page can be pushed sideways, in pixels."""
        wide: Any = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return int(wide)
