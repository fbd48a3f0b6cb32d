"""What an answer needs before it is weighed."""

import pytest

from shared.approvals.errors import ReasonRequired
from shared.approvals.judging import ensure_answerable

MEANS = {"cleared": "continue", "sent_back": "return"}


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_external_answer_that_means_return_says_why(reason: str) -> None:
    with pytest.raises(ReasonRequired):
        ensure_answerable(["cleared", "sent_back"], "sent_back", reason, MEANS)
    ensure_answerable(["cleared", "sent_back"], "cleared", reason, MEANS)
