"""Whether a document can run in one service from its form to each of its ends. Only for documents
that are offered: the stored text of a case is read without it."""

from shared.procedures.checking.answers import check_answers
from shared.procedures.checking.deciders import check_deciders
from shared.procedures.checking.examination import check_examination
from shared.procedures.checking.outcomes import check_outcomes
from shared.procedures.checking.payable import check_payable
from shared.procedures.checking.people import check_people
from shared.procedures.checking.supplies import check_supplies
from shared.procedures.checking.whole import Whole

__all__ = ["Whole", "check_whole"]


def check_whole(whole: Whole) -> None:
    """Adds what is wrong to the report of the document's place."""
    check_supplies(whole)
    check_answers(whole)
    check_deciders(whole)
    check_people(whole)
    check_outcomes(whole)
    check_payable(whole)
    check_examination(whole)
