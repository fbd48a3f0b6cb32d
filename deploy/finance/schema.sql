-- The finance system's own tables. Safe to run again.

CREATE TABLE IF NOT EXISTS positions (
    source text PRIMARY KEY,
    last_sequence bigint NOT NULL,          -- everything up to it was taken, without a gap
    last_report text                        -- of the bank: whether its numbers go on is seen by it
);
ALTER TABLE positions ADD COLUMN IF NOT EXISTS last_report text;

CREATE TABLE IF NOT EXISTS inbox (
    event_id text PRIMARY KEY,              -- a second delivery finds itself here
    sequence bigint NOT NULL,
    type text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS inbox_by_number ON inbox (sequence);

CREATE TABLE IF NOT EXISTS instructions (
    payment_id text PRIMARY KEY,            -- the key of "pay this once"
    end_to_end_id text NOT NULL UNIQUE,
    batch_id text NOT NULL,
    case_id text NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    replaces text,
    state text NOT NULL,
    reason_code text,
    doubted_at timestamptz,                 -- an earlier process may have sent it before this time
    asked integer NOT NULL DEFAULT 0,
    ask_at timestamptz,                     -- when to ask the bank next
    sending_at timestamptz,
    accepted_at timestamptz,                -- when the bank first said that it has the order
    received_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
-- a table that an earlier version made: what it has not sent yet is doubted
ALTER TABLE instructions ADD COLUMN IF NOT EXISTS doubted_at timestamptz DEFAULT now();
ALTER TABLE instructions ALTER COLUMN doubted_at DROP DEFAULT;
ALTER TABLE instructions ADD COLUMN IF NOT EXISTS accepted_at timestamptz;
UPDATE instructions SET accepted_at = changed_at WHERE state = 'sent' AND accepted_at IS NULL;
ALTER TABLE instructions DROP CONSTRAINT IF EXISTS instructions_state_check;
ALTER TABLE instructions ADD CONSTRAINT instructions_state_check CHECK (state IN
    ('received', 'withheld', 'sending', 'sent', 'unknown', 'settled', 'rejected', 'returned'));
DROP INDEX IF EXISTS instructions_to_send;
CREATE INDEX IF NOT EXISTS instructions_waiting ON instructions (batch_id, payment_id)
    WHERE state IN ('received', 'withheld');
CREATE INDEX IF NOT EXISTS instructions_to_ask ON instructions (ask_at)
    WHERE state IN ('sending', 'sent', 'unknown');

CREATE TABLE IF NOT EXISTS reports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id text NOT NULL,                -- told to subsidy, which applies each once
    batch_id text NOT NULL,
    end_to_end_id text NOT NULL,
    status text NOT NULL,
    reason_code text,
    amount_fen bigint,                      -- as the bank says it
    reported_at timestamptz NOT NULL,
    posted_at timestamptz,
    answer text                             -- JSON: `outcome`, and `errors` that say why
);
-- its identity, as in subsidy: a restored bank may number its reports anew
ALTER TABLE reports ADD COLUMN IF NOT EXISTS amount_fen bigint;
ALTER TABLE reports DROP CONSTRAINT IF EXISTS reports_report_id_key;
CREATE UNIQUE INDEX IF NOT EXISTS reports_identity ON reports (report_id, end_to_end_id, status);
CREATE INDEX IF NOT EXISTS reports_to_post ON reports (id) WHERE posted_at IS NULL;

-- A batch that subsidy does not let be read, or whose reports it does not take: tried again, less
-- often each time, while the others go on.
CREATE TABLE IF NOT EXISTS batch_troubles (
    batch_id text NOT NULL,
    what text NOT NULL,                     -- read, report
    tried integer NOT NULL DEFAULT 1,
    again_at timestamptz NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, what)
);
