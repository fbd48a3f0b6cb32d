"""How a service is put together and run: the same four processes for every service.

A service's app.py says what is its own (`Composition`); everything else is here once."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import flask
from sqlalchemy import Engine

from shared import audit
from shared.approvals.api import case_routes
from shared.approvals.form_pages import Entrance, by_its_form
from shared.approvals.notice_api import notice_routes
from shared.approvals.notice_pages import notice_pages
from shared.approvals.office import CaseEffects, CaseOffice
from shared.approvals.pages import case_pages
from shared.approvals.procedure_api import procedure_routes
from shared.approvals.queries import case_is_closed, may_see_case
from shared.approvals.restarting import open_case_ids, restart_open_cases, restart_workflows
from shared.approvals.staffing_api import staffing_routes
from shared.calendar import Calendar
from shared.calendar.demonstration import clock_from
from shared.calendar.reloading import ReloadingCalendar
from shared.chores import chores_of
from shared.evidence.api import EvidenceDesk, evidence_blueprint
from shared.evidence.store import EvidenceStore
from shared.identity.directory import Directory
from shared.identity.service_token import ServiceToken
from shared.identity.staff import Staff
from shared.messaging.bus import Bus
from shared.messaging.consumer import Subscription, run_consumer
from shared.messaging.feed import HttpFeed, feed_blueprint
from shared.messaging.relay import Chore, Relay
from shared.messaging.trace import traced_requests
from shared.persistence import Sessions, install_keyring, open_engine, open_sessions
from shared.persistence.migrations import is_current
from shared.persistence.rotation import rotate_keys
from shared.procedures import Catalogue, RuleBook
from shared.procedures.capabilities import Capabilities
from shared.procedures.check_command import check_paths
from shared.settings import Settings
from shared.temporal.client import CaseWorkflows
from shared.temporal.running import not_running
from shared.temporal.worker import run_worker, task_queue
from shared.web.access import requires
from shared.web.application import create_web
from shared.web.logs import configure_logging
from shared.web.serve import serve

PROCESSES = ("web", "worker", "consumer", "relay")
ROTATE_KEYS, RESTART, CHECK = "rotate-keys", "restart", "check"

# Events name no person but by reference: who sees every case and proves what happened reads them.
FEED_READERS = ("events.reader", "finance.system", "auditor", "operator")


@dataclass(frozen=True)
class Composition:
    """What a service adds to what all share. `effects` may need the settings (a registry's
    address); blueprints, pages and subscriptions need the office and the sessions."""

    name: str
    prefix: str
    rules: RuleBook
    capabilities: Capabilities
    effects: Callable[[Settings], CaseEffects]
    blueprints: Callable[[Service], Sequence[flask.Blueprint]] = lambda service: ()
    pages: Callable[[Service], Sequence[flask.Blueprint]] = lambda service: ()
    subscriptions: Callable[[Service], Sequence[Subscription]] = lambda service: ()
    chores: Callable[[Service], Sequence[Chore]] = lambda service: ()
    entrance: Entrance = by_its_form
    templates: Sequence[Path] = field(default=())
    translations: Sequence[Path] = field(default=())

    def catalogue(self, settings: Settings, directory: Directory) -> Catalogue:
        """The service's documents, each refused that it or the deployment's offices cannot run."""
        roles = dict.fromkeys(office.role for office in directory.offices())
        can = self.capabilities.staffed_by(tuple(roles))
        return Catalogue(settings.catalogue, self.rules, can)


class Service:
    """A composed service in one process. Parts are made when a process first needs them."""

    def __init__(self, composition: Composition, settings: Settings) -> None:
        install_keyring(settings.keyring())
        self.composition = composition
        self.settings = settings
        self.bus = Bus(settings.bus_url)
        self._migrated = False

    @cached_property
    def engine(self) -> Engine:
        return open_engine(self.settings.database_url, f"gongjiang {self.composition.name}")

    @cached_property
    def sessions(self) -> Sessions:
        return open_sessions(self.engine)

    @cached_property
    def office(self) -> CaseOffice:
        settings, own = self.settings, self.composition
        # The clock goes by the built-in table alone, or what an officer enters would move "now",
        # and not in every process at the same moment.
        clock = clock_from(settings.clock, settings.environment, Calendar())
        directory = Directory.load(*settings.directory)
        office = CaseOffice(
            service=own.name,
            prefix=own.prefix,
            clock=clock,
            calendar=ReloadingCalendar(self.sessions),
            catalogue=own.catalogue(settings, directory),
            directory=directory,
            person_ref_key=settings.person_ref_key,
            snapshot_key=_derived(settings.lookup_key, b"notice snapshots"),
            effects=own.effects(settings),
            staff=Staff(settings.staff, settings.person_ref_key) if settings.staff else None,
        )
        office.effects.office = office
        return office

    @cached_property
    def evidence(self) -> EvidenceDesk:
        store = EvidenceStore(self.settings.evidence_dir)
        return EvidenceDesk(store, self.office.clock, may_see_case)

    def web(self) -> flask.Flask:
        own = self.composition
        shared = [
            case_routes(self.sessions, self.office),
            staffing_routes(self.sessions, self.office),
            notice_routes(self.sessions, self.office),
            procedure_routes(self.office),
            evidence_blueprint(self.evidence),
            feed_blueprint(self.sessions, requires(*FEED_READERS)),
        ]
        app = create_web(
            self.settings,
            self.sessions,
            self.office,
            [*shared, *own.blueprints(self)],
            [
                case_pages(self.sessions, self.office, self.evidence, own.entrance),
                notice_pages(self.sessions, self.office),
                *own.pages(self),
            ],
            # not the bus: requests are answered without it (the outbox waits)
            checks={"migrations": self._is_migrated},
            templates=own.templates,
            translations=own.translations,
        )
        app.wsgi_app = traced_requests(app.wsgi_app)  # type: ignore[method-assign,assignment]
        return app

    def work(self, stop: threading.Event) -> None:
        run_worker(
            self.composition.name,
            self.settings.temporal_address,
            self.settings.temporal_namespace,
            self.settings.keyring(),
            self.sessions,
            self.office,
            stop,
        )

    def consume(self, stop: threading.Event) -> None:
        subscriptions = self.composition.subscriptions(self)
        token = ServiceToken(
            self.settings.oidc_issuer,
            self.settings.oidc_client_id,
            self.settings.oidc_client_secret,
            token_url=self.settings.oidc_token_url,
        )
        feeds = {
            source: HttpFeed(f"{self.settings.service_urls[source]}/api/v1", token)
            for subscription in subscriptions
            for source in subscription.services
        }
        run_consumer(self.bus, self.sessions, subscriptions, feeds, stop)

    def relay(self, stop: threading.Event) -> None:
        settings, name = self.settings, self.composition.name
        workflows = CaseWorkflows(
            name,
            settings.temporal_address,
            settings.temporal_namespace,
            settings.keyring(),
            task_queue(name),
        )
        Relay(
            self.engine,
            self.bus,
            workflows,
            case_is_closed=case_is_closed,
            link_audit=audit.link,
            chores=[*chores_of(self.office), *self.composition.chores(self)],
        ).run(stop)

    def rotate_keys(self) -> int:
        """Encrypts anew, under the first of the data keys, what is under another; how many."""
        return rotate_keys(self.engine, self.composition.name, self.settings.keyring())

    def restart(self, case_ids: Sequence[str]) -> int:
        """These cases, or every open case whose workflow does not run; how many."""
        if case_ids:
            with self.sessions.begin() as session:
                restart_workflows(session, self.office, case_ids)
            return len(set(case_ids))
        with self.sessions() as session:
            waiting = open_case_ids(session)
        settings, name = self.settings, self.composition.name
        stopped = asyncio.run(
            not_running(settings.temporal_address, settings.temporal_namespace, name, waiting)
        )
        return restart_open_cases(self.sessions, self.office, [case for case, _ in stopped])

    def _is_migrated(self) -> bool:
        """Asked until it holds: a database never goes back."""
        if not self._migrated:
            with self.engine.connect() as connection:
                self._migrated = is_current(connection, self.composition.name)
        return self._migrated


def run(
    module: str, composition: Composition, load: Callable[[], Service], arguments: Sequence[str]
) -> None:
    """`python -m services.<s>.app web|worker|consumer|relay`; ends on SIGTERM and Ctrl-C. And
    what operators do: `rotate-keys`, `restart` (every case that needs it), `restart CASE …`,
    `check FILE …`, which needs no settings."""
    process = arguments[0] if arguments else ""
    if process == CHECK and len(arguments) > 1:
        sys.exit(_check(composition, [Path(each) for each in arguments[1:]]))
    if arguments == [ROTATE_KEYS]:
        print(f"已用当前密钥重新加密 / values under the active key: {load().rotate_keys()}")
        return
    if process == RESTART:
        print(f"重新启动流程 / workflows to be started: {load().restart(arguments[1:])}")
        return
    if process not in PROCESSES or len(arguments) != 1:
        sys.exit(
            f"usage: python -m {module} {'|'.join(PROCESSES)}|{ROTATE_KEYS}|{RESTART} [CASE …]"
            f"|{CHECK} FILE …"
        )
    configure_logging(f"{module.split('.')[1]}-{process}")
    if process == "web":
        serve(
            f"{module}:create_app",
            host=os.environ.get("HOST", "127.0.0.1"),
            port=int(os.environ["PORT"]),
        )
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    service = load()
    tasks = {"worker": service.work, "consumer": service.consume, "relay": service.relay}
    # What is loaded stays: a collection that looked through it all again would stop the process
    # for a tenth of a second, about once in every few thousand messages.
    gc.freeze()
    logging.getLogger(__name__).info("%s runs", process)
    tasks[process](stop)


def _check(composition: Composition, paths: Sequence[Path]) -> int:
    """With the roles of the deployment's directory, where its settings name one."""
    named = os.environ.get("GONGJIANG_DIRECTORY", "")
    directory = Directory.load(*(each for each in named.split(os.pathsep) if each))
    roles = dict.fromkeys(office.role for office in directory.offices())
    return check_paths(paths, composition.rules, composition.capabilities.staffed_by(tuple(roles)))


def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose, so that one signature never stands for another."""
    return hmac.new(key, purpose, hashlib.sha256).digest()
