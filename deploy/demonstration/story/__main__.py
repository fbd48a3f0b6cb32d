"""`make demo`: tells the story once and exits non-zero when a step does not hold."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial

from httpx import HTTPError

from deploy.demonstration.story.assessing import CHIBI, assess, next_roster
from deploy.demonstration.story.claiming import claim, settle_the_notice
from deploy.demonstration.story.client import Gongjiang, Refused
from deploy.demonstration.story.honouring import honour
from deploy.demonstration.story.paying import EACH_FEN, FUND, Bureau, appropriate, pay_claims
from deploy.demonstration.story.telling import DoesNotHold, Story
from deploy.demonstration.welders import welders

BUDGET_FEN = 31 * EACH_FEN


def chapter_one(story: Story, gongjiang: Gongjiang, run: int) -> None:
    certified = assess(story, gongjiang, run)
    bureau = Bureau(gongjiang, "chibi", CHIBI, "赤财社")
    appropriate(story, bureau, FUND, BUDGET_FEN, run)
    claims = claim(story, gongjiang, certified)
    settle_the_notice(story, gongjiang, claims)
    pay_claims(story, bureau, claims, welders(run), run)


def main() -> int:
    gongjiang = Gongjiang(os.environ["GONGJIANG_PUBLIC_URL"])
    run = next_roster(gongjiang)
    print(f"工匠的故事，第 {run} 期名单 / the story of Gongjiang, roster {run}\n", flush=True)
    abandoned = threading.Event()
    chapters = [
        partial(chapter_one, Story(1, abandoned), gongjiang, run),
        partial(honour, Story(2, abandoned), gongjiang, run),
    ]
    try:
        Story(0, abandoned).together(chapters)
    except (DoesNotHold, Refused, HTTPError) as error:
        words = "故事没有讲完 / the story does not hold"
        print(f"\n{words}：{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    print("\n每一步都成立 / every step holds. 核对 / check it: make verify", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
