"""Which language a request asks for: zh (first) or en."""

from typing import Literal, cast

from flask import has_request_context, request

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LANGUAGE_COOKIE = "lang"


def language() -> Language:
    """Pages follow the cookie of the language switch first, the API Accept-Language."""
    if not has_request_context():
        return "zh"
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    chosen: Language | None = next((each for each in LANGUAGES if each == cookie), None)
    asked = _asked()
    first, second = (asked, chosen) if is_api() else (chosen, asked)
    return first or second or "zh"


def _asked() -> Language | None:
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en", "en-US", "en-GB"])
    return cast(Language, best[:2]) if best else None


def is_api() -> bool:
    return "/api/" in request.path


def locale() -> str:
    """What Flask-Babel calls the language."""
    return "en" if language() == "en" else "zh_Hans"
