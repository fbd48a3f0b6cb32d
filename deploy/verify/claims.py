"""A claim, its funding, its entitlement and its payment end together; nobody is paid in another's
place, or against evidence that was taken back without anybody being told."""

from __future__ import annotations

from deploy.verify.evidence import Rule

SUBSIDY = ("subsidy",)

RULES = (
    Rule(
        """SELECT c.id AS row, f.state AS funding, c.status
           FROM claim_fundings f JOIN cases c ON c.id = f.case_id
           WHERE (f.state = 'released' AND c.status = 'in_progress')
              OR (f.state = 'waiting' AND c.status <> 'in_progress')
              OR (f.state = 'funded' AND NOT EXISTS (
                  SELECT 1 FROM entitlements e
                  WHERE e.case_id = c.id AND e.state <> 'released'))""",
        "资金为 {funding}，申请却为 {status}",
        "its funding is {funding}, the case is {status}",
        SUBSIDY,
    ),
    Rule(
        """SELECT c.id AS row, c.status FROM cases c
           JOIN case_steps s ON s.case_id = c.id AND s.status = 'open' AND s.key = 'funds_allocated'
           WHERE c.status = 'in_progress' AND NOT EXISTS (
               SELECT 1 FROM claim_fundings f WHERE f.case_id = c.id AND f.state <> 'released')""",
        "在拨付环节等待，却没有资金记录",
        "it waits for its allocation without a funding",
        SUBSIDY,
    ),
    Rule(
        """SELECT c.id AS row,
                  (SELECT count(*) FROM entitlements e WHERE e.case_id = c.id) AS entitlements,
                  (SELECT count(*) FROM payments p WHERE p.case_id = c.id) AS payments
           FROM cases c JOIN procedure_texts t ON t.digest = c.procedure_digest
           WHERE c.status = 'approved' AND t.text ~ 'entitlement"?\\s*:'
             AND NOT (EXISTS (SELECT 1 FROM entitlements e WHERE e.case_id = c.id)
                      AND EXISTS (SELECT 1 FROM payments p WHERE p.case_id = c.id))""",
        "已通过，却有 {entitlements} 份资格、{payments} 笔支付",
        "approved with {entitlements} entitlements and {payments} payments",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, p.state, p.case_id AS case_id FROM payments p
           JOIN cases c ON c.id = p.case_id
           WHERE p.state <> 'cancelled' AND (p.person_ref <> c.subject_ref
              OR (c.organisation IS NOT NULL AND c.subject_ref = c.applicant_ref))""",
        "{case_id} 的款项（{state}）付给了办理人，而不是受益人",
        "the payment ({state}) of {case_id} goes to who applied for others, not to its subject",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, p.state, p.case_id AS case_id FROM payments p
           WHERE EXISTS (SELECT 1 FROM contradictions x WHERE x.payment_id = p.id
                         AND x.consequence = 'hold' AND x.settled_at_utc IS NULL)
             AND (p.state IN ('instructed', 'unknown', 'settled')
                  OR (p.state = 'planned' AND p.batch_id IS NOT NULL))""",
        "{case_id} 的款项已暂停，却为 {state} 或在批次中",
        "the payment of {case_id} is held, and yet {state} or in a batch",
        SUBSIDY,
    ),
    Rule(
        """SELECT DISTINCT p.id AS row, p.state, p.case_id AS case_id, q.id AS other
           FROM payments p JOIN entitlements e ON e.id = p.entitlement_id
           JOIN entitlements o ON o.person_ref = e.person_ref AND o.keys && e.keys
           JOIN payments q ON q.entitlement_id = o.id AND q.id <> p.id
           JOIN contradictions x ON x.payment_id = q.id AND x.code LIKE 'settled%'
           WHERE p.state IN ('planned', 'instructed', 'unknown', 'settled')
             AND (x.settled_at_utc IS NULL OR p.planned_at_utc < x.settled_at_utc)
             AND NOT EXISTS (SELECT 1 FROM contradictions y WHERE y.payment_id = p.id)""",
        "{case_id} 的款项（{state}）与银行已付的 {other} 属同一事项，却没有存疑记录",
        "the payment ({state}) of {case_id} is for what the bank paid by {other}: unsaid",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.id AS row, p.state, p.case_id AS case_id FROM payments p
           JOIN entitlements e ON e.id = p.entitlement_id
           WHERE p.state IN ('planned', 'instructed', 'unknown', 'settled')
             AND (EXISTS (SELECT 1 FROM known_certificates k
                          WHERE k.certificate_no = e.about->>'certificate_no'
                            AND k.revoked_on IS NOT NULL)
               OR EXISTS (SELECT 1 FROM known_honours h
                          WHERE h.honour_no = e.about->>'honour_no'
                            AND h.revoked_on IS NOT NULL))
             AND NOT EXISTS (SELECT 1 FROM contradictions x WHERE x.payment_id = p.id)""",
        "{case_id} 的款项（{state}）所依据的证书或荣誉已撤销，却没有存疑记录",
        "what the payment ({state}) of {case_id} rests on was taken back, and nothing says so",
        SUBSIDY,
    ),
)
