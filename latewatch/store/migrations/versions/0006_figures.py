"""Figures of very many dossiers: pages of columns, and triggers that note what no longer holds of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What a page tells of a dossier depends on these columns alone. A new dossier has a higher id than any page
# tells of, and what is not decided is in no page: an INSERT into these tables makes none of them wrong.
_FACTS = (
    "version, status, received_at, submitted_at, processed_at, returned_at, channel, "
    "resolving_unit, department, field"
)
_DECIDED = "dossier_version, rules, due_at, basis, computed_on, promised_on, waiting_since, runs_on"
_DIFFERS = " OR ".join(f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in _DECIDED.split(", "))
_SENT = "state, sent_on, new_date, dossier_id"
TRIGGERS = (
    ("dossier", f"UPDATE OF {_FACTS}", "", "NEW.id"),
    ("dossier", "DELETE", "", "OLD.id"),
    ("assessment", f"UPDATE OF {_DECIDED}", _DIFFERS, "NEW.dossier_id"),
    ("assessment", "DELETE", "", "OLD.dossier_id"),
    ("letter", "INSERT", "NEW.sent_on IS NOT NULL", "NEW.dossier_id"),
    ("letter", f"UPDATE OF {_SENT}", "OLD.sent_on IS NOT NULL OR NEW.sent_on IS NOT NULL", "NEW.dossier_id"),
    ("letter", "DELETE", "OLD.sent_on IS NOT NULL", "OLD.dossier_id"),
)


def upgrade() -> None:
    _pages()
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for table, event, condition, number in TRIGGERS:
        name = f"loose_{table}_{event.split()[0].lower()}"
        when = f"WHEN ({condition})" if condition else ""
        make = _sqlite if is_sqlite else _postgresql
        make(name, f"AFTER {event} ON {table} FOR EACH ROW {when}", number)


def _sqlite(name: str, when: str, number: str) -> None:
    """Note a number once; an OR IGNORE would be overruled by the statement that fires the trigger."""
    spelt = when.replace(" IS DISTINCT FROM ", " IS NOT ")
    op.execute(
        f"CREATE TRIGGER {name} {spelt} BEGIN INSERT INTO figure_loose (dossier_id) SELECT {number} "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM figure_loose WHERE dossier_id = {number}); END"
    )


def _postgresql(name: str, when: str, number: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO figure_loose "  # noqa: S608
        f"(dossier_id) VALUES ({number}) ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")


def _pages() -> None:
    op.create_table(
        "figure_page",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.String(length=80), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recent", sa.LargeBinary(), nullable=False),
        sa.Column("old", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_figure_page")),
    )
    op.create_table(
        "figure_name",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("pk_figure_name")),
    )
    op.create_table(
        "figure_loose",
        sa.Column("dossier_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_figure_loose")),
    )
