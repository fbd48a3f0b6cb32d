"""Create the tables. From `python -m shared.persistence begin`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.persistence.steps import step_0001

revision = "0001"
down_revision = None


def upgrade() -> None:
    step_0001.upgrade(op)
    create_competition_places()
    create_competitions()
    create_held_certificates()
    create_honour_serials()
    create_honours()
    create_competition_results()
    create_open_nominations()


def create_competition_places() -> None:
    op.create_table(
        "competition_places",
        sa.Column("competition_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("received_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("competition_id", "person_ref", name=op.f("pk_competition_places")),
    )
    op.create_index(
        "ix_competition_places_person_ref",
        "competition_places",
        ["person_ref", "held_on"],
        unique=False,
    )


def create_competitions() -> None:
    op.create_table(
        "competitions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_count", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitions")),
        sa.UniqueConstraint(
            "region", "occupation", "held_on", "title", name="uq_competitions_title"
        ),
    )
    op.create_index("ix_competitions_held_on", "competitions", ["held_on", "id"], unique=False)


def create_held_certificates() -> None:
    op.create_table(
        "held_certificates",
        sa.Column("certificate_no", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("occupation_name", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("received_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("certificate_no", name=op.f("pk_held_certificates")),
    )
    op.create_index(
        "ix_held_certificates_person_ref",
        "held_certificates",
        ["person_ref", "issued_on"],
        unique=False,
    )


def create_honour_serials() -> None:
    op.create_table(
        "honour_serials",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("programme", "region", "year", name=op.f("pk_honour_serials")),
    )


def create_honours() -> None:
    op.create_table(
        "honours",
        sa.Column("honour_no", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("level_of_honour", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("conferred_on", sa.Date(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.Column("benefits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("conferred_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status in ('valid', 'revoked')", name=op.f("ck_honours_status")),
        sa.CheckConstraint("term > 0", name=op.f("ck_honours_term")),
        sa.PrimaryKeyConstraint("honour_no", name=op.f("pk_honours")),
        sa.UniqueConstraint("case_id", name=op.f("uq_honours_case_id")),
        sa.UniqueConstraint("person_ref", "programme", "term", name="uq_honours_person_term"),
    )
    op.create_index("ix_honours_roll", "honours", ["conferred_on", "honour_no"], unique=False)


def create_competition_results() -> None:
    op.create_table(
        "competition_results",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("competition_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rank > 0", name=op.f("ck_competition_results_rank")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name=op.f("fk_competition_results_competition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_results")),
        sa.UniqueConstraint(
            "competition_id",
            "person_ref",
            name=op.f("uq_competition_results_competition_id_person_ref"),
        ),
    )


def create_open_nominations() -> None:
    op.create_table(
        "open_nominations",
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_open_nominations_case_id")
        ),
        sa.PrimaryKeyConstraint("person_ref", "programme", name=op.f("pk_open_nominations")),
        sa.UniqueConstraint("case_id", name=op.f("uq_open_nominations_case_id")),
    )
