"""Errors of the domain: a stable code, a sentence in Chinese and English, what to do about it.

Their facts may be shown and logged, so no identity number, phone or account goes into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from shared.kernel.text import Text
from shared.kernel.words import Naming


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"  # an error that fails while it is shown would hide what happened


class DomainError(Exception):
    """`zh` and `en` are templates; `{fact}` is filled from the keyword arguments (a `Text` in the
    reader's language, a fact of `names` as it is called there). `row` counts the rows of a list or
    spreadsheet as its reader does."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 422
    zh: ClassVar[str] = "无法办理。"
    en: ClassVar[str] = "This cannot be done."
    remedy_zh: ClassVar[str | None] = None
    remedy_en: ClassVar[str | None] = None
    default_facts: ClassVar[Mapping[str, Any]] = {}
    # facts that are codes, and how each is called where a person reads it
    names: ClassVar[Mapping[str, Naming]] = {}

    def __init__(self, *, field: str | None = None, row: int | None = None, **facts: Any) -> None:
        super().__init__()
        self.field = field
        self.row = row
        self.facts: dict[str, Any] = {**self.default_facts, **facts}

    def text(self, lang: str) -> str:
        return self._filled(self.en if lang == "en" else self.zh, lang)

    def remedy(self, lang: str) -> str | None:
        template = self.remedy_en if lang == "en" else self.remedy_zh
        return None if template is None else self._filled(template, lang)

    def _filled(self, template: str, lang: str) -> str:
        return template.format_map(
            _Facts({name: self._shown(name, value, lang) for name, value in self.facts.items()})
        )

    def _shown(self, name: str, value: Any, lang: str) -> Any:
        if isinstance(value, Text):
            return value.in_(lang)
        return self.names[name](value, lang) if name in self.names else value

    @property
    def codes(self) -> dict[str, Any]:
        """The facts that are codes, for programs that read the error."""
        return {
            name: list(value) if isinstance(value, (tuple, list)) else str(value)
            for name, value in self.facts.items()
            if name in self.names and not isinstance(value, Text)
        }

    def __str__(self) -> str:
        return f"{self.code}: {self.text('en')}"


class Errors(DomainError):
    """Several errors at once, so that a person can mend all of them in one go."""

    code = "several_errors"
    zh = "有 {count} 处需要更正。"
    en = "{count} things need correcting."
    one_en: ClassVar[str] = "1 thing needs correcting."
    remedy_zh = "请逐项更正后再提交。"
    remedy_en = "Correct each of them and send it again."

    def __init__(self, errors: Sequence[DomainError]) -> None:
        super().__init__(count=len(errors))
        self.errors: list[DomainError] = list(errors)

    def text(self, lang: str) -> str:
        return self.one_en if lang == "en" and len(self.errors) == 1 else super().text(lang)


class NotFound(DomainError):
    code = "not_found"
    status = 404
    zh = "没有找到{what}。"
    en = "There is no such {what}."
    default_facts: ClassVar[Mapping[str, Any]] = {"what": Text("所请求的内容", "thing")}


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    zh = "您没有办理此事的权限。"
    en = "You are not allowed to do this."


class Conflict(DomainError):
    code = "conflict"
    status = 409
    zh = "与现有数据冲突。"
    en = "This conflicts with what is already there."


class StaleVersion(DomainError):
    code = "stale_version"
    status = 412
    zh = "您打开之后，内容已被他人更改。"
    en = "It was changed by somebody else after you opened it."
    remedy_zh = "请刷新页面，查看最新内容后再办理。"
    remedy_en = "Reload the page, look at what it says now, and decide again."


class InvalidField(DomainError):
    """`reason` says what is wrong with `field`; a `Text`, or text that needs no translation."""

    code = "invalid_field"
    zh = "{reason}"
    en = "{reason}"
    default_facts: ClassVar[Mapping[str, Any]] = {
        "reason": Text("填写不正确。", "This is not filled in correctly.")
    }
