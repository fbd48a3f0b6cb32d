"""Values that every part speaks in: money, ids, time, errors, Chinese identifiers. Knows nothing
of databases, HTTP or workflows."""
