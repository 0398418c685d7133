"""The tables. A change here comes with a migration; a test holds the two together."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from latewatch.clock import VIETNAM

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant: aware, in Vietnam's time outside, in UTC inside."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
        return instant.astimezone(VIETNAM)


batch = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("origin", Text, nullable=False),  # the file's name as it arrived
    Column("sha256", String(64), nullable=False),
    Column("profile", String(16), nullable=False),  # fingerprint of the profile it was read with
    Column("state", String(10), nullable=False),  # done; failed; cured: failed once and not any more
    Column("taken_at", Moment, nullable=False),
    Column("fields", JSON, nullable=False),  # the fields this file had columns for
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("problem", Text, nullable=False),  # why a failed one failed
    Column("awaited", JSON(none_as_null=True)),  # codes of dossiers its events spoke of too early
    Index("ix_batch_source_sha256", "source", "sha256"),
    Index("ix_batch_source_origin", "source", "origin"),
    Index("ix_batch_source_taken_at", "source", "taken_at"),
)

dossier = Table(
    "dossier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(100), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("status_text", Text, nullable=False),
    Column("received_at", Moment),
    Column("promised_at", Moment),
    Column("processed_at", Moment),
    Column("returned_at", Moment),
    Column("submitted_at", Moment),
    Column("time_limit", String(10)),
    Column("procedure_code", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("channel", String(20)),
    Column("receiving_unit", Text, nullable=False),
    Column("resolving_unit", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("applicant", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("suspensions", JSON(none_as_null=True)),  # null where there are none, so that SQL can tell
    Column("stages", JSON(none_as_null=True)),
    Column("source", String(200), nullable=False, server_default=text("''")),  # that reported it last
)

dossier_version = Table(
    "dossier_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", ForeignKey("dossier.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("batch_id", ForeignKey("batch.id"), nullable=False),
    Column("place", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # every fact as known with this version
    Column("raw", JSON, nullable=False),  # the row as it was, heading → text
    UniqueConstraint("dossier_id", "version"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", JSON, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("state", JSON, nullable=False),
)

assessment = Table(
    "assessment",
    metadata,
    Column("dossier_id", ForeignKey("dossier.id"), primary_key=True),
    Column("dossier_version", Integer, nullable=False),
    Column(
        "rules", String(64), nullable=False
    ),  # fingerprint of calendar, limits and settings it was made by
    Column("due_at", Moment),
    Column("basis", String(10), nullable=False),
    Column("computed_on", Date),
    Column("promised_on", Date),
    Column("time_limit", String(10)),
    Column("limit_from", String(20), nullable=False),
    Column("problem", Text, nullable=False),
    Column("calendar_version", String(40), nullable=False),
    Column("standing", String(20), nullable=False),
    Column("waiting_since", Moment),
    Column("lapses_on", Date),
    Column("runs_on", Boolean, nullable=False, server_default=false()),
    Index("ix_assessment_standing", "standing"),
)

standing_change = Table(
    "standing_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", ForeignKey("dossier.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),  # when it was seen
    Column("before", String(20)),
    Column("after", String(20), nullable=False),
)

letter = Table(
    "letter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", ForeignKey("dossier.id"), nullable=False),
    Column("state", String(20), nullable=False),  # draft; issued; cancelled
    Column("form", String(20), nullable=False),
    Column("dated", Date, nullable=False),  # of the draft, then of its issue
    Column("due_on", Date, nullable=False),  # the original due date, which the letter never changes
    Column("new_date", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("drafted_at", Moment, nullable=False),
    Column("calendar_version", String(40), nullable=False, server_default=text("''")),
    Index(
        "uq_letter_dossier",  # one new appointment a dossier: NĐ 118/2025/NĐ-CP, Điều 19.6
        "dossier_id",
        unique=True,
        sqlite_where=text("state <> 'cancelled'"),
        postgresql_where=text("state <> 'cancelled'"),
    ),
)

calendar_version = Table(
    "calendar_version",
    metadata,
    Column("id", Integer, primary_key=True),  # versions are numbered from 1; 0 is what the files say alone
    Column("made_at", Moment, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("edits", JSON, nullable=False),  # everything the office says beyond the files, whole
)

procedure = Table(
    "procedure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("limit", String(10)),
    Column("ends", String(20)),
    Column("cutoff", Integer),
    Column("supplement", String(10)),
    Column("financial", String(10)),
    Column("consultation", String(10)),
    Column("other", String(10)),
    Column("close_after_days", Integer),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("source", Text, nullable=False),  # the file's name, or what the sources report
    Column("author", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("replaced_at", Moment),  # by a later import; the row stays as it was
    Index("ix_procedure_code", "code"),
)

digest = Table(
    "digest",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("desk", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, sending, sent
    Column("counts", JSON, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("delivered_to", Text, nullable=False),
    Column("problem", Text, nullable=False),
    UniqueConstraint("desk", "day"),
)
