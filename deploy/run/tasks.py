"""Tasks that nobody can take (shared/approvals/staffing.py). Reads only."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from deploy.run.health import Finding

_UNSTAFFED = """
    select t.case_id, min(c.role || ' ' || coalesce(c.organisation, c.region))
    from tasks t join task_candidates c on c.task_id = t.id and c.open
    where t.unstaffed_at_utc is not null and t.status in ('ready', 'reserved')
    group by t.case_id order by t.case_id
"""


def of_tasks(dsn: str, service: str) -> Iterator[Finding]:
    """Raises psycopg.Error."""
    with psycopg.connect(dsn, connect_timeout=5) as session:
        waiting = session.execute(_UNSTAFFED).fetchall()
    if not waiting:
        return
    some = "；".join(f"{case} {office}" for case, office in waiting[:3])
    yield Finding(
        f"{service}：{len(waiting)} 个案件的待办无人可办：{some}",
        f"{service}: nobody can take a task of {len(waiting)} cases: {some}",
        f"为这些岗位指定人员；全部名单：GET /{service}/api/v1/tasks/unstaffed",
        f"give these offices people; the whole list: GET /{service}/api/v1/tasks/unstaffed",
    )
