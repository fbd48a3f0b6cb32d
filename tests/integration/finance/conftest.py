"""Subsidy's counter, for the test that pays what it instructs."""

from tests.integration.subsidy.conftest import clock, counter, sessions

__all__ = ["clock", "counter", "sessions"]
