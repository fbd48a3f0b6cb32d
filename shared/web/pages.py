"""The frame of every page: languages, the names that templates use, filters.

Messages are written in Chinese in templates and code; shared/web/translations (and a service's own
`translations/`) hold their English. The catalogues are read from .po files: nothing is compiled.
"""

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

from shared.kernel.bank_account import mask_account
from shared.kernel.identity_number import mask_identity_number
from shared.kernel.ids import new_id
from shared.kernel.money import yuan
from shared.kernel.phone import mask_phone
from shared.kernel.region import region_name
from shared.kernel.text import Text
from shared.web.access import actor_or_none, may_open
from shared.web.languages import language, locale
from shared.web.words import colour, word

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = Path(__file__).parent
LEVELS = {
    "5": Text("五级/初级工", "Level 5 (junior)"),
    "4": Text("四级/中级工", "Level 4 (intermediate)"),
    "3": Text("三级/高级工", "Level 3 (senior)"),
    "2": Text("二级/技师", "Level 2 (technician)"),
    "1": Text("一级/高级技师", "Level 1 (senior technician)"),
}
MASKS = {
    "identity_number": mask_identity_number,
    "phone": mask_phone,
    "bank_account": mask_account,
}


class PoCatalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's messages out of .po files, later directories over earlier ones."""

    def __init__(self, directories: Iterable[Path]) -> None:
        super().__init__()
        self._directories = tuple(directories)
        self._read: dict[str, Translations] = {}

    def get_translations(self) -> Any:
        name = str(get_locale() or "zh_Hans")
        if name not in self._read:
            merged = Translations()
            for directory in self._directories:
                path = directory / name / "LC_MESSAGES" / "messages.po"
                if path.exists():
                    merged.merge(_translations(path))
            self._read[name] = merged
        return self._read[name]


def _translations(path: Path) -> Translations:
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)


def install_pages(app: Flask, translations: Iterable[Path] = ()) -> None:
    babel = Babel()
    babel.domain_instance = PoCatalogues([HERE / "translations", *translations])
    babel.init_app(
        app, default_locale="zh_Hans", default_timezone="Asia/Shanghai", locale_selector=locale
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        lang=in_language,
        moment=moment,
        day=day,
        yuan=yuan,
        word=word,
        region=region,
        masked=masked,
        iso=iso,
    )
    app.context_processor(_names)


def _names() -> dict[str, Any]:
    return {
        "lang": language(),
        "colon": ": " if language() == "en" else "：",
        "comma": ", " if language() == "en" else "、",
        "actor": actor_or_none(),
        "may_open": may_open,
        "here": request.full_path.rstrip("?"),
        "static_file": static_file,
        "new_key": new_id,
        "colour": colour,
        "levels": levels,
        "yuan_or_text": yuan_or_text,
    }


def in_language(text: Any) -> str:
    """A Text, or the {zh, en} of an API answer, in the reader's language."""
    if isinstance(text, Text):
        return text.in_(language())
    if isinstance(text, dict):
        return str(text.get(language()) or text.get("zh") or "")
    return "" if text is None else str(text)


def moment(value: datetime | str | None) -> str:
    """2024-03-04 18:00 in Shanghai; takes ISO 8601 text as well."""
    return "" if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


def day(value: datetime | str | None) -> str:
    return "" if value is None else _local(value).strftime("%Y-%m-%d")


def _local(value: datetime | str) -> datetime:
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.astimezone(SHANGHAI)


def iso(value: datetime | str | None) -> str:
    return value.isoformat() if isinstance(value, datetime) else value or ""


def levels() -> list[tuple[str, str]]:
    """The skill levels (职业技能等级), the lowest first."""
    return [(code, text.in_(language())) for code, text in LEVELS.items()]


def yuan_or_text(value: Any) -> str:
    """Fen as yuan; what a person wrote and was refused stays as written."""
    return yuan(value) if isinstance(value, int) else "" if value is None else str(value)


def region(code: str | None) -> str:
    return "" if code is None else region_name(code, language())


def masked(value: Any, field_type: str) -> str:
    """Personal fields are shown masked; other fields as they are."""
    if value is None:
        return ""
    mask = MASKS.get(field_type)
    return mask(str(value)) if mask else str(value)


@cache
def static_file(name: str) -> str:
    """The address of a static file, with its digest, so that it may be cached for ever."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
