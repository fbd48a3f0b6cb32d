"""What the story makes up is valid, and new in every run."""

from __future__ import annotations

import threading

import pytest

from deploy.demonstration.story.claiming import CLOSED, account
from deploy.demonstration.story.honouring import master
from deploy.demonstration.story.telling import DoesNotHold, Story
from deploy.demonstration.welders import welders
from deploy.simulators.behaviours import behaviour_of
from shared.kernel.bank_account import parse_bank_account
from shared.kernel.identity_number import IdentityNumber


def test_the_masters_of_a_hundred_runs_are_other_people_with_valid_numbers() -> None:
    masters = [master(run, place) for run in range(1, 101) for place in range(3)]

    assert len({IdentityNumber.parse(each.identity_number).value for each in masters}) == 300
    assert {parse_bank_account(each.account) for each in masters} == {
        each.account for each in masters
    }


def test_the_bank_pays_every_account_but_the_one_that_the_story_closes() -> None:
    forty = welders(1)
    accounts = [parse_bank_account(account(each)) for each in forty]

    assert {behaviour_of(each) for each in accounts} == {"settle"}
    assert behaviour_of(parse_bank_account(account(forty[0], CLOSED))) == "refuse_closed"


def test_one_part_that_fails_ends_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(1, threading.Event())

    def fails() -> None:
        story.holds(False, "不成立", "it does not hold")

    def waits() -> None:
        story.wait(lambda: None, "never")

    with pytest.raises(DoesNotHold, match="it does not hold"):
        story.together([waits, fails])


def test_a_wait_ends_at_its_deadline_and_says_what_for() -> None:
    with pytest.raises(DoesNotHold, match="a thing"):
        Story(1, threading.Event()).wait(lambda: None, "a thing", seconds=0)
