"""`python -m deploy.finance`: one process, stopped by SIGTERM or Ctrl-C, or killed at any line.
`python -m deploy.finance follow-restored-feed`: once, after subsidy was restored; see README."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing

from deploy.finance import settings as environment
from deploy.finance.asking import ask_due
from deploy.finance.bank import Bank
from deploy.finance.consuming import consume
from deploy.finance.database import Connection, Database, become_active
from deploy.finance.doubt import Past, begin
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.restored_feed import follow
from deploy.finance.sending import Patience, send_received
from deploy.finance.settings import Settings
from deploy.finance.subsidy import Away, Subsidy, Token

log = logging.getLogger("finance")

IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 2.0
FOLLOW = "follow-restored-feed"

Step = Callable[[Connection], object]


class Finance:
    def __init__(self, settings: Settings) -> None:
        token = Token(settings.token_url, settings.client_id, settings.client_secret)
        self._settings = settings
        self._database = Database(settings.database_url)
        self._subsidy = Subsidy(settings.subsidy_url, token)
        self._bank = Bank(settings.bank_url, settings.send_seconds)

    def run(self, stop: threading.Event) -> None:
        self._until_done(self._database.prepare, stop)
        while not stop.is_set():
            try:
                with closing(self._database.connect()) as leading:
                    if become_active(leading):
                        begin(leading)
                        self._work(leading, stop)
            except Exception as error:
                log.warning("begins again: %s", type(error).__name__)
            stop.wait(TROUBLE_SECONDS)

    def follow_restored_feed(self) -> None:
        """Raises SystemExit while a process is at work, Away."""
        self._database.prepare()
        with closing(self._database.connect()) as leading:
            if not become_active(leading):
                raise SystemExit("a finance process is at work: stop it first")
            followed = follow(leading, self._subsidy)
        print(f"reads on after number {followed.number}")
        print("instructed after that, settle with subsidy:", *followed.forgotten or ["none"])

    def _work(self, leading: Connection, stop: threading.Event) -> None:
        """Until `stop`, or until any connection is lost: the lock of the active process may be lost
        too, and the database that comes back may be a copy, so that all is doubted again."""
        ended = threading.Event()
        own = self._settings
        past = Past(always=own.ask_first)
        patience = Patience(own.ask_seconds, own.not_booked_seconds)
        loops: list[tuple[str, Step]] = [
            ("consume", lambda c: consume(c, own.bus_url, self._subsidy, past, ended)),
            ("send", lambda c: send_received(c, self._subsidy, self._bank, patience)),
            (
                "ask",
                lambda c: ask_due(
                    c,
                    self._bank,
                    ask_seconds=own.ask_seconds,
                    not_booked_seconds=own.not_booked_seconds,
                ),
            ),
            # only once each payment that the bank may speak of is known
            ("poll", lambda c: poll_bank(c, self._bank) if past.is_read else 0),
            ("report", lambda c: post_reports(c, self._subsidy)),
        ]
        threads = [
            threading.Thread(target=self._loop, args=(name, step, ended), name=name)
            for name, step in loops
        ]
        for thread in threads:
            thread.start()
        try:
            while not ended.is_set() and not stop.wait(1.0):
                leading.execute("SELECT 1")
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _loop(self, name: str, step: Step, ended: threading.Event) -> None:
        """The step again and again, on one connection of its own; trouble waits and comes again."""
        try:
            with closing(self._database.connect()) as connection:
                while not ended.is_set() and not connection.broken:
                    try:
                        if not step(connection):
                            ended.wait(IDLE_SECONDS)
                    except Exception as error:
                        level = logging.WARNING if isinstance(error, Away) else logging.ERROR
                        log.log(level, "%s: %s: %s", name, type(error).__name__, error)
                        ended.wait(0 if connection.broken else TROUBLE_SECONDS)
        except Exception as error:
            log.warning("%s has no connection: %s", name, type(error).__name__)
        finally:
            ended.set()

    def _until_done(self, work: Callable[[], None], stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                return work()
            except Exception as error:
                log.warning("waits for its database: %s", type(error).__name__)
                stop.wait(TROUBLE_SECONDS)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    finance = Finance(environment.from_environ())
    if sys.argv[1:] == [FOLLOW]:
        return finance.follow_restored_feed()
    if sys.argv[1:]:
        raise SystemExit(f"python -m deploy.finance [{FOLLOW}]")
    log.info("runs")
    return finance.run(stop)


if __name__ == "__main__":
    main()
