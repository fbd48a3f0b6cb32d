"""What a view reaches: the unit of work and the office of its service. Set by create_web."""

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from shared.persistence import Sessions
from shared.web.settings import WebSettings

EXTENSION = "gongjiang.web"


@dataclass(frozen=True)
class WebParts:
    settings: WebSettings
    sessions: Sessions | None
    office: Any


def web_parts() -> WebParts:
    return cast(WebParts, current_app.extensions[EXTENSION])


def sessions() -> Sessions:
    """`with sessions().begin() as session:` is the unit of work of a view; the view commits by
    leaving it."""
    made = web_parts().sessions
    if made is None:
        raise RuntimeError("this process has no database")
    return made


def current_office() -> Any:
    """What the composition root gave as `office`: the service's CaseOffice."""
    return web_parts().office
