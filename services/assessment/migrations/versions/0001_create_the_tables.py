"""Create the tables. From `python -m shared.persistence begin`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.assessment.migrations import score_triggers
from shared.persistence.steps import step_0001

revision = "0001"
down_revision = None


def upgrade() -> None:
    step_0001.upgrade(op)
    create_certificate_counters()
    create_organisations()
    create_organisation_filings()
    create_filed_scopes()
    create_sittings()
    create_candidates()
    create_sitting_staff()
    create_certificates()
    create_scores()
    score_triggers.create(op)


def create_certificate_counters() -> None:
    op.create_table(
        "certificate_counters",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "last_serial BETWEEN 0 AND 999999", name=op.f("ck_certificate_counters_last_serial")
        ),
        sa.PrimaryKeyConstraint("site", "year", "level", name=op.f("pk_certificate_counters")),
    )


def create_organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisations")),
    )


def create_organisation_filings() -> None:
    op.create_table(
        "organisation_filings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("filing_version", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("number_code", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("site_serial", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("filed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("category IN ('Y', 'S')", name=op.f("ck_organisation_filings_category")),
        sa.CheckConstraint(
            "valid_from <= valid_until", name=op.f("ck_organisation_filings_valid_period")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisations.code"],
            name=op.f("fk_organisation_filings_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_filings")),
        sa.UniqueConstraint("organisation_code", "filing_version", name="uq_filings_version"),
    )


def create_filed_scopes() -> None:
    op.create_table(
        "filed_scopes",
        sa.Column("filing_id", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('1','2','3','4','5')", name=op.f("ck_filed_scopes_level")),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["organisation_filings.id"], name=op.f("fk_filed_scopes_filing_id")
        ),
        sa.PrimaryKeyConstraint("filing_id", "occupation", "level", name=op.f("pk_filed_scopes")),
    )


def create_sittings() -> None:
    op.create_table(
        "sittings",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("filing_id", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("pass_mark_tenths", sa.BigInteger(), nullable=False),
        sa.Column("scores_locked_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scores_locked_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level IN ('1','2','3','4','5')", name=op.f("ck_sittings_level")),
        sa.CheckConstraint(
            "(scores_locked_at_utc IS NULL) = (scores_locked_by IS NULL)",
            name=op.f("ck_sittings_locked_by_whom"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sittings_case_id")),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["organisation_filings.id"], name=op.f("fk_sittings_filing_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.code"], name=op.f("fk_sittings_organisation")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_sittings")),
    )
    op.create_index(
        "ix_sittings_organisation", "sittings", ["organisation", "case_id"], unique=False
    )


def create_candidates() -> None:
    op.create_table(
        "candidates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sitting_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity_number", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.case_id"], name=op.f("fk_candidates_sitting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("sitting_id", "number", name="uq_candidates_sitting_number"),
        sa.UniqueConstraint("sitting_id", "person_ref", name="uq_candidates_sitting_person"),
    )
    op.create_index(op.f("ix_candidates_person_ref"), "candidates", ["person_ref"], unique=False)
    op.create_index(
        "uq_candidates_active_person",
        "candidates",
        ["person_ref", "occupation", "level"],
        unique=True,
        postgresql_where=sa.text("active"),
    )


def create_sitting_staff() -> None:
    op.create_table(
        "sitting_staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sitting_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("card_number", sa.Text(), nullable=True),
        sa.Column("person_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "duty IN ('invigilator','assessor','senior_assessor','supervisor')",
            name=op.f("ck_sitting_staff_duty"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.case_id"], name=op.f("fk_sitting_staff_sitting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_staff")),
        sa.UniqueConstraint("sitting_id", "number", name="uq_sitting_staff_number"),
    )


def create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("sitting_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("occupation_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revoked_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('valid','revoked')", name=op.f("ck_certificates_state")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_certificates_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.case_id"], name=op.f("fk_certificates_sitting_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
    )
    op.create_index(
        "ix_certificates_person", "certificates", ["person_ref", "number"], unique=False
    )
    op.create_index(
        "ix_certificates_sitting", "certificates", ["sitting_id", "number"], unique=False
    )
    op.create_index("uq_certificates_candidate", "certificates", ["candidate_id"], unique=True)


def create_scores() -> None:
    op.create_table(
        "scores",
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("sitting_id", sa.Text(), nullable=False),
        sa.Column("theory_tenths", sa.BigInteger(), nullable=True),
        sa.Column("practical_tenths", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "practical_tenths BETWEEN 0 AND 1000", name=op.f("ck_scores_practical_tenths")
        ),
        sa.CheckConstraint(
            "theory_tenths BETWEEN 0 AND 1000", name=op.f("ck_scores_theory_tenths")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_scores_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.case_id"], name=op.f("fk_scores_sitting_id")
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_scores")),
    )
    op.create_index(op.f("ix_scores_sitting_id"), "scores", ["sitting_id"], unique=False)
