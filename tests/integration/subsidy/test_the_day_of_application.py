"""One day decides about a claim, whenever it is looked at: that of its application."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from shared.approvals.findings import judge_anew
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case
from shared.kernel.clock import shanghai
from tests.integration.subsidy.counter import SCHEME, Counter

LIMITED = """  - {rule: certificate_is_valid}
  - {rule: grants_per_year_at_most, count: 1}
"""


@pytest.fixture
def counter(counter: Counter) -> Counter:
    text = SCHEME.replace("  - {rule: certificate_is_valid}\n", LIMITED)
    text = text.replace("  - {rule: insured_months_at_least, months: 12}\n", "")
    (counter.folder / "skill-upgrade-subsidy.yaml").write_text(text, encoding="utf-8")
    counter.office.catalogue.refresh()
    return counter


def within_the_limit(counter: Counter, case_id: str) -> bool | None:
    with counter.sessions.begin() as session:
        case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
        findings = judge_anew(
            session, counter.office, case, procedure_of(session, counter.office, case)
        )
        [found] = [each for each in findings if each.rule == "grants_per_year_at_most"]
        return found.passed


def test_a_claim_of_december_granted_in_january_counts_for_december(counter: Counter) -> None:
    counter.grant(1_000_000)
    counter.clock.advance_to(date(2024, 12, 30))
    first = counter.audited(1, counter.certificate(1, level=4))
    counter.clock.advance_to(date(2025, 1, 3))
    second = counter.claim(1, counter.certificate(1, level=3))
    before = within_the_limit(counter, second)
    counter.clock.advance_to(date(2025, 1, 6))
    with counter.sessions.begin() as session:
        case = session.get_one(Case, first)
        case.approve(counter.clock.now())
        counter.office.effects.closed(session, case, procedure_of(session, counter.office, case))
    assert counter.case(first).status == "approved"
    assert (before, within_the_limit(counter, second)) == (True, True)
    third = counter.claim(1, counter.certificate(1, level=2))
    assert within_the_limit(counter, third) is False


def test_a_claim_is_not_spoken_against_by_one_applied_for_later_and_granted_sooner(
    counter: Counter,
) -> None:
    counter.grant(1_000_000)
    first = counter.claim(1, counter.certificate(1, level=4))
    assert within_the_limit(counter, first) is True
    counter.clock.advance_to(date(2024, 3, 5))
    second = counter.claim(1, counter.certificate(1, level=3))
    assert within_the_limit(counter, second) is False
    assert within_the_limit(counter, first) is True


def test_the_year_begins_at_midnight_in_shanghai(counter: Counter) -> None:
    counter.clock.advance_to(shanghai(date(2024, 12, 31), 23, 59))
    counter.claim(1, counter.certificate(1, level=4))
    counter.clock.advance_to(shanghai(date(2025, 1, 1), 0, 1))  # still 31 December in UTC
    assert within_the_limit(counter, counter.claim(1, counter.certificate(1, level=3))) is True
    counter.clock.advance_to(shanghai(date(2025, 1, 1), 9))
    assert within_the_limit(counter, counter.claim(1, counter.certificate(1, level=2))) is False
