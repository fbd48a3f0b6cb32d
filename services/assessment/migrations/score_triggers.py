"""What the database itself guarantees: locked scores stay as they are, whoever asks, and so do the
candidates whose scores they are; certificates and filings are never deleted or rewritten."""

from typing import Any

# FOR SHARE waits for a transaction that is locking the sitting, and makes it wait for this one.
_SCORES = """
CREATE FUNCTION refuse_locked_score() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    locked timestamptz;
    owner text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'scores are never truncated' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP <> 'INSERT' THEN
        owner := OLD.sitting_id;
        SELECT scores_locked_at_utc INTO locked FROM sittings WHERE case_id = owner FOR SHARE;
        IF locked IS NOT NULL THEN
            RAISE EXCEPTION 'the scores of sitting % are locked', owner
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        owner := NEW.sitting_id;
        SELECT scores_locked_at_utc INTO locked FROM sittings WHERE case_id = owner FOR SHARE;
        IF locked IS NOT NULL THEN
            RAISE EXCEPTION 'the scores of sitting % are locked', owner
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$$
"""

_CANDIDATES = """
CREATE FUNCTION refuse_changed_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    locked timestamptz;
    owner text := CASE WHEN TG_OP = 'INSERT' THEN NEW.sitting_id ELSE OLD.sitting_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.sitting_id, NEW.person_ref, NEW.name, NEW.occupation,
        NEW.level, NEW.number) IS NOT DISTINCT FROM (OLD.id, OLD.sitting_id, OLD.person_ref,
        OLD.name, OLD.occupation, OLD.level, OLD.number) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sitting_id <> OLD.sitting_id THEN
        RAISE EXCEPTION 'a candidate stays in their sitting' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT scores_locked_at_utc INTO locked FROM sittings WHERE case_id = owner FOR SHARE;
    IF locked IS NOT NULL THEN
        RAISE EXCEPTION 'the roster of sitting % is locked', owner
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$
"""

_SITTINGS = """
CREATE FUNCTION refuse_unlocked_sitting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.scores_locked_at_utc IS NOT NULL AND (TG_OP = 'DELETE'
        OR (NEW.case_id, NEW.scores_locked_at_utc, NEW.scores_locked_by, NEW.pass_mark_tenths,
            NEW.occupation, NEW.level)
        IS DISTINCT FROM (OLD.case_id, OLD.scores_locked_at_utc, OLD.scores_locked_by,
            OLD.pass_mark_tenths, OLD.occupation, OLD.level)) THEN
        RAISE EXCEPTION 'the scores of sitting % are locked', OLD.case_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$
"""

# Of an issued certificate only its state changes, and only from valid to revoked.
_CERTIFICATES = """
CREATE FUNCTION refuse_changed_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'revoked_at_utc', 'revoked_because'];
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'valid'
        OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'an issued certificate is never changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""

_TRIGGERS = (
    "keep_locked BEFORE INSERT OR UPDATE OR DELETE ON scores "
    "FOR EACH ROW EXECUTE FUNCTION refuse_locked_score()",
    "keep_all BEFORE TRUNCATE ON scores FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_score()",
    "keep_locked BEFORE INSERT OR UPDATE OR DELETE ON candidates "
    "FOR EACH ROW EXECUTE FUNCTION refuse_changed_candidate()",
    "keep_locked BEFORE UPDATE OR DELETE ON sittings "
    "FOR EACH ROW EXECUTE FUNCTION refuse_unlocked_sitting()",
    "keep_issued BEFORE UPDATE OR DELETE ON certificates "
    "FOR EACH ROW EXECUTE FUNCTION refuse_changed_certificate()",
    "keep_all BEFORE TRUNCATE ON certificates "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_certificate()",
)


def create(op: Any) -> None:
    for function in (_SCORES, _CANDIDATES, _SITTINGS, _CERTIFICATES):
        op.execute(function)
    for trigger in _TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")


# A misspelt name is mended where the reissue that says so was written before.
_REISSUED = """
CREATE OR REPLACE FUNCTION refuse_changed_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'revoked_at_utc', 'revoked_because'];
    mended text[] := ARRAY['holder_name', 'reissued_on'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'valid' THEN
        IF to_jsonb(NEW) - moving IS NOT DISTINCT FROM to_jsonb(OLD) - moving THEN
            RETURN NEW;
        END IF;
        IF to_jsonb(NEW) - mended IS NOT DISTINCT FROM to_jsonb(OLD) - mended AND EXISTS (
            SELECT 1 FROM certificate_reissues r
            WHERE r.certificate_no = OLD.number AND r.former_name = OLD.holder_name
                AND r.holder_name = NEW.holder_name AND r.reissued_on = NEW.reissued_on
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an issued certificate is never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END
$$
"""


def allow_reissue(op: Any) -> None:
    op.execute(_REISSUED)
