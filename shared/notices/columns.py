"""The columns of a notice: what they are called, and codes turned into words. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.kernel.money import yuan
from shared.kernel.occupation import occupation_name
from shared.kernel.region import region_name
from shared.kernel.text import Text
from shared.procedures import FormField, Procedure
from shared.procedures.facts import as_whole
from shared.procedures.verdicts import level_name

# What a service may show beside the form's fields. These names win over a form's label: the column
# `employer` shows a name where the form asks for a credit code.
NAMES = {
    "name": Text("姓名", "Name"),
    "employer": Text("工作单位", "Employer"),
    "unit": Text("推荐单位", "Recommending unit"),
    "occupation": Text("职业", "Occupation"),
    "occupation_name": Text("职业", "Occupation"),
    "level": Text("技能等级", "Skill level"),
    "amount": Text("金额（元）", "Amount (yuan)"),
    "region": Text("地区", "Region"),
    "programme": Text("评选项目", "Programme"),
    "honour": Text("荣誉称号", "Honour"),
    "title": Text("名称", "Title"),
    "score": Text("得分", "Score"),
    "result": Text("结果", "Result"),
    "certificate_no": Text("证书编号", "Certificate number"),
    "issued_on": Text("发证日期", "Date of issue"),
    "identity_number": Text("身份证号码（部分隐藏）", "Identity number (partly hidden)"),
}


def labels_of(procedure: Procedure, shows: Iterable[str]) -> dict[str, dict[str, str]]:
    """{column: {zh, en}}"""
    return {column: _said(_label(procedure, column)) for column in shows}


def in_words(procedure: Procedure, values: Mapping[str, Any]) -> dict[str, Any]:
    """Codes of choices, regions, occupations and levels as {zh, en}, money in yuan; anything else,
    and a value that is no such code, as it is."""
    return {column: _worded(procedure, column, value) for column, value in values.items()}


def _label(procedure: Procedure, column: str) -> Text:
    field = procedure.field(column)
    known = NAMES.get(column)
    return known or (field.label if field is not None else Text(column, column))


def _worded(procedure: Procedure, column: str, value: Any) -> Any:
    field = procedure.field(column)
    kind = field.type if field is not None else column
    if field is not None and kind in ("choice", "boolean"):
        return _option(field, value)
    if kind == "money" and isinstance(value, int):
        return yuan(value)
    if kind == "level":
        level = as_whole(value)
        return value if level is None else _said(level_name(level))
    name = _BY_CODE.get(kind)
    return _named(name, value) if name is not None and isinstance(value, str) else value


def _option(field: FormField, value: Any) -> Any:
    written = str(value).lower() if isinstance(value, bool) else str(value)
    found = next((each for each in field.options if each.value == written), None)
    return value if found is None else _said(found.label)


def _named(name: Callable[[str, str], str], code: str) -> Any:
    zh, en = name(code, "zh"), name(code, "en")
    return code if zh == en == code else {"zh": zh, "en": en}


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


_BY_CODE: dict[str, Callable[[str, str], str]] = {
    "region": region_name,
    "occupation": occupation_name,
}
