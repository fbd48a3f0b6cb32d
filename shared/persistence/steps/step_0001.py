"""The tables that every service has. From `python -m shared.persistence begin`."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from shared.persistence.steps import step_0001_triggers


def upgrade(op: Any) -> None:
    create_audit_entries(op)
    create_audit_pending(op)
    create_blocked_cases(op)
    create_calendar_days(op)
    create_calendar_years(op)
    create_consumer_positions(op)
    create_dead_letters(op)
    create_event_log(op)
    create_evidence_files(op)
    create_failed_attempts(op)
    create_idempotency_keys(op)
    create_inbox(op)
    create_notices(op)
    create_outbox(op)
    create_procedure_texts(op)
    create_sequence_counter(op)
    create_audit_chain(op)
    create_cases(op)
    create_notice_entries(op)
    create_case_findings(op)
    create_case_people(op)
    create_case_steps(op)
    create_notice_objections(op)
    create_tasks(op)
    create_decisions(op)
    create_task_candidates(op)
    step_0001_triggers.create(op)


def create_audit_entries(op: Any) -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_ref", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_case_id_id", "audit_entries", ["case_id", "id"], unique=False)


def create_audit_pending(op: Any) -> None:
    op.create_table(
        "audit_pending",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_pending")),
    )


def create_blocked_cases(op: Any) -> None:
    op.create_table(
        "blocked_cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("next_attempt_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_blocked_cases")),
    )


def create_calendar_days(op: Any) -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )


def create_calendar_years(op: Any) -> None:
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )


def create_consumer_positions(op: Any) -> None:
    op.create_table(
        "consumer_positions",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", "source", name=op.f("pk_consumer_positions")),
    )


def create_dead_letters(op: Any) -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "died_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("replay_requested_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replayed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index(
        "uq_dead_letters_subscription_event_id",
        "dead_letters",
        ["subscription", "event_id"],
        unique=True,
    )


def create_event_log(op: Any) -> None:
    op.create_table(
        "event_log",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "numbered_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event_log")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_log_event_id")),
    )


def create_evidence_files(op: Any) -> None:
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_files_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
    )
    op.create_index("ix_evidence_files_case_id", "evidence_files", ["case_id", "id"], unique=False)


def create_failed_attempts(op: Any) -> None:
    op.create_table(
        "failed_attempts",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column(
            "failed_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("subscription", "event_id", name=op.f("pk_failed_attempts")),
    )


def create_idempotency_keys(op: Any) -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column(
            "created_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("person_ref", "key", name=op.f("pk_idempotency_keys")),
    )


def create_inbox(op: Any) -> None:
    op.create_table(
        "inbox",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column(
            "received_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("subscription", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_received_at_utc", "inbox", ["received_at_utc"], unique=False)


def create_notices(op: Any) -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("procedure_version", sa.Text(), nullable=False),
        sa.Column("step_key", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("batch_key", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("length_wd", sa.BigInteger(), nullable=False),
        sa.Column("first_day_counts", sa.Boolean(), nullable=False),
        sa.Column("settle_wd", sa.BigInteger(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("shows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("publishes", sa.Text(), nullable=True),
        sa.Column("office", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ends_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("ended_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("snapshot_signature", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('collecting', 'published', 'ended')", name=op.f("ck_notices_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_first_day", "notices", ["first_day", "id"], unique=False)
    op.create_index(
        "uq_notices_collecting",
        "notices",
        ["procedure", "procedure_version", "step_key", "region", "batch_key"],
        unique=True,
        postgresql_where=sa.text("status = 'collecting' AND batch_key IS NOT NULL"),
    )


def create_outbox(op: Any) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "created_at_utc",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('event', 'start', 'signal')", name=op.f("ck_outbox_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_outbox_undelivered",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("delivered_at_utc IS NULL"),
    )
    op.create_index(
        "ix_outbox_undelivered_of_case",
        "outbox",
        ["case_id", "id"],
        unique=False,
        postgresql_where=sa.text("delivered_at_utc IS NULL"),
    )


def create_procedure_texts(op: Any) -> None:
    op.create_table(
        "procedure_texts",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_procedure_texts")),
    )


def create_sequence_counter(op: Any) -> None:
    op.create_table(
        "sequence_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sequence_counter_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_counter")),
    )


def create_audit_chain(op: Any) -> None:
    op.create_table(
        "audit_chain",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_audit_chain_position_is_positive")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_chain_entry_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_chain_entry_id")),
    )


def create_cases(op: Any) -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("procedure_version", sa.Text(), nullable=False),
        sa.Column("procedure_digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("applicant_ref", sa.Text(), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("regions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("personal", sa.Text(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("current_step", sa.Text(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("resume_at", sa.Text(), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=True),
        sa.Column("external_facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts_fetched_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_digest"], ["procedure_texts.digest"], name="fk_cases_procedure_digest"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_applicant", "cases", ["applicant_ref", "id"], unique=False)
    op.create_index("ix_cases_employer", "cases", ["employer", "id"], unique=False)
    op.create_index(
        "ix_cases_procedure_status", "cases", ["procedure", "status", "id"], unique=False
    )
    op.create_index("ix_cases_subject", "cases", ["subject_ref", "id"], unique=False)


def create_notice_entries(op: Any) -> None:
    op.create_table(
        "notice_entries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_entries_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_entries")),
        sa.UniqueConstraint(
            "notice_id", "case_id", "subject", name="uq_notice_entries_notice_case_subject"
        ),
    )
    op.create_index(op.f("ix_notice_entries_case_id"), "notice_entries", ["case_id"], unique=False)


def create_case_findings(op: Any) -> None:
    op.create_table(
        "case_findings",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("clause_en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("remedy_zh", sa.Text(), nullable=True),
        sa.Column("remedy_en", sa.Text(), nullable=True),
        sa.Column("evaluated_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_findings_case_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_findings")),
    )


def create_case_people(op: Any) -> None:
    op.create_table(
        "case_people",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_people_case_id")),
        sa.PrimaryKeyConstraint("case_id", "person_ref", name=op.f("pk_case_people")),
    )
    op.create_index("ix_case_people_person", "case_people", ["person_ref", "case_id"], unique=False)


def create_case_steps(op: Any) -> None:
    op.create_table(
        "case_steps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("notice_id", sa.Text(), nullable=True),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("escalated_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "key", "round", name="uq_case_steps_case_key"),
    )
    op.create_index(op.f("ix_case_steps_case_id"), "case_steps", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_steps_notice_id"), "case_steps", ["notice_id"], unique=False)
    op.create_index(
        "ix_case_steps_provisional",
        "case_steps",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("due_provisional AND status = 'open'"),
    )


def create_notice_objections(op: Any) -> None:
    op.create_table(
        "notice_objections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notice_entry_id", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lodged_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("settled_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('lodged', 'upheld', 'dismissed')", name=op.f("ck_notice_objections_status")
        ),
        sa.CheckConstraint(
            "NOT named OR (name IS NOT NULL AND contact IS NOT NULL)",
            name=op.f("ck_notice_objections_named_has_contact"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_entry_id"],
            ["notice_entries.id"],
            name=op.f("fk_notice_objections_notice_entry_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_objections")),
    )
    op.create_index(
        op.f("ix_notice_objections_notice_entry_id"),
        "notice_objections",
        ["notice_entry_id"],
        unique=False,
    )


def create_tasks(op: Any) -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("step_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("may", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reserved_by", sa.Text(), nullable=True),
        sa.Column("reserved_by_name", sa.Text(), nullable=True),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_steps.id"], name=op.f("fk_tasks_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("step_id", "seat", name="uq_tasks_step_seat"),
    )
    op.create_index(op.f("ix_tasks_case_id"), "tasks", ["case_id"], unique=False)


def create_decisions(op: Any) -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("step_key", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("decided_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_steps.id"], name=op.f("fk_decisions_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_decisions_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("task_id", name="uq_decisions_task_id"),
    )
    op.create_index(
        "ix_decisions_case_person", "decisions", ["case_id", "decided_by"], unique=False
    )
    op.create_index(op.f("ix_decisions_step_id"), "decisions", ["step_id"], unique=False)


def create_task_candidates(op: Any) -> None:
    op.create_table(
        "task_candidates",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("due_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(organisation IS NULL) <> (region IS NULL)",
            name=op.f("ck_task_candidates_organisation_or_region"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_candidates_task_id")),
        sa.PrimaryKeyConstraint("task_id", "number", name=op.f("pk_task_candidates")),
    )
    op.create_index(
        "ix_task_candidates_by_organisation",
        "task_candidates",
        ["role", "organisation", "due_at_utc", "task_id"],
        unique=False,
        postgresql_where=sa.text("open AND organisation IS NOT NULL"),
    )
    op.create_index(
        "ix_task_candidates_by_region",
        "task_candidates",
        ["role", "region", "level", "due_at_utc", "task_id"],
        unique=False,
        postgresql_where=sa.text("open AND organisation IS NULL"),
    )
