"""`python -m shared.audit verify URL [--head POSITION:HASH]`: exit 0 when the chain holds."""

from __future__ import annotations

import argparse

from shared.audit.chain import chain_head, not_linked, verify
from shared.persistence.database import open_engine


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.audit")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="检查审计链 / check the audit chain")
    command.add_argument("url")
    command.add_argument("--head", type=_head, help="先前记录的链头 / a head noted before: N:HASH")
    options = parser.parse_args(arguments)
    return _verify(options.url, options.head)


def _head(value: str) -> tuple[int, str]:
    position, _, digest = value.partition(":")
    return int(position), digest


def _verify(url: str, head: tuple[int, str] | None) -> int:
    engine = open_engine(url, "gongjiang-audit-verify", statement_timeout="0")
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
            breaks = verify(connection, head=head)
            waiting = not_linked(connection)
            position, digest = chain_head(connection)
    finally:
        engine.dispose()
    for broken in breaks:
        print(
            f"断裂 BROKEN 第 {broken.position} 环 link, 记录 entry {broken.entry_id}: "
            f"{broken.what.zh} / {broken.what.en}"
        )
    if waiting:
        print(f"尚未入链 not linked yet ({len(waiting)}): {', '.join(map(str, waiting))}")
    print(f"链头 head {position}:{digest}")
    print("审计链完整 / the chain holds" if not breaks else f"{len(breaks)} 处断裂 / breaks")
    return 1 if breaks else 0


if __name__ == "__main__":
    raise SystemExit(main())
