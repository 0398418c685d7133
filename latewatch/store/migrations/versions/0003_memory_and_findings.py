"""Versions are kept by code and sealed; batches may last, be undone, know more of their rows; findings."""

import sqlalchemy as sa
from alembic import op

from latewatch.store.memory import seal_all
from latewatch.store.schema import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _batches()
    op.add_column("dossier", sa.Column("digest", sa.String(length=32)))
    op.add_column("dossier", sa.Column("missing_since", Moment()))
    op.create_index(
        "ix_dossier_missing_since",
        "dossier",
        ["missing_since"],
        sqlite_where=sa.text("missing_since IS NOT NULL"),
        postgresql_where=sa.text("missing_since IS NOT NULL"),
    )
    op.add_column("digest", sa.Column("held", sa.JSON(none_as_null=True)))
    _versions()
    _findings()


def _batches() -> None:
    for name in ("layouts", "unknown"):
        op.add_column("batch", sa.Column(name, sa.JSON(none_as_null=True)))
    for name in ("listed", "versions"):
        op.add_column("batch", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in ("undoes", "corrects", "seal_number"):
        op.add_column("batch", sa.Column(name, sa.Integer()))
    for name in ("author", "reason"):
        op.add_column("batch", sa.Column(name, sa.Text()))
    op.add_column("batch", sa.Column("seen_at", Moment()))
    op.add_column("batch", sa.Column("seal", sa.String(length=64)))
    op.execute("UPDATE batch SET listed = new + changed + unchanged")
    op.create_index("uq_batch_seal_number", "batch", ["seal_number"], unique=True)


def _versions() -> None:
    op.create_table(
        "record_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text()),
        sa.Column("layout", sa.Integer()),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_version")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_record_version_batch_id")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_record_version_code_version")),
    )
    op.create_index("ix_record_version_batch_id", "record_version", ["batch_id"])
    op.execute(
        "INSERT INTO record_version (id, code, version, batch_id, source, place, facts, raw, hash) "
        "SELECT v.id, d.code, v.version, v.batch_id, d.source, v.place, "
        "CAST(v.facts AS TEXT), CAST(v.raw AS TEXT), '' "
        "FROM dossier_version v JOIN dossier d ON d.id = v.dossier_id"
    )
    op.drop_table("dossier_version")
    _count_on()
    op.execute(
        "UPDATE batch SET versions = (SELECT count(*) FROM record_version v WHERE v.batch_id = batch.id)"
    )
    seal_all(op.get_bind())


def _count_on() -> None:
    """Let PostgreSQL number new versions after those that kept their number; SQLite does so by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('record_version', 'id'), max(id)) FROM record_version "
            "HAVING max(id) IS NOT NULL"
        )


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("batch_id", sa.Integer()),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_finding_batch_id")),
        sa.UniqueConstraint("kind", "code", "key", name=op.f("uq_finding_kind_code_key")),
    )
    op.create_index("ix_finding_state", "finding", ["state"])
    op.create_table(
        "finding_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=False),
        sa.Column("after", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_change")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_change_finding_id")),
    )
    op.create_index("ix_finding_change_finding_id", "finding_change", ["finding_id"])
    op.create_table(
        "mark",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_mark")),
    )
