"""marshmallow's own sentences in Chinese; the English ones are marshmallow's."""

import re

from shared.kernel.text import Text

PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "请填写此项。"),
    (r"Field may not be null\.", "此项不能为空。"),
    (r"Unknown field\.", "没有这个字段。"),
    (r"Invalid input type\.", "内容的类型不正确。"),
    (r"Invalid value\.", "内容无效。"),
    (r"Not a valid string\.", "应为文字。"),
    (r"Not a valid utf-8 string\.", "应为 UTF-8 文字。"),
    (r"Not a valid integer\.", "应为整数。"),
    (r"Not a valid number\.", "应为数字。"),
    (r"Number too large\.", "数字过大。"),
    (r"Special numeric values \(nan or infinity\) are not permitted\.", "应为普通数字。"),
    (r"Not a valid boolean\.", "应为是或否。"),
    (r"Not a valid date\.", "日期不正确，应形如 2024-03-04。"),
    (r"Not a valid datetime\.", "时间不正确，应形如 2024-03-04T09:00:00+08:00。"),
    (r"Not a valid naive datetime\.", "时间不应带时区。"),
    (r"Not a valid aware datetime\.", "时间应带时区。"),
    (r"Not a valid time\.", "时刻不正确。"),
    (r"Not a valid UUID\.", "标识不正确。"),
    (r"Not a valid URL\.", "网址不正确。"),
    (r"Not a valid email address\.", "电子邮箱不正确。"),
    (r"Not a valid list\.", "应为列表。"),
    (r"Not a valid tuple\.", "应为列表。"),
    (r"Not a valid mapping type\.", "应为对象。"),
    (r"Not a valid file\.", "应为文件。"),
    (r"Invalid JSON body\.", "内容不是有效的 JSON。"),
    (r"Must be one of: (.+)\.", "应为以下之一：{0}。"),
    (r"Must be equal to (.+)\.", "应等于 {0}。"),
    (r"Must be greater than or equal to (\S+)\.", "应不小于 {0}。"),
    (r"Must be less than or equal to (\S+)\.", "应不大于 {0}。"),
    (
        r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
        "应在 {0} 与 {1} 之间。",
    ),
    (r"Must be greater than (\S+)\.", "应大于 {0}。"),
    (r"Must be less than (\S+)\.", "应小于 {0}。"),
    (r"Shorter than minimum length (\d+)\.", "不能少于 {0} 个字符。"),
    (r"Longer than maximum length (\d+)\.", "不能超过 {0} 个字符。"),
    (r"Length must be between (\d+) and (\d+)\.", "长度应在 {0} 与 {1} 之间。"),
    (r"Length must be (\d+)\.", "长度应为 {0}。"),
    (r"String does not match expected pattern\.", "格式不正确。"),
    (r"One or more of the choices you made was not in: (.+)\.", "选项应来自：{0}。"),
    (r"Invalid input\.", "内容无效。"),
)
_COMPILED = tuple((re.compile(pattern), zh) for pattern, zh in PATTERNS)


def wording(message: str) -> Text:
    """A sentence that is not marshmallow's own (a schema's `error_messages`) stays as it is."""
    for pattern, zh in _COMPILED:
        if match := pattern.fullmatch(message):
            return Text(zh=zh.format(*match.groups()), en=message)
    return Text(zh=message, en=message)
