"""Encrypted columns, lookup by keyed hash, key rotation and the names of constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, Text, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.kernel.errors import Conflict, DomainError
from shared.notices.model import EntryStatus, Notice, NoticeEntry, Objection
from shared.persistence import (
    EncryptedJSON,
    EncryptedText,
    Keyring,
    Sessions,
    install_keyring,
    open_engine,
    open_sessions,
)
from shared.persistence.constraint_errors import register, translate
from shared.persistence.rotation import rotate_keys

LOOKUP = b"lookup-key-of-the-tests-32-bytes"
PHONE = "13812345678"


class Scratch(DeclarativeBase):
    pass


class Payee(Scratch):
    __tablename__ = "payees"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str | None] = mapped_column(EncryptedText)
    account_lookup: Mapped[str] = mapped_column(Text, unique=True)
    details: Mapped[dict[str, str] | None] = mapped_column(EncryptedJSON)


class AccountTaken(DomainError):
    code = "account_taken"


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    engine = open_engine(empty_database, "test")
    Scratch.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_what_is_encrypted_is_found_by_its_lookup_and_read_back(
    engine: Engine, keyring: Keyring
) -> None:
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        payee = Payee(account="6217", account_lookup=keyring.lookup("6217"), details={"行": "工商"})
        session.add(payee)
    with sessions.begin() as session:
        found = session.query(Payee).filter_by(account_lookup=keyring.lookup("6217")).one()
        assert (found.account, found.details) == ("6217", {"行": "工商"})
    with engine.connect() as connection:
        account, details = connection.execute(text("SELECT account, details FROM payees")).one()
    assert account.startswith("k1:") and "6217" not in account
    assert details.startswith("k1:") and "工商" not in details


def test_nothing_stays_nothing(engine: Engine, keyring: Keyring) -> None:
    with open_sessions(engine).begin() as session:
        session.add(Payee(account=None, account_lookup="", details=None))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT account, details FROM payees")).one() == (None, None)


def test_a_violated_constraint_becomes_the_error_of_the_domain(
    engine: Engine, keyring: Keyring
) -> None:
    register("payees_account_lookup_key", AccountTaken)
    register("payees_account_lookup_key", AccountTaken)
    with pytest.raises(ValueError):
        register("payees_account_lookup_key", Conflict)
    sessions = open_sessions(engine)
    with pytest.raises(IntegrityError) as twice, sessions.begin() as session:
        session.add_all([Payee(account_lookup="x"), Payee(account_lookup="x")])
    assert isinstance(translate(twice.value), AccountTaken)
    with pytest.raises(IntegrityError) as other, sessions.begin() as session:
        session.add(Payee(account_lookup=None))
    assert translate(other.value) is None


def add_objection(sessions: Sessions, contact: str) -> None:
    with sessions.begin() as session:
        now = session.scalar(text("SELECT now()"))
        notice = Notice(
            **dict.fromkeys(("id", "procedure", "procedure_version", "step_key", "region"), "x"),
            **dict.fromkeys(("title_zh", "title_en"), "x"),
            **dict.fromkeys(("length_wd", "settle_wd"), 5),
            **dict.fromkeys(("opened_at_utc", "publish_at_utc"), now),
            first_day_counts=True,
            anonymous=True,
            shows=[],
            labels={},
            office={},
        )
        entry = NoticeEntry(
            id="e", notice=notice, case_id="c", subject="s", shown={}, status=EntryStatus.SHOWN
        )
        session.add(
            Objection(
                id="o",
                entry=entry,
                named=True,
                name="周敏",
                contact=contact,
                grounds="…",
                lodged_at_utc=now,
                due_at_utc=now,
            )
        )


def test_rotation_encrypts_everything_under_the_new_key_and_can_be_repeated(
    database: Callable[[str], str],
) -> None:
    engine = open_engine(database("subsidy"), "test")
    sessions = open_sessions(engine)
    install_keyring(Keyring({"old": b"0" * 32}, "old", LOOKUP))
    add_objection(sessions, PHONE)
    both = Keyring({"new": b"1" * 32, "old": b"0" * 32}, "new", LOOKUP)
    assert rotate_keys(engine, "subsidy", both) == 2
    assert rotate_keys(engine, "subsidy", both) == 0
    install_keyring(Keyring({"new": b"1" * 32}, "new", LOOKUP))
    with sessions.begin() as session:
        assert session.get_one(Objection, "o").contact == PHONE
    engine.dispose()
