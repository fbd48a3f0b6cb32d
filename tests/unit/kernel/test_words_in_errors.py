"""What a person reads in an error is the name of a role, an outcome, a state; never its code."""

import importlib
import string
from pathlib import Path

import pytest

from services.subsidy.budgets.rules import Account, Movement
from services.subsidy.payments.errors import NothingToRepair
from services.subsidy.payments.rules import PaymentState
from services.subsidy.words import install_words
from shared.approvals.errors import CaseNotOpen, NotYourTask, OutcomeNotAllowed, WrongState
from shared.kernel.errors import DomainError, Errors, InvalidField
from shared.kernel.text import Text
from shared.kernel.words import WORDS
from shared.web.access import RoleRequired

install_words()
ROOT = Path(__file__).parents[3]
# A fact of one of these names is a code wherever it stands.
CODES = frozenset(
    {"role", "roles", "office", "outcome", "allowed", "applicant", "status", "state", "to"}
    | {"fund", "region", "kind", "account"}
)


def _errors() -> list[type[DomainError]]:
    for path in [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]:
        if "(DomainError" in (text := path.read_text()) or "errors import" in text:
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, waiting = [], [DomainError]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(found[-1].__subclasses__())
    return [each for each in found if each.__module__.startswith(("shared.", "services."))]


def _facts(error: type[DomainError]) -> set[str]:
    said = (error.zh, error.en, error.remedy_zh or "", error.remedy_en or "")
    return {name for each in said for _, name, _, _ in string.Formatter().parse(each) if name}


def test_every_error_that_tells_a_code_says_how_it_is_called() -> None:
    errors = _errors()
    assert len(errors) > 100
    bare = {each.code: _facts(each) & CODES - set(each.names) for each in errors}
    assert {code: facts for code, facts in bare.items() if facts} == {}


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (NotYourTask(office=["enterprise.officer"]), "企业经办", "Enterprise officer"),
        (RoleRequired(roles=("auditor", "operator")), "审计、运维", "Auditor, Operator"),
        (OutcomeNotAllowed(outcome="approve", allowed=("confirm",)), "确认属实", "Confirm"),
        (CaseNotOpen(case="CLM-1", status="in_progress"), "办理中", "In progress"),
        (WrongState(thing=Text("复核", "Recheck"), status="returned"), "复核", "Recheck"),
        (NothingToRepair(state="settled"), "已到账", "Paid"),
    ],
)
def test_codes_are_told_by_their_names(error: DomainError, zh: str, en: str) -> None:
    told = {lang: error.text(lang) + (error.remedy(lang) or "") for lang in ("zh", "en")}
    assert (zh in told["zh"], en in told["en"]) == (True, True)
    raw = [str(each) for each in error.codes.values() if "." in str(each) or "_" in str(each)]
    assert not any(code in text for code in raw for text in told.values())


def test_a_program_reads_the_codes_themselves() -> None:
    error = OutcomeNotAllowed(outcome="approve", allowed=("confirm", "dispute"))
    assert error.codes == {"outcome": "approve", "allowed": ["confirm", "dispute"]}


def test_every_state_of_money_has_a_name() -> None:
    codes = [
        *(f"payment-{each}" for each in PaymentState),
        *(f"account-{each}" for each in Account),
        *(f"movement-{each}" for each in Movement),
    ]
    assert [code for code in codes if code not in WORDS] == []


def test_one_thing_is_not_told_as_several() -> None:
    one = InvalidField(field="a")
    assert Errors([one]).text("en") == "1 thing needs correcting."
    assert Errors([one, one]).text("en") == "2 things need correcting."
    assert Errors([one]).text("zh") == "有 1 处需要更正。"
