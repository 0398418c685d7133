"""Letters have a life, a register, documents, and what was sent of them."""

import sqlalchemy as sa
from alembic import op

from latewatch.store.schema import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPOINTED = "state <> 'cancelled' OR sent_on IS NOT NULL"


def upgrade() -> None:
    _letters()
    _changes()
    _documents()
    _deliveries()


def _letters() -> None:
    op.add_column("letter", sa.Column("proposal", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("letter", sa.Column("register", sa.String(length=100)))
    op.add_column("letter", sa.Column("year", sa.Integer()))
    op.add_column("letter", sa.Column("number", sa.Integer()))
    op.add_column(
        "letter", sa.Column("outside_number", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("letter", sa.Column("content", sa.JSON(none_as_null=True)))
    op.add_column("letter", sa.Column("sent_on", sa.Date()))
    op.execute("UPDATE letter SET state = 'sent', sent_on = dated WHERE state = 'issued'")
    op.drop_index("uq_letter_dossier", "letter")
    op.create_index(
        "uq_letter_dossier",
        "letter",
        ["dossier_id"],
        unique=True,
        sqlite_where=sa.text(APPOINTED),
        postgresql_where=sa.text(APPOINTED),
    )
    op.create_index("uq_letter_register_year_number", "letter", ["register", "year", "number"], unique=True)
    op.create_table(
        "letter_register",
        sa.Column("register", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("register", "year", name=op.f("pk_letter_register")),
    )


def _changes() -> None:
    op.create_table(
        "letter_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("before", sa.String(length=20)),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_change")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_change_letter_id")),
    )
    op.create_index("ix_letter_change_letter_id", "letter_change", ["letter_id"])
    op.execute(
        "INSERT INTO letter_change (letter_id, at, before, after, by, why) "
        "SELECT id, drafted_at, NULL, 'draft', 'latewatch', '' FROM letter ORDER BY id"
    )


def _documents() -> None:
    op.create_table(
        "letter_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_document")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_document_letter_id")),
        sa.UniqueConstraint("letter_id", "kind", name=op.f("uq_letter_document_letter_id_kind")),
    )
    op.create_index("ix_letter_document_sha256", "letter_document", ["sha256"])


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("next_at", Moment()),
        sa.Column("claimed_at", Moment()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.Column("queued_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_delivery_letter_id")),
        sa.UniqueConstraint("letter_id", "channel", name=op.f("uq_delivery_letter_id_channel")),
    )
    op.create_index("ix_delivery_state", "delivery", ["state"])
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_attempt_delivery_id")
        ),
    )
    op.create_index("ix_delivery_attempt_delivery_id", "delivery_attempt", ["delivery_id"])
