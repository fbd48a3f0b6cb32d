"""Times as banks write them."""

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
YEARS = range(2000, 9999)  # what every clock and database here can hold


def read_moment(text: object) -> datetime | None:
    """In UTC; a time without a zone is Beijing time 北京时间. None for what is no time."""
    try:
        moment = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None or moment.year not in YEARS:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).astimezone(UTC)
