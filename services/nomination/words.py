"""What pages call the codes of nomination, in Chinese and English."""

from services.nomination.competitions.rules import TIERS
from shared.kernel.text import Text
from shared.kernel.words import add_words

WORDS = {
    **{f"tier-{code}": text for code, text in TIERS.items()},
    "honour-level-unit": Text("单位级", "Unit"),
    "honour-level-county": Text("县（区）级", "County"),
    "honour-level-city": Text("市级", "City"),
    "honour-level-province": Text("省级", "Province"),
    "honour-level-nation": Text("国家级", "National"),
    "honour-valid": Text("有效", "Valid"),
    "honour-revoked": Text("已撤销", "Revoked"),
    "honour_conferred": Text("授予荣誉", "Honour conferred"),
    "honour_revoked": Text("撤销荣誉", "Honour revoked"),
    "competition_opened": Text("登记竞赛", "Competition registered"),
    "competition_result_corrected": Text("更正竞赛名次", "Competition rank corrected"),
    "competition_result_withdrawn": Text("删除竞赛成绩", "Competition result withdrawn"),
    "competition_cancelled": Text("取消竞赛", "Competition cancelled"),
    "competition_result_recorded": Text("登记竞赛成绩", "Competition result recorded"),
}


def install_words() -> None:
    add_words(WORDS)
