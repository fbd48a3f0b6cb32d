"""What nomination reads from the bus is what the topology brings to it."""

from types import SimpleNamespace
from typing import Any

from services.nomination.app import COMPOSITION
from shared.kernel.clock import WallClock
from shared.messaging.topology import ROUTES


def test_the_subscription_and_the_topology_name_the_same_events() -> None:
    service: Any = SimpleNamespace(office=SimpleNamespace(clock=WallClock()))
    [subscription] = COMPOSITION.subscriptions(service)
    routes = [each for each in ROUTES if each.subscriber == subscription.name]
    assert {each.source for each in routes} == set(subscription.services)
    assert frozenset().union(*(each.types for each in routes)) == subscription.types
