from shared.kernel.errors import Conflict, DomainError, Errors, InvalidField, NotFound
from shared.kernel.text import Text


class TooLate(DomainError):
    code = "too_late"
    zh = "已超过期限 {due}。"
    en = "The time limit {due} has passed."
    remedy_zh = "请联系{office}。"
    remedy_en = "Ask {office}."


def test_an_error_speaks_both_languages_with_its_facts() -> None:
    error = TooLate(field="issued_on", row=4, due="2024-03-04", office=Text("人社局", "the bureau"))
    assert error.text("zh") == "已超过期限 2024-03-04。"
    assert error.text("en") == "The time limit 2024-03-04 has passed."
    assert error.remedy("zh") == "请联系人社局。"
    assert error.remedy("en") == "Ask the bureau."
    assert (error.field, error.row, error.code, error.status) == ("issued_on", 4, "too_late", 422)


def test_a_forgotten_fact_does_not_hide_the_error() -> None:
    assert TooLate().text("en") == "The time limit {due} has passed."


def test_several_errors_are_one() -> None:
    several = Errors([TooLate(due="x"), Conflict()])
    assert several.text("en") == "2 things need correcting."
    assert [error.code for error in several.errors] == ["too_late", "conflict"]


def test_common_errors_have_words_without_facts() -> None:
    assert NotFound().text("zh") == "没有找到所请求的内容。"
    assert NotFound(what=Text("申请", "case")).text("en") == "There is no such case."
    assert InvalidField(field="name").text("en")
    assert Conflict().remedy("en") is None
