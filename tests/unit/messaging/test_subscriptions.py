"""What a service reads from the bus is what the topology brings to it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.nomination import app as nomination
from services.subsidy import app as subsidy
from shared.messaging.topology import ROUTES


@pytest.mark.parametrize(("name", "app"), [("nomination", nomination), ("subsidy", subsidy)])
def test_the_subscription_and_the_topology_name_the_same_events(name: str, app: Any) -> None:
    office = SimpleNamespace(clock=None)
    [subscription] = app.subscriptions(cast(Any, SimpleNamespace(office=office)))
    routes = [route for route in ROUTES if route.subscriber == name]
    assert set(subscription.services) == {route.source for route in routes}
    assert subscription.types == {type for route in routes for type in route.types}
