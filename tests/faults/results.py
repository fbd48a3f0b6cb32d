"""Results of a competition recorded over HTTP beside the claims: events that nomination's own
consumer reads, so that there is something to read when it is killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.demonstration.welders import SIZE, welders
from tests.faults.caller import Caller
from tests.faults.evidence import Evidence
from tests.faults.verdicts import once_each
from tests.servers.system import System

NOMINATION = "/nomination/api/v1"
OFFICER, REGION = "chibi-union-reviewer", "421281"
ROSTER = 900  # nobody else's people


@dataclass
class Results:
    """`size` results, recorded as `progress` goes from 0 to 1."""

    caller: Caller
    name: str
    size: int
    progress: Callable[[], float]
    competition: str = ""
    recorded: list[int] = field(default_factory=list)  # ranks

    def record(self, stop: threading.Event) -> None:
        self.competition = self._open()
        for rank in range(1, self.size + 1):
            while self.progress() < rank / (self.size + 1):
                if stop.wait(0.2):
                    return
            roster, number = divmod(rank, SIZE)
            person = welders(ROSTER + roster)[number]
            result = {
                "identity_number": person.identity_number,
                "holder_name": person.name,
                "rank": rank,
            }
            path = f"{NOMINATION}/competitions/{self.competition}/results"
            key = f"{self.name}-result-{rank}"
            answer = self.caller.post(OFFICER, path, {"results": [result]}, key)
            assert answer.status_code == 200, answer.text[:500]
            self.recorded.append(rank)

    def _open(self) -> str:
        body = {
            "title": f"故障演练 {self.name}",
            "tier": "city",
            "occupation": "6-18-02-04",
            "region": REGION,
            "held_on": "2024-03-01",
        }
        key = f"{self.name}-competition"
        answer = self.caller.post(OFFICER, f"{NOMINATION}/competitions", body, key)
        assert answer.status_code == 201, answer.text[:500]
        return str(answer.json()["id"])

    def violations(self, system: System) -> list[str]:
        """Each recorded result is one event, one inbox row and one place."""
        evidence, expected = Evidence(system), [str(rank) for rank in self.recorded]
        logged = evidence.rows(
            "nomination",
            "SELECT event_id, event->'data'->>'rank' FROM event_log"
            " WHERE event->'data'->>'competition_id' = %s",
            self.competition,
        )
        inbox = set(evidence.column("nomination", "SELECT event_id FROM inbox"))
        kept = evidence.column(
            "nomination",
            "SELECT rank::text FROM competition_places WHERE competition_id = %s",
            self.competition,
        )
        return [
            *([] if len(expected) == self.size else [f"{len(expected)} results were recorded"]),
            *once_each("event", expected, (rank for _, rank in logged)),
            *(f"{rank}: not in the inbox" for id, rank in logged if id not in inbox),
            *once_each("place", expected, kept),
        ]
