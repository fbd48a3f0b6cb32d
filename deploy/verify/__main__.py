"""`make verify`: prints the figures and OK, or every violation with the name of its row."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping

from deploy.run.commands import table
from deploy.verify import audits, cases, claims, credentials, events, ledger, payments
from deploy.verify.evidence import Evidence, Violation, open_evidence
from deploy.verify.figures import figures, totals

RULES = (*payments.RULES, *ledger.RULES, *events.RULES, *cases.RULES, *claims.RULES, *audits.RULES)
FAMILIES = (payments, events, audits, credentials)
PAUSE_SECONDS = 1.0


def violations(evidence: Evidence) -> Iterator[Violation]:
    for rule in RULES:
        yield from rule.violations(evidence)
    for family in FAMILIES:
        yield from family.violations(evidence)


def standing_violations(environ: Mapping[str, str], seconds: float) -> list[Violation]:
    """What is wrong, and still is after `seconds`: the databases are read one after the other
    while messages are under way between them, and what is under way arrives."""
    deadline = time.monotonic() + seconds
    standing: dict[tuple[str, str], Violation] | None = None
    while True:
        with open_evidence(environ) as evidence:
            found = {(each.where, each.row): each for each in violations(evidence)}
        standing = found if standing is None else {k: v for k, v in found.items() if k in standing}
        if not standing or time.monotonic() > deadline:
            return list(standing.values())
        time.sleep(PAUSE_SECONDS)


def main(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.verify", description=__doc__)
    parser.add_argument(
        "--seconds",
        type=float,
        default=20.0,
        help="等待在途消息 / how long what is under way may be",
    )
    chosen = parser.parse_args(arguments)
    standing = standing_violations(environ, chosen.seconds)
    with open_evidence(environ) as evidence:
        print(table(figures(evidence)), "\n")
        print(table(totals(evidence)), "\n")
    for each in standing:
        print(each)
    if standing:
        print(f"\n{len(standing)} 处不符 / {len(standing)} violations")
        return 1
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
