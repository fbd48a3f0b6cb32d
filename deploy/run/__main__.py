"""`python -m deploy.run [run|up|down|status|logs|doctor|with]`: Gongjiang on one machine."""

from __future__ import annotations

import argparse
import os
import sys

from deploy.run import commands
from deploy.run.doctor import doctor
from deploy.run.output import Shown, show_what_can_be_shown
from deploy.run.starting import run
from deploy.run.words import CannotStart


def main(arguments: list[str]) -> int:
    chosen, rest = _parser().parse_known_args(arguments)
    environ = dict(os.environ)
    show_what_can_be_shown(sys.stdout, sys.stderr)
    match chosen.command:
        case "run":
            run(environ, shown=Shown(chosen.shown))
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
        "--shown",
        choices=[each.value for each in Shown],
        default=Shown.TROUBLE.value,
        help="终端显示哪些日志 / which lines go to the terminal; the files get them all",
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
