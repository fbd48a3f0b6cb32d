"""Key rotation: what is encrypted under an older key is encrypted anew under the active one."""

from __future__ import annotations

from sqlalchemy import Column, Engine, Table, Text, and_, cast, column, not_, select, table, update

from shared.persistence.database import Base
from shared.persistence.encryption import EncryptedJSON, EncryptedText, Keyring
from shared.persistence.model_modules import load_models, own_tables, shared_tables

BATCH = 500


def rotate_keys(engine: Engine, service: str, keyring: Keyring) -> int:
    """Re-encrypts every value of the service's database that is not under the active key; how
    many. It may run while the service does, and again after it was stopped half way. When it has
    returned 0 for every service, the older keys can be taken away."""
    load_models(service)
    names = shared_tables() | own_tables(service)
    return sum(
        _rotate(engine, each, encrypted, keyring)
        for each in Base.metadata.sorted_tables
        if each.name in names
        for encrypted in each.columns
        if isinstance(encrypted.type, EncryptedText | EncryptedJSON)
    )


def _rotate(engine: Engine, mapped: Table, encrypted: Column[str], keyring: Keyring) -> int:
    done = 0
    while batch := _rotate_batch(engine, mapped, encrypted.name, keyring):
        done += batch
    return done


def _rotate_batch(engine: Engine, mapped: Table, name: str, keyring: Keyring) -> int:
    """Works on the ciphertext itself. A row that changes meanwhile is left to the next batch."""
    keys = [key.name for key in mapped.primary_key]
    stored = column(name, Text)
    bare = table(mapped.name, stored, *(column(key, mapped.c[key].type) for key in keys))
    outdated = not_(cast(bare.c[name], Text).startswith(f"{keyring.active}:", autoescape=True))
    statement = select(*(bare.c[key] for key in keys), bare.c[name]).where(outdated).limit(BATCH)
    with engine.begin() as connection:
        rows = connection.execute(statement).all()
        for *values, old in rows:
            same = and_(*(bare.c[key] == value for key, value in zip(keys, values, strict=True)))
            connection.execute(
                update(bare)
                .where(same, bare.c[name] == old)
                .values({name: keyring.encrypt(keyring.decrypt(old))})
            )
    return len(rows)
