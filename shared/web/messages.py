"""The English of the pages' messages: `python -m shared.web.messages check` or `update shared`
(or `update <service>`).

Messages are Chinese in templates and code (`_("…")`). Each catalogue owns the folders beside it:
shared/ the one in shared/web/translations, a service its own `translations/`. `update` adds what is
new with an empty English, `check` names what is missing or no longer used."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
SERVICES = ("nomination", "assessment", "subsidy")
OWNERS = ("shared", *SERVICES)
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"encoding": "utf-8", "silent": "false", "trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def catalogues() -> list[tuple[Path, Path]]:
    """(the sources, their English .po)"""
    english = Path("en") / "LC_MESSAGES" / "messages.po"
    own = [
        (ROOT / "services" / name, ROOT / "services" / name / "translations" / english)
        for name in SERVICES
    ]
    return [(ROOT / "shared", ROOT / "shared" / "web" / "translations" / english), *own]


def messages_in(sources: Path) -> dict[str, list[tuple[str, int]]]:
    """Message -> where it stands. What shared already says is not a service's to say again."""
    found: dict[str, list[tuple[str, int]]] = {}
    extracted = extract_from_dir(sources, METHODS, OPTIONS, keywords=KEYWORDS)
    for file, line, message, _comments, _context in extracted:
        text = message[0] if isinstance(message, tuple) else message
        where = str((sources / file).relative_to(ROOT)) if sources.is_relative_to(ROOT) else file
        found.setdefault(text, []).append((where, line))
    return found


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="en")
    return read_po(io.BytesIO(path.read_bytes()), locale="en")


def problems() -> Iterator[str]:
    """`file:line: no English for …`, and what the catalogues keep without need."""
    known = {m.id for m in read(catalogues()[0][1]) if m.id and m.string}
    for sources, path in catalogues():
        wanted, catalogue = messages_in(sources), read(path)
        english = {m.id for m in catalogue if m.id and m.string and not m.fuzzy}
        shared = known if sources.name != "shared" else set()
        for text, places in sorted(wanted.items()):
            if text not in english | shared:
                yield f"{places[0][0]}:{places[0][1]}: no English for {text!r}"
        for message in catalogue:
            if message.id and message.id not in wanted:
                yield f"{path.relative_to(ROOT)}: nothing says {message.id!r} any more"


def update(owner: str) -> None:
    """Rewrites one owner's .po: English that is there stays, what is new is empty."""
    shared = set(messages_in(catalogues()[0][0])) if owner != "shared" else set()
    sources, path = next(each for each in catalogues() if each[0].name == owner)
    wanted, old = set(messages_in(sources)) - shared, read(path)
    new = Catalog(locale="en", header_comment="# English of the messages in this folder.")
    for text in sorted(wanted):
        kept = old.get(text)
        new.add(text, kept.string if kept else "")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, new, width=100, no_location=True)
    lines = written.getvalue().decode().splitlines()
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    kept_lines = [line for line in lines if not line.startswith(dated)]
    path.write_text("\n".join(kept_lines).rstrip() + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    if len(arguments) == 2 and arguments[0] == "update" and arguments[1] in OWNERS:
        update(arguments[1])
    elif arguments != ["check"]:
        sys.exit(f"usage: python -m shared.web.messages check | update {'|'.join(OWNERS)}")
    found = list(problems())
    print("\n".join(found) or "every message has its English")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
