"""`python -m deploy.run [run|up|down|status|logs|doctor|with]`: Gongjiang on one machine."""

from __future__ import annotations

import argparse
import os
import sys

from deploy.run import commands
from deploy.run.doctor import doctor
from deploy.run.starting import run
from deploy.run.words import CannotStart


def main(arguments: list[str]) -> int:
    chosen, rest = _parser().parse_known_args(arguments)
    environ = dict(os.environ)
    match chosen.command:
        case "run":
            run(environ, quiet=chosen.quiet)
        case "up":
            commands.up(environ)
        case "down":
            commands.down(environ)
        case "status":
            return commands.status(environ)
        case "logs":
            commands.logs(environ, rest)
        case "doctor":
            return doctor(environ)
        case "with":
            return commands.with_system(environ, [part for part in rest if part != "--"])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.run", description=__doc__)
    names = ("run", "up", "down", "status", "logs", "doctor", "with")
    parser.add_argument("command", nargs="?", choices=names, default="run")
    parser.add_argument(
        "--quiet", action="store_true", help="只写日志文件 / lines go to files only"
    )
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as error:
        print(error, file=sys.stderr)
        sys.exit(error.code)
    except KeyboardInterrupt:
        sys.exit(130)
