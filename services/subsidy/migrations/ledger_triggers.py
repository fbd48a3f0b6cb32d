"""What the database itself guarantees of the ledger, whoever writes to it."""

from typing import Any

APPEND_ONLY = """
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

SUMS_TO_ZERO = """
CREATE FUNCTION ledger_transaction_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    identifier text;
    entries bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'ledger_transactions' THEN
        identifier := NEW.id;
    ELSE
        identifier := NEW.transaction_id;
    END IF;
    SELECT count(*), coalesce(sum(amount_fen), 0) INTO entries, total
        FROM ledger_entries WHERE transaction_id = identifier;
    IF entries < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % has % entries with the sum %',
            identifier, entries, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_sums_to_zero';
    END IF;
    RETURN NULL;
END $$
"""

KEEP_BALANCES = """
CREATE FUNCTION ledger_keeps_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO budget_balances (budget_id, account, balance_fen)
        SELECT DISTINCT added.budget_id, added.account, 0 FROM added
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    UPDATE budget_balances kept
        SET balance_fen = kept.balance_fen + moved.fen
        FROM (SELECT budget_id, account, sum(amount_fen) AS fen
              FROM added GROUP BY budget_id, account) moved
        WHERE kept.budget_id = moved.budget_id AND kept.account = moved.account;
    RETURN NULL;
END $$
"""

BALANCES_ARE_KEPT = """
CREATE FUNCTION budget_balances_follow_the_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'budget_balances is kept by the ledger: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def create(op: Any) -> None:
    # not a trigger, but made by no table either: the numbers of payment batches
    op.execute("CREATE SEQUENCE payment_batch_numbers")
    for function in (APPEND_ONLY, SUMS_TO_ZERO, KEEP_BALANCES, BALANCES_ARE_KEPT):
        op.execute(function)
    for table in ("ledger_transactions", "ledger_entries"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_sum_to_zero AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION ledger_transaction_sums_to_zero()"
        )
    op.execute(
        "CREATE TRIGGER ledger_entries_keep_balances AFTER INSERT ON ledger_entries "
        "REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_keeps_balances()"
    )
    op.execute(
        "CREATE TRIGGER budget_balances_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
        "ON budget_balances "
        "FOR EACH STATEMENT EXECUTE FUNCTION budget_balances_follow_the_ledger()"
    )


CLOSED_YEARS = """
CREATE FUNCTION ledger_keeps_closed_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind IN ('appropriate', 'reverse_reduction', 'reserve', 'commit') AND EXISTS (
        SELECT 1 FROM budgets b WHERE b.id = NEW.budget_id AND b.closed_at_utc IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'budget % is closed: % is refused', NEW.budget_id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_keeps_closed_years';
    END IF;
    RETURN NEW;
END $$
"""

CLOSED_FOR_GOOD = """
CREATE FUNCTION budget_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at_utc IS NOT NULL AND NEW.closed_at_utc IS DISTINCT FROM OLD.closed_at_utc THEN
        RAISE EXCEPTION 'budget % was closed for good', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_stays_closed';
    END IF;
    RETURN NEW;
END $$
"""


def keep_closed_years(op: Any) -> None:
    op.execute(CLOSED_YEARS)
    op.execute(CLOSED_FOR_GOOD)
    op.execute(
        "CREATE TRIGGER ledger_transactions_keep_closed_years BEFORE INSERT "
        "ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION ledger_keeps_closed_years()"
    )
    op.execute(
        "CREATE TRIGGER budgets_stay_closed BEFORE UPDATE ON budgets "
        "FOR EACH ROW EXECUTE FUNCTION budget_stays_closed()"
    )
