"""Payment states and what reports do to them, in every order that a bank may send them."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.subsidy.budgets.rules import Account, Movement, Posting, entries_of, first_overdraft
from services.subsidy.payments.rules import (
    LEDGER,
    LIVE,
    MAY_BECOME,
    REPORTED,
    PaymentState,
    path_to,
)

S = PaymentState
reports = st.sampled_from(REPORTED)


@given(st.lists(reports, max_size=12))
def test_reports_only_ever_take_allowed_transitions(sent: list[PaymentState]) -> None:
    state = S.INSTRUCTED
    for report in sent:
        for following in path_to(state, report) or ():
            assert following in MAY_BECOME[state]
            state = following


@given(st.sampled_from(list(S)), reports)
def test_a_repeated_report_changes_nothing(state: PaymentState, report: PaymentState) -> None:
    path = path_to(state, report)
    if path:
        assert path_to(path[-1], report) == ()


def test_an_unknown_payment_can_only_be_answered_never_sent_again() -> None:
    assert MAY_BECOME[S.UNKNOWN] == {S.SETTLED, S.REJECTED}
    assert S.INSTRUCTED not in set().union(*(MAY_BECOME[s] for s in S if s != S.PLANNED))


def test_a_return_whose_settlement_was_not_reported_passes_through_settled() -> None:
    assert path_to(S.INSTRUCTED, S.RETURNED) == (S.SETTLED, S.RETURNED)


def test_a_late_unknown_about_an_answered_payment_says_nothing_new() -> None:
    assert path_to(S.SETTLED, S.UNKNOWN) == ()


def test_a_rejection_of_settled_money_contradicts_what_is_known() -> None:
    assert path_to(S.SETTLED, S.REJECTED) is None
    assert path_to(S.PLANNED, S.SETTLED) is None


class OneEntitlement(RuleBasedStateMachine):
    """One entitlement through instruct, reports and repairs, beside the simplest ledger: the
    money is in exactly one place, and never leaves twice."""

    def __init__(self) -> None:
        super().__init__()
        self.payments = [S.PLANNED]
        self.balances = {("b", Account.RESERVED): 100}

    def move(self, to: PaymentState) -> None:
        assert to in MAY_BECOME[self.payments[-1]]
        self.payments[-1] = to
        movement: Movement | None = LEDGER.get(to)
        if movement is None:
            return
        posting = Posting(movement, str(len(self.payments)), "b", 100)
        assert first_overdraft(self.balances, [posting]) is None
        for account, fen in entries_of(posting):
            self.balances["b", account] = self.balances.get(("b", account), 0) + fen

    @rule()
    def instruct(self) -> None:
        if self.payments[-1] == S.PLANNED:
            self.move(S.INSTRUCTED)

    @rule(report=reports)
    def report(self, report: PaymentState) -> None:
        for state in path_to(self.payments[-1], report) or ():
            self.move(state)

    @rule()
    def repair(self) -> None:
        if self.payments[-1] in (S.REJECTED, S.RETURNED):
            self.payments.append(S.PLANNED)

    @invariant()
    def the_money_is_in_one_place(self) -> None:
        held = {account: fen for (_, account), fen in self.balances.items() if fen}
        assert sum(held.values()) == 100
        assert len(held) == 1

    @invariant()
    def at_most_one_payment_is_live(self) -> None:
        assert sum(state in LIVE for state in self.payments) <= 1


TestOneEntitlement = OneEntitlement.TestCase
