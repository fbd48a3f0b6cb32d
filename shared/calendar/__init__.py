"""Working days in China, the ends of time limits and notices, and the demonstration's clock."""

from shared.calendar.working_days import Calendar, Due, NoticePeriod, Overrides

__all__ = ["Calendar", "Due", "NoticePeriod", "Overrides"]
