"""What pages show for codes, in the reader's language, and in which colour."""

from shared.kernel.words import called
from shared.web.languages import language

COLOURS = {
    "draft": "secondary",
    "in_progress": "blue",
    "returned": "orange",
    "approved": "green",
    "refused": "red",
    "withdrawn": "secondary",
    "overdue": "red",
    "ready": "blue",
    "reserved": "purple",
    "completed": "green",
    "passed": "green",
    "failed": "red",
    "unknown": "orange",
    "open": "blue",
    "published": "blue",
    "objected": "orange",
    "upheld": "red",
}


def word(code: object) -> str:
    return called(code, language())


def colour(code: object) -> str:
    return COLOURS.get(str(code), "secondary")
