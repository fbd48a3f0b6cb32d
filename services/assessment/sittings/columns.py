"""The columns of a roster, and the words that may stand in them."""

from typing import Final

from services.assessment.spreadsheets.reading import Column

ROSTER: Final = (
    Column("name", "姓名", "Name"),
    Column("identity_number", "身份证号码", "Identity number"),
    Column("phone", "手机号码", "Mobile", required=False),
    Column("condition", "申报条件", "Condition chosen"),
    Column("years_in_occupation", "从业年限", "Years in occupation", required=False),
    Column("previous_certificate_no", "原证书编号", "Previous certificate", required=False),
    Column("previous_level", "原证书等级", "Previous level", required=False),
    Column("previous_issued_on", "原证书发证日期", "Previous issue date", required=False),
    Column("graduation", "毕业情况", "Graduation", required=False),
    Column("graduation_related", "专业是否相关", "Related specialty", required=False),
    Column("title_level", "职称", "Professional title", required=False),
    Column("title_years", "取得职称年限", "Years since title", required=False),
    Column("apprenticeship_finished", "学徒期满", "Apprenticeship finished", required=False),
)
BY_KEY: Final = {column.key: column for column in ROSTER}

# What a person writes -> the fact's value (shared/procedures/README.md).
GRADUATION: Final = {
    "": "none",
    "无": "none",
    "none": "none",
    "中职": "vocational",
    "中专": "vocational",
    "技工学校": "vocational",
    "vocational": "vocational",
    "高级技工学校": "senior_technical",
    "技师学院": "senior_technical",
    "senior_technical": "senior_technical",
    "大专": "college",
    "高职": "college",
    "college": "college",
    "本科": "university",
    "university": "university",
}
TITLE: Final = {
    "": "none",
    "无": "none",
    "none": "none",
    "初级": "junior",
    "junior": "junior",
    "中级": "intermediate",
    "intermediate": "intermediate",
    "高级": "senior",
    "senior": "senior",
}
YES_NO: Final = {
    "": False,
    "否": False,
    "no": False,
    "false": False,
    "是": True,
    "yes": True,
    "true": True,
}
LEVELS: Final = {
    "五级": "5",
    "初级工": "5",
    "五级/初级工": "5",
    "四级": "4",
    "中级工": "4",
    "四级/中级工": "4",
    "三级": "3",
    "高级工": "3",
    "三级/高级工": "3",
    "二级": "2",
    "技师": "2",
    "二级/技师": "2",
    "一级": "1",
    "高级技师": "1",
    "一级/高级技师": "1",
} | {digit: digit for digit in "12345"}
