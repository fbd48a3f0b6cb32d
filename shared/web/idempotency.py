"""Idempotency-Key: a request sent again gets the first answer, also while the first still runs.

The key's row is written in the transaction of the work itself. A second request waits on that row:
if the first commits, it gets the first answer; if the first fails, nothing is kept and it works.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from flask import Response, jsonify, request
from sqlalchemy import Connection, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.persistence import Base, EncryptedJSON

HEADER = "Idempotency-Key"
FORM_FIELD = "idempotency_key"
KEY_SHAPE = re.compile(r"[\x21-\x7e]{1,200}")


class IdempotencyKeyReused(DomainError):
    code: ClassVar[str] = "idempotency_key_reused"
    status: ClassVar[int] = 422
    zh: ClassVar[str] = "同一个 Idempotency-Key 已用于另一个请求。"
    en: ClassVar[str] = "This Idempotency-Key was used for a different request."
    remedy_zh: ClassVar[str | None] = "请为新的请求使用新的 Idempotency-Key。"
    remedy_en: ClassVar[str | None] = "Use a new Idempotency-Key for a new request."


class InvalidIdempotencyKey(DomainError):
    code: ClassVar[str] = "idempotency_key_invalid"
    status: ClassVar[int] = 422
    zh: ClassVar[str] = "Idempotency-Key 应为 1 至 200 个可见 ASCII 字符。"
    en: ClassVar[str] = "An Idempotency-Key is 1 to 200 visible ASCII characters."


class IdempotencyKey(Base):
    """One answered request of one person. The answer may name people, so it is encrypted."""

    __tablename__ = "idempotency_keys"

    person_ref: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    request_digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    created_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Answer:
    """What a request was answered with; `body` is plain JSON, None for a redirect."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        response = Response() if self.body is None else jsonify(self.body)
        response.status_code = self.status
        response.headers.update(self.headers)
        return response


def with_idempotency(
    session: Session, actor: Actor, action: str
) -> Callable[[Callable[[], Answer]], Answer]:
    """`with_idempotency(session, actor, "submit_case")(lambda: Answer(dumped, 201)).response()`.

    Call it first in the unit of work; a request without a key simply works. Raises
    IdempotencyKeyReused (another body or action under the key) and InvalidIdempotencyKey."""

    def answer_once(work: Callable[[], Answer]) -> Answer:
        key = asked_key()
        if key is None:
            return work()
        digest = request_digest()
        if not _insert(session, actor.person_ref, key, action, digest):
            return _first_answer(session, actor.person_ref, key, action, digest)
        answer = work()
        row = session.execute(_row(actor.person_ref, key)).scalar_one()
        row.answer = {"body": answer.body, "status": answer.status, "headers": dict(answer.headers)}
        return answer

    return answer_once


def asked_key() -> str | None:
    """The header, or the hidden field that every form of a page carries."""
    key = request.headers.get(HEADER) or request.form.get(FORM_FIELD)
    if not key:
        return None
    if not KEY_SHAPE.fullmatch(key):
        raise InvalidIdempotencyKey()
    return key


def request_digest() -> str:
    """Of what was asked, whatever the spacing of the JSON or the boundaries of the form."""
    if request.is_json:
        body: Any = request.get_json(silent=True)
        if body is None:
            body = hashlib.sha256(request.get_data()).hexdigest()
    elif request.form or request.files:
        files = [(name, _file_digest(each)) for name, each in request.files.items(multi=True)]
        body = [sorted(request.form.items(multi=True)), sorted(files)]
    else:
        body = hashlib.sha256(request.get_data()).hexdigest()
    asked = [request.method, request.path, sorted(request.args.items(multi=True)), body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _file_digest(upload: Any) -> str:
    digest = hashlib.file_digest(upload.stream, "sha256").hexdigest()
    upload.stream.seek(0)
    return digest


def _row(person_ref: str, key: str) -> Select[IdempotencyKey]:
    return select(IdempotencyKey).where(
        IdempotencyKey.person_ref == person_ref, IdempotencyKey.key == key
    )


def _insert(session: Session, person_ref: str, key: str, action: str, digest: str) -> bool:
    """Waits for a transaction that holds the same key; False when that one committed."""
    statement = (
        insert(IdempotencyKey)
        .values(person_ref=person_ref, key=key, action=action, request_digest=digest)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    return session.execute(statement).first() is not None


def _first_answer(session: Session, person_ref: str, key: str, action: str, digest: str) -> Answer:
    row = session.execute(_row(person_ref, key)).scalar_one()
    if (row.action, row.request_digest) != (action, digest) or row.answer is None:
        raise IdempotencyKeyReused()
    headers = {**row.answer["headers"], "Idempotency-Replayed": "true"}
    return Answer(row.answer["body"], row.answer["status"], headers)


def forget_answers(session: Session | Connection, before: datetime) -> int:
    """Retention: drops the keys written before `before` (wall time), says how many."""
    statement = delete(IdempotencyKey).where(IdempotencyKey.created_at_utc < before)
    return len(session.execute(statement.returning(IdempotencyKey.key)).all())
