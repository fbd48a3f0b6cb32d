"""Figure 4: a page of the worklist over HTTP at a million open tasks against ten thousand."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import quantiles

import psycopg

from shared.procedures import parse
from shared.web.paging import encode_cursor
from tests.bench.calling import Caller
from tests.bench.figures import PAIRS, Figure
from tests.bench.world import API, World
from tests.servers.system import ROOT

DOCUMENT = ROOT / "services" / "subsidy" / "catalogue" / "trainee-living-allowance.yaml"

# whose worklist: a membership in a region at a level, or in an organisation
PEOPLE = ("chibi-bureau-officer", "chibi-union-reviewer", "xianning-bureau-officer",
          "jinggong-officer")  # fmt: skip
DEPTHS = (0.0, 0.25, 0.5, 0.9)  # how much of a person's worklist stands before the page
ROUND = 25  # of each person's each page in a pair

# One open task a case. Two thirds of them belong to the people above, the rest to other counties.
FILL = (
    "INSERT INTO procedure_texts (digest, text) VALUES (%(digest)s, %(text)s)",
    """INSERT INTO cases (id, procedure, procedure_version, procedure_digest, status,
           applicant_ref, applicant_name, subject_ref, subject_name, employer, region, regions,
           form, amount_fen, current_step, round, external_facts, opened_at_utc,
           submitted_at_utc, changed_at_utc, version)
       SELECT 'CLM-2023-' || lpad(n::text, 7, '0'), 'trainee-living-allowance', 'hubei-2023',
           %(digest)s, 'in_progress',
           'p' || n, '张三', 'p' || n, '张三', '91421281MA4900001X', '421281',
           '{"case": "421281"}', jsonb_build_object('class_no', 'bench-' || n), 50000,
           'bureau_audits', 1, '{}', at, at, at, 3
       FROM generate_series(1, %(size)s) AS n, LATERAL (SELECT
           timestamptz '2024-03-01 00:00Z' + n %% 86400 * interval '1 second' AS at) AS moment""",
    """INSERT INTO case_people (case_id, person_ref, part)
       SELECT id, subject_ref, 'subject' FROM cases""",
    """INSERT INTO case_steps (id, case_id, key, kind, round, status, opened_at_utc, due_at_utc,
           due_provisional)
       SELECT 's' || id, id, current_step, 'decide', 1, 'open', opened_at_utc,
           opened_at_utc + interval '3 days', false FROM cases""",
    """INSERT INTO tasks (id, case_id, step_id, step_key, kind, seat, may, status, opened_at_utc,
           due_at_utc, version)
       SELECT 't' || id, id, 's' || id, current_step, 'decide', 'office',
           '["approve", "return", "reject"]', 'ready', opened_at_utc,
           opened_at_utc + interval '3 days', 1 FROM cases""",
    """INSERT INTO task_candidates (task_id, number, role, organisation, region, level,
           due_at_utc, open)
       SELECT 't' || id, 1,
           (ARRAY['bureau.officer', 'union.reviewer', 'bureau.officer', 'enterprise.officer',
                  'bureau.officer', 'union.reviewer'])[kind + 1],
           CASE WHEN kind = 3 THEN '91421281MA4900001X' END,
           (ARRAY['421281', '421281', '421200', NULL, '42' || lpad((number %% 90 + 1)::text, 2, '0')
                  || '99', '430199'])[kind + 1],
           (ARRAY['county', 'county', 'city', NULL, 'county', 'county'])[kind + 1],
           opened_at_utc + interval '3 days', true
       FROM (SELECT *, right(id, 7)::int AS number, right(id, 7)::int %% 6 AS kind
             FROM cases) AS numbered""",
)


def measure(world: World, large: int, small: int, say: Callable[[str], None]) -> Figure:
    with ExitStack() as stack:
        callers, pages = {}, {}
        for size in (small, large):
            began = time.perf_counter()
            url = world.new_database(f"bench_tasks_{size}")
            fill(world, url, size)
            say(f"  {size:,} open tasks made in {time.perf_counter() - began:.0f} s")
            callers[size] = stack.enter_context(world.another_web(url))
            pages[size] = list(pages_of(world, url))
        tokens = {username: world.token(username) for username in PEOPLE}
        p95: dict[int, list[float]] = {small: [], large: []}
        for pair in range(PAIRS + 1):
            took: dict[int, list[float]] = {small: [], large: []}
            # page by page in alternation: what disturbs the machine disturbs both alike
            for _, at in itertools.product(range(ROUND), range(len(pages[small]))):
                for size in (small, large) if at % 2 else (large, small):
                    username, path = pages[size][at]
                    took[size].append(timed(callers[size], path, tokens[username]))
            if not pair:
                continue  # the first warms caches and connections
            for size, seconds in took.items():
                p95[size].append(quantiles(seconds, n=20)[-1] * 1000)
            say(f"  pair {pair}: {p95[large][-1]:.1f} / {p95[small][-1]:.1f} ms")
    return Figure(
        f"worklist page p95 at {large:,} open tasks",
        f"the same at {small:,}",
        "ms",
        1.3,
        p95[large],
        p95[small],
        at_most=True,
        notes=[f"GET /tasks?limit=50 over HTTP; {len(PEOPLE)} people, pages at depths {DEPTHS}"],
    )


def fill(world: World, url: str, size: int) -> None:
    """Triggers and foreign keys rest meanwhile: the rows fit by construction."""
    text = DOCUMENT.read_text(encoding="utf-8")
    given = {"size": size, "digest": parse(text).digest, "text": text}
    with psycopg.connect(world.dsn(url)) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in FILL:
            connection.execute(statement, given)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def pages_of(world: World, url: str) -> Iterator[tuple[str, str]]:
    """(username, path): the first page and pages deep in the list of each."""
    offers = {
        "chibi-bureau-officer": "role = 'bureau.officer' AND region = '421281'",
        "chibi-union-reviewer": "role = 'union.reviewer' AND region = '421281'",
        "xianning-bureau-officer": "role = 'bureau.officer' AND region = '421200'",
        "jinggong-officer": "role = 'enterprise.officer'",
    }
    for username in PEOPLE:
        mine = f"SELECT due_at_utc, task_id FROM task_candidates WHERE {offers[username]}"
        (count,) = world.rows(url, f"SELECT count(*) FROM ({mine}) AS mine")[0]
        for depth in DEPTHS:
            if not depth:
                yield username, f"{API}/tasks?limit=50"
                continue
            place = f"{mine} ORDER BY due_at_utc, task_id OFFSET {int(count * depth)} LIMIT 1"
            due, task_id = world.rows(url, place)[0]
            yield username, f"{API}/tasks?limit=50&after={encode_cursor(due, task_id)}"


def timed(caller: Caller, path: str, token: str) -> float:
    began = time.perf_counter()
    page = caller.call("GET", path, token)
    seconds = time.perf_counter() - began
    assert len(page["items"]) == 50, path
    return seconds
