"""kill -9 of every process kind, three times each, while 200 claims are under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.caller import LOST, Caller
from tests.faults.campaign import ANSWER_LOST, Campaign
from tests.faults.judging import Verdicts, judged, violations
from tests.faults.killing import KINDS, Killer
from tests.faults.results import Results
from tests.servers.system import System, until

CLAIMS, ROUNDS, RESULTS = 200, 3, 60
AHEAD = 2  # so many kills may be due while claims are still let in
SECONDS_A_KILL, SECONDS_AFTER = 240.0, 240.0
# Each round takes every kind once; the next may die before the last is back.
ORDER = ("worker", "web", "temporal", "finance", "relay", "postgres", "consumer")
KILLS = ORDER * ROUNDS


def test_a_kill_of_any_process_loses_nothing_and_repeats_nothing(
    system: System, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    killer = Killer(system)

    def permitted() -> int:
        """Claims are let in as the kills go on, so that some are under way at each."""
        return (killer.kills.total() + 1 + AHEAD) * CLAIMS // (len(KILLS) + 1)

    campaign = Campaign(caller, "KILLS", CLAIMS, permitted)
    results = Results(caller, "KILLS", RESULTS, campaign.progress)
    with campaign.under_way(also=[results.record]) as check:
        for number, kind in enumerate(KILLS, start=1):
            due = number / (len(KILLS) + 1)
            wait_for(campaign, due, check, killer)
            killer.kill(kind)
        campaign.wait_until_paid(check, SECONDS_AFTER)
        killer.wait_until_all_are_back()
    verdicts = judged(system, campaign)
    verdicts["every result of a competition arrived once"] = results.violations(system)
    with capfd.disabled():
        print(table(killer, campaign, verdicts))
    assert all(killer.kills[kind] >= 3 for kind in KINDS), killer.kills
    assert len(campaign.accepted) == CLAIMS
    assert caller.replayed >= CLAIMS // ANSWER_LOST
    assert violations(verdicts) == []


def wait_for(campaign: Campaign, due: float, check: Callable[[], None], killer: Killer) -> None:
    def reached() -> bool:
        check()
        killer.watch()
        return campaign.progress() >= due

    try:
        until(reached, f"progress {due:.2f}", SECONDS_A_KILL)
    except AssertionError as late:
        raise AssertionError(f"{late}\n{campaign}\n{killer.kills}") from None


def table(killer: Killer, campaign: Campaign, verdicts: Verdicts) -> str:
    """What died how often, and what was found to be wrong."""
    lines = ["", f"{'进程 process kind':<22}{'次数 kills':>10}   最久恢复 longest until back"]
    for kind, names in KINDS.items():
        longest = max((each for name in names for each in killer.away[name]), default=0.0)
        lines.append(f"{kind:<24}{killer.kills[kind]:>10}   {longest:.1f} s  ({', '.join(names)})")
    answers = campaign.caller.answers
    again = sum(times for status, times in answers.items() if status >= 500 or status == LOST)
    lines += [
        "",
        f"受理 accepted {len(campaign.accepted)}, 决定 decisions {len(campaign.decided)}, "
        f"到账 settled {len(campaign.settled)}, 更正 repaired {len(campaign.treasury.repaired)}, "
        f"被抢先 told who was first {campaign.told_who_was_first}",
        f"重试 asked again {again}, 首次答复 first answer repeated {campaign.caller.replayed}, "
        f"by status {dict(sorted(answers.items()))}",
        "",
        f"{'violations':>10}   核对 check",
    ]
    lines += [f"{len(found):>10}   {name}" for name, found in verdicts.items()]
    lines += [f"{len(violations(verdicts)):>10}   合计 in all"]
    lines += [f"    {each}" for each in violations(verdicts)[:40]]
    return "\n".join(lines)
