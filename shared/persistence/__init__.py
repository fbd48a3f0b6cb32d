"""The database: the declarative base, engines, the unit of work, encryption, migrations.

A SQLAlchemy Session is the unit of work. Handlers get it and never commit; the edge does
`with sessions.begin() as session:`."""

from shared.persistence.database import (
    Base,
    Sessions,
    insert_new,
    insert_rows,
    open_engine,
    open_sessions,
)
from shared.persistence.encryption import (
    EncryptedJSON,
    EncryptedText,
    Keyring,
    install_keyring,
    installed_keyring,
)
from shared.persistence.guards import append_only

__all__ = [
    "Base",
    "EncryptedJSON",
    "EncryptedText",
    "Keyring",
    "Sessions",
    "append_only",
    "insert_new",
    "insert_rows",
    "install_keyring",
    "installed_keyring",
    "open_engine",
    "open_sessions",
]
