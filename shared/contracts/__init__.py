"""The published events: versioned, additive within a version, with a golden sample each."""

from shared.contracts.events import (
    CONTENT_TYPE,
    InvalidEvent,
    UnknownEventType,
    check_envelope,
    make_event,
    parse_event,
    sequence_of,
    source_service,
)

__all__ = [
    "CONTENT_TYPE",
    "InvalidEvent",
    "UnknownEventType",
    "check_envelope",
    "make_event",
    "parse_event",
    "sequence_of",
    "source_service",
]
