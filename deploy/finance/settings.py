"""The only place here that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

NEEDED = {
    "database_url": "GONGJIANG_FINANCE_DATABASE_URL",
    "bus_url": "GONGJIANG_BUS_URL",
    "subsidy_url": "GONGJIANG_SUBSIDY_URL",
    "bank_url": "GONGJIANG_BANK_URL",
    "token_url": "GONGJIANG_OIDC_TOKEN_URL",
    "client_id": "GONGJIANG_FINANCE_CLIENT_ID",
    "client_secret": "GONGJIANG_FINANCE_CLIENT_SECRET",
}


@dataclass(frozen=True)
class Settings:
    """`ask_first`: ask the bank before every order, while another consumer may still be at work.
    `ask_seconds`: how long after a time-out the bank is asked first. `not_booked_seconds`: how
    long after sending the bank's "no such payment" is final; far longer than any request lives."""

    subsidy_url: str
    bank_url: str
    token_url: str
    client_id: str
    database_url: str = field(repr=False)
    bus_url: str = field(repr=False)
    client_secret: str = field(repr=False)
    ask_seconds: float = 2.0
    send_seconds: float = 5.0
    not_booked_seconds: float = 60.0
    ask_first: bool = False


def from_environ(environ: Mapping[str, str] = os.environ) -> Settings:
    """Exits with all that is missing in one message."""
    missing = [name for name in NEEDED.values() if not environ.get(name)]
    if missing:
        raise SystemExit("缺少设置 / settings are missing: " + ", ".join(missing))
    given = {attribute: environ[name] for attribute, name in NEEDED.items()}
    return Settings(
        subsidy_url=given["subsidy_url"].rstrip("/"),
        bank_url=given["bank_url"].rstrip("/"),
        token_url=given["token_url"],
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        database_url=given["database_url"].replace("postgresql+psycopg://", "postgresql://"),
        bus_url=given["bus_url"],
        ask_seconds=float(environ.get("GONGJIANG_FINANCE_ASK_SECONDS") or 2),
        send_seconds=float(environ.get("GONGJIANG_FINANCE_SEND_SECONDS") or 5),
        not_booked_seconds=float(environ.get("GONGJIANG_FINANCE_NOT_BOOKED_SECONDS") or 60),
        ask_first=environ.get("GONGJIANG_FINANCE_ASK_FIRST") == "1",
    )
