"""A consumer process whose handler kills it (kill -9) on one payment.

python -m tests.integration.messaging.deadly_consumer BUS DATABASE FEED_DATABASE PAYMENT"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from sqlalchemy.orm import Session

from shared.messaging.bus import Bus
from shared.messaging.consumer import Subscription, run_consumer
from shared.messaging.feed import DatabaseFeed
from shared.persistence import open_engine, open_sessions
from tests.integration.messaging.world import INSTRUCTED, QUICK_RETRY, Finance


class DeadlyFinance(Finance):
    deadly = ""

    def handle(self, session: Session, event: dict[str, Any]) -> None:
        super().handle(session, event)
        if event["data"]["payment_id"] == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def main(bus: str, database: str, feed: str, payment: str) -> None:
    finance = DeadlyFinance()
    finance.deadly = payment
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_consumer(
        Bus(bus),
        open_sessions(open_engine(database, "deadly consumer")),
        [Subscription("finance", ["subsidy"], {INSTRUCTED}, finance.handle)],
        {"subsidy": DatabaseFeed(open_sessions(open_engine(feed, "deadly feed")))},
        stop,
        retry=QUICK_RETRY,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
