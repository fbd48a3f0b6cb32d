"""From the text of a document to its values, with every problem found on the way."""

from shared.procedures.reading.document import Reading, read_document

__all__ = ["Reading", "read_document"]
