"""Facts are kept as lists of values, which earlier releases cannot read; a row set aside keeps its code."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NOTED = "(SELECT dossier_id FROM figure_loose)"


def upgrade() -> None:
    op.add_column("rejection", sa.Column("code", sa.Text(), server_default="", nullable=False))
    if op.get_context().dialect.name == "sqlite":
        _make_triggers_ask_first()


def _make_triggers_ask_first() -> None:
    """Let a trigger of 0006 fire only for a number that is not noted yet: to ask inside it takes longer."""
    figures = import_module("latewatch.store.migrations.versions.0006_figures")
    for table, event, condition, number in figures.TRIGGERS:
        name = f"loose_{table}_{event.split()[0].lower()}"
        differs = f" AND ({condition})".replace(" IS DISTINCT FROM ", " IS NOT ") if condition else ""
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW "  # noqa: S608
            f"WHEN {number} NOT IN {_NOTED}{differs} "
            f"BEGIN INSERT INTO figure_loose (dossier_id) VALUES ({number}); END"
        )
