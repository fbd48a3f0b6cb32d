"""What the columns of a notice are called, and codes turned into words."""

from shared.notices.columns import in_words, labels_of
from shared.procedures import Procedure

DOCUMENT = """
id: test-honour
title: {zh: 测试荣誉, en: Test honour}
version: t1
region: "420303"
effective: {from: 2020-01-01}
source: {zh: 测试, mark: INFER}
applicant: [worker]
form:
  - {field: employer, type: credit_code, label: {zh: 单位统一社会信用代码, en: Credit code}}
  - {field: post, type: choice, label: {zh: 岗位, en: Post}, options: [
      {value: front_line, zh: 一线职工, en: front-line worker}]}
  - {field: sure, type: boolean, label: {zh: 在岗, en: Still there}}
  - {field: reward, type: money, label: {zh: 奖金, en: Reward}}
  - {field: home, type: region, label: {zh: 家乡, en: Home}}
steps:
  - {notice: shown, length: 5wd, shows: [name, employer, post]}
outcome: honour
"""
PROCEDURE = Procedure.parse(DOCUMENT)


def test_a_column_is_called_as_the_notice_shows_it_not_as_the_form_asks_for_it() -> None:
    labels = labels_of(PROCEDURE, ("employer", "post"))
    assert labels["employer"] == {"zh": "工作单位", "en": "Employer"}
    assert labels["post"] == {"zh": "岗位", "en": "Post"}


def test_codes_become_words_in_both_languages() -> None:
    shown = in_words(
        PROCEDURE,
        {
            "post": "front_line",
            "sure": False,
            "home": "421281",
            "occupation": "6-18-02-04",
            "level": 4,
            "reward": 100000,
        },
    )
    assert shown["post"] == {"zh": "一线职工", "en": "front-line worker"}
    assert shown["sure"] == {"zh": "否", "en": "No"}
    assert shown["home"]["zh"] == "赤壁市"
    assert shown["occupation"]["zh"] == "焊工"
    assert shown["level"] == {"zh": "四级/中级工", "en": "level 4"}
    assert shown["reward"] == "1000.00"


def test_what_is_no_code_stays_as_it_is() -> None:
    values = {"post": "别的", "home": "某地", "occupation": "某工", "level": "一级", "name": "张三"}
    assert in_words(PROCEDURE, values) == values
