"""One list over the three services, read with the person's own token through their public API.

A service that does not answer is named, never left out silently. A page shows everything up to a
boundary: the earliest last row of the services that have more. The cursor keeps, for each service,
where its pages are, and the boundary; rows up to it were shown."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from shared.web.paging import InvalidCursor, decode_cursor, encode_cursor

log = structlog.get_logger("portal")
WITHOUT_DUE = "9999"
END = "end"
Key = tuple[str, str]


@dataclass(frozen=True)
class ServicePage:
    """What one service answered; `items` is None when it did not."""

    service: str
    items: list[dict[str, Any]] | None
    next: str | None = None


@dataclass(frozen=True)
class MergedPage:
    items: list[dict[str, Any]]
    away: list[str]
    next: str | None


@dataclass(frozen=True)
class ServiceApis:
    """`urls`: service -> its address, the part before /api/v1."""

    urls: Mapping[str, str]
    http: httpx.Client

    def pages(
        self, path: str, token: str, lang: str, cursors: Mapping[str, str | None], limit: int
    ) -> list[ServicePage]:
        """Asks all services whose cursor is not at its end, side by side."""
        asked = [name for name in self.urls if cursors.get(name) != END]
        if not asked:
            return []
        with ThreadPoolExecutor(max_workers=len(asked)) as pool:
            return list(
                pool.map(
                    lambda name: self._page(name, path, token, lang, cursors.get(name), limit),
                    asked,
                )
            )

    def _page(
        self, service: str, path: str, token: str, lang: str, after: str | None, limit: int
    ) -> ServicePage:
        query = {"limit": str(limit), **({"after": after} if after else {})}
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang}
        url = f"{self.urls[service]}/api/v1{path}"
        try:
            answer = self.http.get(url, params=query, headers=headers)
            answer.raise_for_status()
            body = answer.json()
            return ServicePage(service, list(body["items"]), body.get("next"))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("service_away", service=service, error=type(error).__name__)
            return ServicePage(service, None)


def key_of(task: Mapping[str, Any]) -> Key:
    """Overdue first, that is by due time; tasks without one come last."""
    due = task.get("due_at_utc")
    if due is None:
        return (WITHOUT_DUE, str(task["id"]))
    moment = datetime.fromisoformat(due).astimezone(UTC)
    return (moment.isoformat(timespec="microseconds"), str(task["id"]))


def merged(pages: list[ServicePage], cursors: Mapping[str, str | None], shown: Key) -> MergedPage:
    """`shown` is the boundary of the page before, ("", "") at the start."""
    lasts = [key_of(page.items[-1]) for page in pages if page.items and page.next]
    boundary = min(lasts) if lasts else None
    items = [
        {**task, "service": page.service}
        for page in pages
        for task in page.items or ()
        if key_of(task) > shown and (boundary is None or key_of(task) <= boundary)
    ]
    away = [page.service for page in pages if page.items is None]
    if boundary is None:
        return MergedPage(sorted(items, key=key_of), away, None)
    after = {**cursors, **{page.service: _next(page, cursors, boundary) for page in pages}}
    return MergedPage(sorted(items, key=key_of), away, encode_worklist(after, boundary))


def _next(page: ServicePage, cursors: Mapping[str, str | None], boundary: Key) -> str | None:
    """Past its page if all of it was shown, else the same page again."""
    kept = cursors.get(page.service)
    if page.items is None:
        return kept
    if page.items and key_of(page.items[-1]) > boundary:
        return kept
    return page.next or END


def encode_worklist(cursors: Mapping[str, str | None], boundary: Key) -> str:
    flat = [value for name in sorted(cursors) for value in (name, cursors[name])]
    return encode_cursor(*boundary, *flat)


def decode_worklist(cursor: str | None, services: list[str]) -> tuple[dict[str, str | None], Key]:
    """Raises InvalidCursor for anything that `encode_worklist` did not make for these services."""
    if not cursor:
        return dict.fromkeys(services), ("", "")
    values = decode_cursor(cursor, *([str] * (2 + 2 * len(services))))
    names, afters = values[2::2], values[3::2]
    if list(names) != sorted(services) or None in values[:2]:
        raise InvalidCursor(field="after")
    return dict(zip(names, afters, strict=True)), (values[0], values[1])
