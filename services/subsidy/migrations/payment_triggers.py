"""What the database itself guarantees of payments, whoever writes to it: money is planned and
instructed only for an entitlement that lives, and none is released while its money may be gone."""

from typing import Any

RESTS_ON_A_LIVE_ENTITLEMENT = """
CREATE FUNCTION payment_rests_on_a_live_entitlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('planned', 'instructed') AND NOT EXISTS (
        SELECT 1 FROM entitlements e
        WHERE e.id = NEW.entitlement_id AND e.state <> 'released'
          AND e.amount_fen = NEW.amount_fen AND e.person_ref = NEW.person_ref
    ) THEN
        RAISE EXCEPTION 'payment % rests on no live entitlement of its amount and person', NEW.id
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'payments_rest_on_a_live_entitlement';
    END IF;
    RETURN NEW;
END $$
"""

KEEPS_WHAT_WAS_SENT = """
CREATE FUNCTION entitlement_in_use_is_not_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'released' AND OLD.state <> 'released' AND EXISTS (
        SELECT 1 FROM payments p
        WHERE p.entitlement_id = NEW.id
          AND p.state IN ('planned', 'instructed', 'unknown', 'settled')
    ) THEN
        RAISE EXCEPTION 'entitlement % has a live payment', NEW.id
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'entitlements_in_use_are_not_released';
    END IF;
    RETURN NEW;
END $$
"""


def create(op: Any) -> None:
    op.execute(RESTS_ON_A_LIVE_ENTITLEMENT)
    op.execute(KEEPS_WHAT_WAS_SENT)
    op.execute(
        "CREATE TRIGGER payments_rest_on_a_live_entitlement "
        "BEFORE INSERT OR UPDATE OF state ON payments "
        "FOR EACH ROW EXECUTE FUNCTION payment_rests_on_a_live_entitlement()"
    )
    op.execute(
        "CREATE TRIGGER entitlements_in_use_are_not_released "
        "BEFORE UPDATE OF state ON entitlements "
        "FOR EACH ROW EXECUTE FUNCTION entitlement_in_use_is_not_released()"
    )
