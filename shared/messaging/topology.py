"""Every exchange, queue and binding of the system, and who reads what. Declared here only.

One topic exchange a service. One queue a subscriber and source, bound to `<service>.#`: a
subscriber that keeps order sees every number, and passes over the types that it does not read.
"""

from __future__ import annotations

from dataclasses import dataclass

from kombu import Connection, Exchange, Queue

DELIVERY_LIMIT = 20  # the broker's own, above the consumer's: for a consumer that dies each time
DEAD_EXCHANGE = "dead_letters"


@dataclass(frozen=True)
class Route:
    """`subscriber` reads `types` of `source` from a queue of its own."""

    subscriber: str
    source: str
    types: frozenset[str]

    @property
    def queue(self) -> str:
        return f"{self.subscriber}_from_{self.source}"

    @property
    def dead_queue(self) -> str:
        return f"{self.queue}_dead"


CERTIFICATES = frozenset(
    {
        "assessment.certificate_issued.v1",
        "assessment.certificate_reissued.v1",
        "assessment.certificate_revoked.v1",
    }
)
HONOURS = frozenset({"nomination.honour_conferred.v1", "nomination.honour_revoked.v1"})
ROUTES: tuple[Route, ...] = (
    Route("subsidy", "assessment", CERTIFICATES),
    Route("subsidy", "nomination", HONOURS),
    Route("nomination", "assessment", CERTIFICATES),
    Route(
        "nomination",
        "nomination",
        frozenset(
            {
                "nomination.competition_result_recorded.v1",
                "nomination.competition_result_corrected.v1",
                "nomination.honour_revoked.v1",
            }
        ),
    ),
    Route(
        "finance",
        "subsidy",
        frozenset({"subsidy.payment_instructed.v1"}),
    ),
)


def has_subscriber(type: str, routes: tuple[Route, ...] = ROUTES) -> bool:
    """Whether a message of this type that no queue took is a failure."""
    return any(type in route.types for route in routes)


def exchange_of(service: str) -> str:
    """The same name on both transports: pgmq would rewrite dots and dashes."""
    return f"{service}_events"


def queue_for(route: Route, *, quorum: bool) -> Queue:
    """Quorum with a delivery limit and a dead-letter queue on RabbitMQ; plain on pgmq."""
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": route.dead_queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return Queue(
        route.queue,
        exchange=Exchange(exchange_of(route.source), type="topic", durable=True),
        routing_key=f"{route.source}.#",
        durable=True,
        queue_arguments=arguments if quorum else None,
    )


def dead_queue_for(route: Route) -> Queue:
    """Only on RabbitMQ: where the broker puts what went over the delivery limit."""
    return Queue(
        route.dead_queue,
        exchange=Exchange(DEAD_EXCHANGE, type="direct", durable=True),
        routing_key=route.dead_queue,
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )


def declare(connection: Connection, routes: tuple[Route, ...], services: tuple[str, ...]) -> None:
    """Declares all of it; again changes nothing. Before any consuming: a declaration during a
    long poll of pgmq would wait for it."""
    quorum = connection.transport.driver_type == "amqp"
    with connection.channel() as channel:
        for service in services:
            Exchange(exchange_of(service), type="topic", durable=True)(channel).declare()
        for route in routes:
            if quorum:
                dead_queue_for(route)(channel).declare()
            queue_for(route, quorum=quorum)(channel).declare()
