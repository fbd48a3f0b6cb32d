"""Create the tables. From `python -m shared.persistence begin`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.subsidy.migrations import ledger_triggers
from shared.persistence.steps import step_0001

revision = "0001"
down_revision = None


def upgrade() -> None:
    step_0001.upgrade(op)
    create_budgets()
    create_known_certificates()
    create_known_honours()
    create_payment_batches()
    create_budget_balances()
    create_entitlements()
    create_ledger_transactions()
    create_claim_fundings()
    create_entitlement_keys()
    create_ledger_entries()
    create_payments()
    create_proposals()
    create_payment_batch_items()
    create_payment_repairs()
    create_payment_reports()
    ledger_triggers.create(op)


def create_budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("fund", "region", "year", name="uq_budgets_fund_region_year"),
    )


def create_known_certificates() -> None:
    op.create_table(
        "known_certificates",
        sa.Column("certificate_no", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("occupation_name", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("certificate_no", name=op.f("pk_known_certificates")),
    )
    op.create_index(
        "ix_known_certificates_person", "known_certificates", ["person_ref"], unique=False
    )


def create_known_honours() -> None:
    op.create_table(
        "known_honours",
        sa.Column("honour_no", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("level_of_honour", sa.Text(), nullable=False),
        sa.Column("conferred_on", sa.Date(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("honour_no", name=op.f("pk_known_honours")),
    )
    op.create_index("ix_known_honours_person", "known_honours", ["person_ref"], unique=False)


def create_payment_batches() -> None:
    op.create_table(
        "payment_batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payments_count", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        sa.Column("approved_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allocated_by", sa.Text(), nullable=True),
        sa.Column("allocated_by_name", sa.Text(), nullable=True),
        sa.Column("allocated_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batches")),
    )
    op.create_index("ix_payment_batches_region", "payment_batches", ["region", "id"], unique=False)


def create_budget_balances() -> None:
    op.create_table(
        "budget_balances",
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "account = 'appropriation' OR balance_fen >= 0",
            name=op.f("ck_budget_balances_not_overdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_budget_balances_budget_id")
        ),
        sa.PrimaryKeyConstraint("budget_id", "account", name=op.f("pk_budget_balances")),
    )


def create_entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("reserved_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_entitlements_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
    )
    op.create_index(
        "ix_entitlements_person", "entitlements", ["person_ref", "scheme"], unique=False
    )
    op.create_index(
        "uq_entitlements_live_of_case",
        "entitlements",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'released'"),
    )


def create_ledger_transactions() -> None:
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("posted_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_ledger_transactions_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("kind", "subject", name="uq_ledger_transactions_kind_subject"),
    )
    op.create_index(
        op.f("ix_ledger_transactions_budget_id"), "ledger_transactions", ["budget_id"], unique=False
    )


def create_claim_fundings() -> None:
    op.create_table(
        "claim_fundings",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem_code", sa.Text(), nullable=True),
        sa.Column("problem_zh", sa.Text(), nullable=True),
        sa.Column("problem_en", sa.Text(), nullable=True),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claim_fundings_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_claim_fundings")),
    )
    op.create_index(
        "ix_claim_fundings_waiting",
        "claim_fundings",
        ["region", "scheme", "case_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def create_entitlement_keys() -> None:
    op.create_table(
        "entitlement_keys",
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("exclusion", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("entitlement_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_entitlement_keys_entitlement_id")
        ),
        sa.PrimaryKeyConstraint(
            "person_ref", "exclusion", "subject", name=op.f("pk_entitlement_keys")
        ),
    )
    op.create_index(
        op.f("ix_entitlement_keys_entitlement_id"),
        "entitlement_keys",
        ["entitlement_id"],
        unique=False,
    )


def create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_ledger_entries_not_zero")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_ledger_entries_budget_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transactions.id"],
            name=op.f("fk_ledger_entries_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", "number", name=op.f("pk_ledger_entries")),
    )
    op.create_index(
        "ix_ledger_entries_budget_account", "ledger_entries", ["budget_id", "account"], unique=False
    )


def create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entitlement_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("planned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payments_batch_id")
        ),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_payments_budget_id")),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_payments_entitlement_id")
        ),
        sa.ForeignKeyConstraint(["replaces"], ["payments.id"], name=op.f("fk_payments_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("end_to_end_id", name="uq_payments_end_to_end_id"),
        sa.UniqueConstraint("replaces", name="uq_payments_replaces"),
    )
    op.create_index("ix_payments_batch", "payments", ["batch_id", "id"], unique=False)
    op.create_index("ix_payments_case", "payments", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_payments_waiting",
        "payments",
        ["region", "scheme", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'planned' AND batch_id IS NULL"),
    )
    op.create_index(
        "uq_payments_live_of_entitlement",
        "payments",
        ["entitlement_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'instructed', 'unknown', 'settled')"),
    )


def create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("proposed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposals_case_id")),
        sa.PrimaryKeyConstraint("procedure", "event_type", "evidence", name=op.f("pk_proposals")),
    )


def create_payment_batch_items() -> None:
    op.create_table(
        "payment_batch_items",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_batch_items_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_batch_items_payment_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_payment_batch_items")),
    )
    op.create_index(
        op.f("ix_payment_batch_items_payment_id"),
        "payment_batch_items",
        ["payment_id"],
        unique=False,
    )


def create_payment_repairs() -> None:
    op.create_table(
        "payment_repairs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("new_payment_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["new_payment_id"], ["payments.id"], name=op.f("fk_payment_repairs_new_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_repairs_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_repairs")),
    )
    op.create_index(
        op.f("ix_payment_repairs_payment_id"), "payment_repairs", ["payment_id"], unique=False
    )
    op.create_index(
        "uq_payment_repairs_open_of_payment",
        "payment_repairs",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def create_payment_reports() -> None:
    op.create_table(
        "payment_reports",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reported_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_reports_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_reports_payment_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "report_id", name=op.f("pk_payment_reports")),
    )
    op.create_index(
        op.f("ix_payment_reports_payment_id"), "payment_reports", ["payment_id"], unique=False
    )
