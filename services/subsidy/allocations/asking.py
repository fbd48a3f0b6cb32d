"""Asks the registries about many people at once, within a time that a request may take."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from shared.approvals.office import CaseOffice, FactsUnavailable

AT_ONCE = 16
MOST_SECONDS = 8.0


def ask_registries(
    office: CaseOffice, subjects: Mapping[str, str], *, seconds: float = MOST_SECONDS
) -> dict[str, Mapping[str, Any]]:
    """`subjects`: who each case is about. What was answered in time, by case; a registry that is
    silent about somebody leaves their case out."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="registries")
    asked = {
        pool.submit(office.effects.external_facts, case_id, subject): case_id
        for case_id, subject in subjects.items()
    }
    done, _late = wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {}
    for future in done:
        error = future.exception()
        if error is None:
            answers[asked[future]] = future.result()
        elif not isinstance(error, FactsUnavailable):
            raise error
    return answers
