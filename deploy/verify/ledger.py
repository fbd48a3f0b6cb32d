"""Every fen of the budgets: transactions sum to zero, balances follow, payments are in them."""

from __future__ import annotations

from deploy.verify.evidence import Rule

SUBSIDY = ("subsidy",)

RULES = (
    Rule(
        """SELECT t.id AS row, count(e.number) AS entries, coalesce(sum(e.amount_fen), 0) AS total,
                  t.amount_fen AS amount, coalesce(sum(greatest(e.amount_fen, 0)), 0) AS given
           FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id
           GROUP BY t.id, t.amount_fen
           HAVING count(e.number) <> 2 OR sum(e.amount_fen) <> 0
               OR sum(greatest(e.amount_fen, 0)) <> t.amount_fen""",
        "记账不平：{entries} 条分录合计 {total} 分，应转 {amount} 分，实转 {given} 分",
        "{entries} entries sum to {total} fen and move {given} of {amount}",
        SUBSIDY,
    ),
    Rule(
        """SELECT e.transaction_id || '#' || e.number AS row, e.budget_id AS budget
           FROM ledger_entries e LEFT JOIN ledger_transactions t ON t.id = e.transaction_id
           WHERE t.id IS NULL OR t.budget_id <> e.budget_id""",
        "分录不属于其交易的预算 {budget}",
        "the entry's budget {budget} is not its transaction's",
        SUBSIDY,
    ),
    Rule(
        """SELECT budget_id || ':' || account AS row, b.balance_fen AS balance, e.total
           FROM budget_balances b
           FULL JOIN (SELECT budget_id, account, sum(amount_fen) AS total
                      FROM ledger_entries GROUP BY 1, 2) e USING (budget_id, account)
           WHERE b.balance_fen IS DISTINCT FROM e.total""",
        "余额 {balance} 分与分录合计 {total} 分不符",
        "the balance of {balance} fen is not the sum of its entries, {total}",
        SUBSIDY,
    ),
    Rule(
        """WITH owed AS (
               SELECT budget_id,
                      sum(amount_fen) FILTER (WHERE state = 'settled') AS disbursed,
                      sum(amount_fen) FILTER (WHERE state IN ('instructed', 'unknown')) AS committed
               FROM payments GROUP BY 1),
           reserved AS (
               SELECT e.budget_id, sum(e.amount_fen) AS reserved FROM entitlements e
               WHERE e.state <> 'released' AND NOT EXISTS (
                   SELECT 1 FROM payments p WHERE p.entitlement_id = e.id
                   AND p.state IN ('instructed', 'unknown', 'settled'))
               GROUP BY 1),
           wanted AS (
               SELECT b.id, a.account, coalesce(CASE a.account
                          WHEN 'disbursed' THEN o.disbursed WHEN 'committed' THEN o.committed
                          ELSE r.reserved END, 0) AS fen
               FROM budgets b CROSS JOIN
                    (VALUES ('disbursed'), ('committed'), ('reserved')) a(account)
               LEFT JOIN owed o ON o.budget_id = b.id LEFT JOIN reserved r ON r.budget_id = b.id)
           SELECT w.id || ':' || w.account AS row, coalesce(k.balance_fen, 0) AS balance, w.fen
           FROM wanted w LEFT JOIN budget_balances k ON k.budget_id = w.id AND k.account = w.account
           WHERE coalesce(k.balance_fen, 0) <> w.fen""",
        "账面 {balance} 分，支付与资格合计 {fen} 分",
        "{balance} fen in the ledger, {fen} by payments and entitlements",
        SUBSIDY,
    ),
    Rule(
        """SELECT t.id AS row, t.kind, b.id AS budget
           FROM ledger_transactions t JOIN budgets b ON b.id = t.budget_id
           WHERE t.posted_at_utc > b.closed_at_utc
             AND t.kind IN ('appropriate', 'reverse_reduction', 'reserve', 'commit')""",
        "预算 {budget} 结账后仍有 {kind}",
        "{kind} in budget {budget} after its year was closed",
        SUBSIDY,
    ),
    Rule(
        """SELECT p.batch_id AS row, string_agg(DISTINCT b.year::text, ', ') AS years
           FROM payments p JOIN budgets b ON b.id = p.budget_id
           WHERE p.batch_id IS NOT NULL
           GROUP BY p.batch_id HAVING count(DISTINCT b.year) > 1""",
        "一个批次含有几个年度的预算：{years}",
        "a batch of several budget years: {years}",
        SUBSIDY,
    ),
    Rule(
        """SELECT person_ref || ' ' || scheme || ' ' || subject AS row,
                  string_agg(id, ', ' ORDER BY id) AS ids
           FROM entitlements WHERE state <> 'released'
           GROUP BY person_ref, scheme, subject HAVING count(*) > 1""",
        "同一人同一事项有多份资格：{ids}",
        "several entitlements for one thing: {ids}",
        SUBSIDY,
    ),
    Rule(
        """SELECT e.id AS row, e.state, count(k.subject) AS keys FROM entitlements e
           LEFT JOIN entitlement_keys k ON k.entitlement_id = e.id
           GROUP BY e.id, e.state HAVING (e.state = 'released') <> (count(k.subject) = 0)""",
        "{state} 的资格有 {keys} 个排他键",
        "an entitlement that is {state} holds {keys} exclusion keys",
        SUBSIDY,
    ),
    Rule(
        """SELECT e.id AS row, e.state, c.status
           FROM entitlements e JOIN cases c ON c.id = e.case_id
           WHERE (e.state = 'granted' AND c.status <> 'approved')
              OR (e.state = 'reserved' AND c.status <> 'in_progress')""",
        "{state} 的资格，其申请为 {status}",
        "an entitlement that is {state} of a case that is {status}",
        SUBSIDY,
    ),
)
