"""python -m shared.contracts generate | check"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from shared.contracts.documents import FOLDER, NotAdditive, check, documents, rendered, write


def main(arguments: Sequence[str]) -> int:
    """0: done, or up to date. 1: a change is not additive, or a document is stale. 2: usage."""
    if list(arguments) not in (["generate"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if arguments[0] == "generate":
            print(f"{len(write())} documents / {len(documents())} 份文档")
            return 0
        check()
    except NotAdditive as error:
        print(f"not additive, make a new version / 非增量变更，请新增版本: {error}")
        return 1
    stale = [name for name, document in documents().items() if _on_disk(name) != rendered(document)]
    for name in stale:
        print(f"stale, generate again / 已过期，请重新生成: {name}")
    return 1 if stale else 0


def _on_disk(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
