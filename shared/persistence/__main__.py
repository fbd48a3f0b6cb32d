"""`python -m shared.persistence migrate SERVICE URL`, and what developers and operators need."""

from __future__ import annotations

import argparse

from shared.persistence import revisions
from shared.persistence.migrations import head_of, upgrade
from shared.persistence.model_modules import ROOT


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "migrate":
        upgrade(options.url, options.service)
        print(f"{options.service}: 数据库已是版本 / the database is at {head_of(options.service)}")
        return 0
    if options.command == "begin":
        paths = revisions.begin()
    else:
        paths = revisions.revise(options.owner, options.url, options.sentence)
    for path in paths:
        print(path.relative_to(ROOT))
    if not paths:
        print("没有变化 / nothing changed")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.persistence")
    commands = parser.add_subparsers(dest="command", required=True)
    migrate = commands.add_parser("migrate", help="升级数据库 / bring a database to the newest")
    migrate.add_argument("service", choices=revisions.SERVICES)
    migrate.add_argument("url")
    commands.add_parser("begin", help="由模型重写首个迁移 / write the first migrations anew")
    revise = commands.add_parser("revise", help="由模型变化生成迁移 / the next migration")
    revise.add_argument("owner", choices=(*revisions.SERVICES, "shared"))
    revise.add_argument("url", help="可丢弃的数据库 / a scratch database")
    revise.add_argument("sentence", help='如 / such as "Add a second reviewer"')
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
