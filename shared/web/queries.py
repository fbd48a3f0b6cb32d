"""What may stand behind the `?` of an address: what its view declares, and nothing else.

A JSON route declares it by flask-smorest's `arguments(…, location="query")`, a page by `takes`;
a view without a declaration takes nothing. The check runs before the view, so that a misspelt
filter is never answered as if nothing had been asked for."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar, cast

from flask import current_app, g, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.kernel.errors import DomainError, Errors, InvalidField
from shared.kernel.text import Text
from shared.web.languages import is_api
from shared.web.problems import validation_errors

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__gongjiang_query__"
MOST_NAMED = 30
# What WeChat and advertisements add to a link that somebody passes on; pages let it pass.
LINK_MARKS = frozenset({"from", "isappinstalled", "utm_source", "utm_medium", "utm_campaign"})


class AnyQuery(Schema):
    """For addresses that another system calls with parameters of its own (a sign-in's return)."""


class NoQuery(Schema):
    pass


class PageAfter(Schema):
    """The filter that every list page has: the `next` of the page before."""

    after = fields.String(load_default=None)


class UnknownParameter(InvalidField):
    code: ClassVar[str] = "unknown_parameter"
    zh: ClassVar[str] = "此地址没有这个参数。"
    en: ClassVar[str] = "This address has no such parameter."
    remedy_zh: ClassVar[str | None] = "{hint}"
    remedy_en: ClassVar[str | None] = "{hint}"


class RepeatedParameter(InvalidField):
    code: ClassVar[str] = "repeated_parameter"
    zh: ClassVar[str] = "此参数只能给出一次。"
    en: ClassVar[str] = "This parameter may be given only once."


class UnknownValue(InvalidField):
    code: ClassVar[str] = "unknown_value"
    zh: ClassVar[str] = "没有可供筛选的这个值。"
    en: ClassVar[str] = "There is no such value to filter by."
    remedy_zh: ClassVar[str | None] = "{hint}"
    remedy_en: ClassVar[str | None] = "{hint}"


def takes(schema: type[Schema]) -> Callable[[View], View]:
    """Declares what the page's address may carry; `asked()` gives it to the view."""

    def mark(view: View) -> View:
        setattr(view, MARK, schema)
        return view

    return mark


def asked() -> dict[str, Any]:
    """What this request's address carries, as the schema of its view loaded it."""
    return cast(dict[str, Any], g.asked)


def ensure_known(field: str, value: str | None, known: Iterable[str]) -> None:
    """Raises UnknownValue, naming the nearest or all that there are."""
    names = sorted(set(known))
    if value and value not in names:
        raise UnknownValue(field=field, hint=_hint(value, names))


def query_schema(view: Any) -> Schema:
    """What a view declares; NoQuery where it declares nothing."""
    declared = getattr(view, MARK, None)
    if declared is None:
        documented = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
        found = [each["schema"] for each in documented if each.get("in") == "query"]
        declared = found[0] if found else NoQuery
    return declared() if isinstance(declared, type) else cast(Schema, declared)


def enforce_query() -> None:
    """Before every request, behind the check of access. Raises Errors (422)."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    schema = query_schema(current_app.view_functions[request.endpoint])
    if isinstance(schema, AnyQuery):
        return
    wrong = list(_wrong_names(schema))
    try:
        g.asked = schema.load(request.args.to_dict(), unknown=EXCLUDE)
    except ValidationError as error:
        wrong += validation_errors(error.messages, top=False)
    if wrong:
        raise Errors(wrong)


def _wrong_names(schema: Schema) -> Iterator[DomainError]:
    allowed = [field.data_key or name for name, field in schema.load_fields.items()]
    for name, values in request.args.lists():
        if name not in allowed:
            if is_api() or name not in LINK_MARKS:
                yield UnknownParameter(field=name[:100], hint=_hint(name, allowed))
        elif len(values) > 1:
            yield RepeatedParameter(field=name)


def _hint(given: str, allowed: list[str]) -> Text:
    near = get_close_matches(given, allowed, n=3)
    if near or len(allowed) > MOST_NAMED:
        names = ", ".join(near or allowed[:MOST_NAMED])
        return Text(f"是否指：{names}。", f"Did you mean: {names}?")
    if not allowed:
        return Text("此处不带参数。", "It takes none here.")
    names = ", ".join(allowed)
    return Text(f"可用：{names}。", f"There are: {names}.")


def one_of(*values: str) -> fields.String:
    """A filter by one of these; an empty one, as a form sends it, is none."""
    return fields.String(load_default=None, validate=validate.OneOf(["", *values]))
