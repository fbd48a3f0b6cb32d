"""The states of a batch: drafted by one, approved by another, allocated by the finance bureau."""

from collections.abc import Mapping
from enum import StrEnum


class BatchState(StrEnum):
    DRAFTED = "drafted"
    APPROVED = "approved"
    ALLOCATED = "allocated"
    RETURNED = "returned"


MAY_BECOME: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.DRAFTED: frozenset({BatchState.APPROVED, BatchState.RETURNED}),
    BatchState.APPROVED: frozenset({BatchState.ALLOCATED, BatchState.RETURNED}),
    BatchState.ALLOCATED: frozenset(),
    BatchState.RETURNED: frozenset(),
}
