"""Every case ends once and says so once; one under way waits for somebody."""

from __future__ import annotations

from deploy.verify.evidence import Rule

RULES = (
    Rule(
        """SELECT c.id AS row, c.status, count(e.sequence) AS times FROM cases c
           LEFT JOIN event_log e ON e.case_id = c.id AND e.type LIKE '%.case_closed.v%'
           GROUP BY c.id, c.status
           HAVING count(e.sequence) <>
               CASE WHEN c.status IN ('approved', 'refused', 'withdrawn') THEN 1 ELSE 0 END""",
        "{status} 的申请有 {times} 个 case_closed 事件",
        "a case that is {status} has {times} case_closed events",
    ),
    Rule(
        """SELECT c.id AS row, c.status, count(e.sequence) AS times FROM cases c
           LEFT JOIN event_log e ON e.case_id = c.id AND e.type LIKE '%.case_submitted.v%'
           GROUP BY c.id, c.status, c.submitted_at_utc
           HAVING count(e.sequence) <> CASE WHEN c.submitted_at_utc IS NULL THEN 0 ELSE 1 END""",
        "{status} 的申请有 {times} 个 case_submitted 事件",
        "a case that is {status} has {times} case_submitted events",
    ),
    Rule(
        """SELECT c.id AS row, c.status, count(s.id) AS steps FROM cases c
           LEFT JOIN case_steps s ON s.case_id = c.id AND s.status = 'open'
           GROUP BY c.id, c.status
           HAVING count(s.id) <> CASE WHEN c.status = 'in_progress' THEN 1 ELSE 0 END""",
        "{status} 的申请有 {steps} 个进行中的环节",
        "a case that is {status} has {steps} open steps",
    ),
    Rule(
        """SELECT s.id AS row, s.key, s.case_id AS case_id FROM case_steps s
           WHERE s.status = 'open' AND s.kind NOT IN ('notice', 'external') AND NOT EXISTS (
               SELECT 1 FROM tasks t
               WHERE t.step_id = s.id AND t.status IN ('ready', 'reserved'))""",
        "{case_id} 的环节 {key} 没有人可办",
        "step {key} of {case_id} waits for nobody",
    ),
    Rule(
        """SELECT t.id AS row, t.case_id AS case_id, t.status, count(d.id) AS decisions FROM tasks t
           LEFT JOIN decisions d ON d.task_id = t.id
           GROUP BY t.id, t.case_id, t.status
           HAVING count(d.id) <> CASE WHEN t.status = 'completed' THEN 1 ELSE 0 END""",
        "{case_id} 的待办为 {status}，有 {decisions} 个决定",
        "a task of {case_id} that is {status} has {decisions} decisions",
    ),
    Rule(
        """SELECT d.case_id AS row, string_agg(DISTINCT d.step_key, ', ') AS steps FROM decisions d
           GROUP BY d.case_id, d.decided_by HAVING count(DISTINCT d.step_key) > 1""",
        "同一人办理了多个环节：{steps}",
        "one person decided several steps: {steps}",
    ),
    Rule(
        """SELECT d.id AS row, d.case_id AS case_id FROM decisions d
           JOIN case_people p ON p.case_id = d.case_id AND p.person_ref = d.decided_by""",
        "{case_id} 的当事人参与了决定",
        "a person whom {case_id} concerns decided in it",
    ),
)
