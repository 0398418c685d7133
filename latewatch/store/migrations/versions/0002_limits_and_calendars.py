"""Interruptions, stages, the procedure catalogue, versions of the calendar; limits of 0 have a name."""

import sqlalchemy as sa
from alembic import op

from latewatch.store.schema import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _blank(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=sa.text("''"))


def upgrade() -> None:
    op.add_column("batch", sa.Column("awaited", sa.JSON(none_as_null=True)))
    op.add_column("dossier", sa.Column("suspensions", sa.JSON(none_as_null=True)))
    op.add_column("dossier", sa.Column("stages", sa.JSON(none_as_null=True)))
    op.add_column(
        "dossier", sa.Column("source", sa.String(length=200), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("assessment", sa.Column("waiting_since", Moment()))
    op.add_column("assessment", sa.Column("lapses_on", sa.Date()))
    op.add_column("assessment", sa.Column("runs_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "letter",
        sa.Column("calendar_version", sa.String(length=40), nullable=False, server_default=sa.text("''")),
    )
    for table in ("dossier", "assessment"):
        op.execute(f"UPDATE {table} SET time_limit = '0' WHERE time_limit IN ('0d', '0cd')")  # noqa: S608
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("limit", sa.String(length=10)),
        sa.Column("ends", sa.String(length=20)),
        sa.Column("cutoff", sa.Integer()),
        sa.Column("supplement", sa.String(length=10)),
        sa.Column("financial", sa.String(length=10)),
        sa.Column("consultation", sa.String(length=10)),
        sa.Column("other", sa.String(length=10)),
        sa.Column("close_after_days", sa.Integer()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("replaced_at", Moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
    )
    op.create_index("ix_procedure_code", "procedure", ["code"], unique=False)
