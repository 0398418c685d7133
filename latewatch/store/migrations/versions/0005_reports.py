"""Reports are frozen and sent."""

import sqlalchemy as sa
from alembic import op

from latewatch.store.schema import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _frozen()
    _comparisons()
    _deliveries()


def _frozen() -> None:
    op.create_table(
        "frozen_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("calendar_number", sa.Integer(), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("position_hash", sa.String(length=64), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("placing", sa.LargeBinary(), nullable=False),
        sa.Column("xlsx", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pictures", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_report")),
        sa.UniqueConstraint(
            *("form", "unit", "first", "last", "rule", "version"),
            name=op.f("uq_frozen_report_form_unit_first_last_rule_version"),
        ),
    )


def _comparisons() -> None:
    op.create_table(
        "frozen_comparison",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("settings", sa.String(length=64), nullable=False),
        sa.Column("moved", sa.LargeBinary(), nullable=False),
        sa.Column("moved_at", Moment()),
        sa.ForeignKeyConstraint(
            ["report_id"], ["frozen_report.id"], name=op.f("fk_frozen_comparison_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_frozen_comparison")),
    )


def _deliveries() -> None:
    op.create_table(
        "report_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("next_at", Moment()),
        sa.Column("delivered_to", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("again_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_delivery")),
        sa.UniqueConstraint(
            *("unit", "first", "last", "edition"),
            name=op.f("uq_report_delivery_unit_first_last_edition"),
        ),
    )
