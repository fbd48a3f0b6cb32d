"""Errors of the transport itself: addresses, methods, bodies, the database being away."""

from typing import ClassVar

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError

from shared.kernel.errors import DomainError, InvalidField
from shared.kernel.text import Text

LOCATIONS = frozenset(
    {
        "json",
        "query",
        "form",
        "files",
        "headers",
        "path",
        "cookies",
        "json_or_form",
        "querystring",
        "view_args",
    }
)

TITLES = {
    400: Text("请求有误", "Bad request"),
    401: Text("请先登录", "Sign-in required"),
    403: Text("没有权限", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持的操作", "Method not allowed"),
    406: Text("不支持的格式", "Not acceptable"),
    409: Text("与现有情况冲突", "Conflict"),
    410: Text("已不存在", "Gone"),
    412: Text("内容已被更改", "Changed in the meantime"),
    413: Text("内容过大", "Too large"),
    414: Text("地址过长", "Address too long"),
    415: Text("不支持的内容类型", "Unsupported content type"),
    422: Text("内容需要更正", "Correction needed"),
    428: Text("缺少前提条件", "Precondition required"),
    429: Text("请求过多", "Too many requests"),
    431: Text("请求头过大", "Headers too large"),
    500: Text("系统内部错误", "Internal error"),
    502: Text("上游服务出错", "Upstream error"),
    503: Text("暂时无法服务", "Unavailable for now"),
    504: Text("上游服务超时", "Upstream timeout"),
}

DETAILS: dict[int, tuple[str, Text]] = {
    400: ("bad_request", Text("请求的内容无法读取。", "The request cannot be read.")),
    404: ("no_such_address", Text("没有这个地址。", "There is nothing at this address.")),
    405: (
        "method_not_allowed",
        Text("此地址不支持这种操作。", "This address does not take this method."),
    ),
    413: ("too_large", Text("发送的内容太大。", "What was sent is too large.")),
    415: (
        "unsupported_content_type",
        Text(
            "不支持这种内容类型，请使用 application/json。",
            "This content type is not supported; use application/json.",
        ),
    ),
}


# Where an error names no remedy of its own.
REMEDIES = {
    400: Text(
        "请按接口说明（openapi.json）发送 UTF-8 编码的有效 JSON。",
        "Send valid JSON in UTF-8, as the API's document (openapi.json) describes it.",
    ),
    401: Text("请登录后再试。", "Sign in and try again."),
    403: Text(
        "请由有权限的人员办理；您能办理的见“待办”。",
        "Leave it to whose office it is; what you may take is in your worklist.",
    ),
    404: Text(
        "请核对编号或地址，或从列表中重新选择。",
        "Check the number or the address, or choose it from its list again.",
    ),
    405: Text("请改用 Allow 中列出的方法。", "Use one of the methods that Allow lists."),
    409: Text(
        "请刷新，查看最新状态后再办理。", "Reload, look at how it stands now, and decide again."
    ),
    410: Text("请从列表中重新选择。", "Choose it from its list again."),
    412: Text(
        "请刷新，查看最新内容后再办理。", "Reload, look at what it says now, and decide again."
    ),
    413: Text("请缩小后再发送，或分几次发送。", "Send less, or send it in parts."),
    415: Text(
        "请把 Content-Type 改为接口说明中列出的类型。",
        "Set Content-Type to one that the API's document lists.",
    ),
    422: Text("请按提示更正后再提交。", "Correct what is named and send it again."),
}


ON_A_PAGE = Text("请返回上一页，重新填写后再试。", "Go back a page, fill it in anew and try again.")


def remedy(status: int, lang: str, *, on_page: bool) -> str:
    """What to do about an error of this status that says nothing closer; a person at a page knows
    of no methods and content types."""
    if on_page and status in (400, 405, 415):
        return ON_A_PAGE.in_(lang)
    general = REMEDIES[400 if status < 500 else 409]
    return REMEDIES.get(status, general).in_(lang)


def title(status: int, lang: str) -> str:
    return TITLES.get(status, TITLES[500 if status >= 500 else 400]).in_(lang)


class HttpError(DomainError):
    """An error that the framework found; its code and status are those of the instance."""

    zh: ClassVar[str] = "{reason}"
    en: ClassVar[str] = "{reason}"


def http_error(status: int) -> DomainError:
    code, reason = DETAILS.get(status, (f"http_{status}", TITLES.get(status, TITLES[400])))
    if status >= 500:
        return InternalError() if status == 500 else DatabaseBusy()
    kind = type("HttpError", (HttpError,), {"code": code, "status": status})
    made: DomainError = kind(reason=reason)
    return made


class InvalidInput(InvalidField):
    """What a schema refuses."""


class UnreadableValue(InvalidField):
    """What no column can hold: a NUL character, half a character, a number beyond all measure."""

    code: ClassVar[str] = "unreadable_value"
    zh: ClassVar[str] = "内容含有无法保存的字符，或数值超出范围。"
    en: ClassVar[str] = "It holds characters that cannot be kept, or a number out of range."


class InternalError(DomainError):
    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    zh: ClassVar[str] = "系统出错，已记录。"
    en: ClassVar[str] = "Something went wrong; it has been recorded."
    remedy_zh: ClassVar[str | None] = "请稍后再试；如仍出错，请把请求编号告知工作人员。"
    remedy_en: ClassVar[str | None] = "Try again later; if it persists, quote the request id."


class DatabaseUnavailable(DomainError):
    code: ClassVar[str] = "database_unavailable"
    status: ClassVar[int] = 503
    zh: ClassVar[str] = "数据库暂时无法连接，您的请求没有被处理。"
    en: ClassVar[str] = "The database cannot be reached for now; your request was not carried out."
    remedy_zh: ClassVar[str | None] = "请稍后再试。"
    remedy_en: ClassVar[str | None] = "Try again in a moment."


class DatabaseBusy(DatabaseUnavailable):
    code: ClassVar[str] = "busy"
    zh: ClassVar[str] = "系统繁忙，您的请求没有被处理。"
    en: ClassVar[str] = "The system is busy; your request was not carried out."


# lock not available, statement timeout, serialization failure, deadlock, too many connections
BUSY = frozenset({"55P03", "57014", "40001", "40P01", "53300"})


def sqlstate(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def database_failure(error: DBAPIError) -> DomainError | None:
    """None when the statement itself was wrong: a fault of ours, not of the database or the
    person."""
    if isinstance(error, DataError):
        return UnreadableValue()
    state = sqlstate(error)
    if state in BUSY:
        return DatabaseBusy()
    away = state is None or state.startswith(("08", "57P", "25P03"))
    if error.connection_invalidated or (
        away and isinstance(error, (OperationalError, InterfaceError))
    ):
        return DatabaseUnavailable()
    return None
