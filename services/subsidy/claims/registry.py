"""The social insurance registry (社会保险登记), asked over HTTP with a time-out."""

from typing import Any, Protocol

import httpx

from shared.approvals.office import FactsUnavailable

TIMEOUT_SECONDS = 5.0


class InsuranceRegistry(Protocol):
    """Answers by person reference, never by identity number."""

    def record_of(self, person_ref: str) -> dict[str, Any]:
        """{contributed_months, benefit_months: [YYYY-MM], employment_status?, household_region?};
        a person whom it does not know has no months. Raises FactsUnavailable."""
        ...


class HttpInsuranceRegistry:
    """`GET {base}/insurance/{person_ref}`; 404 means that the person is not registered."""

    def __init__(self, base_url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = httpx.Client(base_url=base_url.rstrip("/"), timeout=timeout)

    def record_of(self, person_ref: str) -> dict[str, Any]:
        try:
            answer = self._client.get(f"/insurance/{person_ref}")
            if answer.status_code == httpx.codes.NOT_FOUND:
                return {"contributed_months": [], "benefit_months": []}
            answer.raise_for_status()
            record = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise FactsUnavailable("the insurance registry did not answer") from error
        if not isinstance(record, dict):
            raise FactsUnavailable("the insurance registry answered something else")
        return record
