"""The tables. A change here comes with a migration; a test holds the two together."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
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
    LargeBinary,
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

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Return the way in: SQLite keeps text, made here in one go as it is made for every row."""
        return sqlite_moment if dialect.name == "sqlite" else _instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
        return instant.astimezone(VIETNAM)


def _instant(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return value.astimezone(UTC)


def sqlite_moment(value: datetime | None) -> str | None:
    """Return the text SQLite keeps of a moment."""
    if value is None:
        return None
    if value.tzinfo is VIETNAM and not value.microsecond:
        since = value - _EPOCH
        return sqlite_instant(since.days * _DAY + since.seconds)
    instant = _instant(value)
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds") if instant else None


def sqlite_instant(seconds: int) -> str:
    """Return the text SQLite keeps, put together from those of its day and of its second, which repeat."""
    day, second = divmod(seconds, _DAY)
    return _day_text(day) + _second_text(second)


_EPOCH = datetime(1970, 1, 1, 7, tzinfo=VIETNAM)  # 00:00 UTC
_DAY = 86_400  # seconds


@cache
def _day_text(day: int) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=day)} "


@cache
def _second_text(second: int) -> str:
    return f"{timedelta(seconds=second)!s:0>8}.000000"


batch = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("origin", Text, nullable=False),  # the file's name as it arrived
    Column("sha256", String(64), nullable=False),
    Column("profile", String(16), nullable=False),  # fingerprint of the profile it was read with
    Column("state", String(10), nullable=False),  # running, done, undone; failed; cured: not failed any more
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
    Column("layouts", JSON(none_as_null=True)),  # the headings of its sheets, one list a sheet
    Column("unknown", JSON(none_as_null=True)),  # status words nobody mapped → rows that hold them
    Column("listed", Integer, nullable=False, server_default=text("0")),  # dossiers it names
    Column("versions", Integer, nullable=False, server_default=text("0")),  # of records it added
    Column("undoes", Integer),  # the batch whose effect this one took back
    Column("seen_at", Moment),  # when the same file was last brought anew
    Column("corrects", Integer),  # the batch that had set these rows aside: it brings no whole list
    Column("author", Text),  # who took it back, and why
    Column("reason", Text),
    Column("seal_number", Integer),  # batches are sealed in this order, from 1
    Column("seal", String(64)),
    Index("uq_batch_seal_number", "seal_number", unique=True),
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
    Column("digest", String(32)),  # of the row that said so, where the same row again says nothing new
    Column("missing_since", Moment),  # a batch of its source lists its neighbours and not it any more
    Index(
        "ix_dossier_missing_since",  # of very few: it costs nothing when dossiers come in
        "missing_since",
        sqlite_where=text("missing_since IS NOT NULL"),
        postgresql_where=text("missing_since IS NOT NULL"),
    ),
)

# What the sources said, kept for good: nothing here is changed or removed. By code, as a dossier that was
# taken in by mistake leaves the table `dossier` and not this one.
record_version = Table(
    "record_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    Column("source", String(200), nullable=False),  # whose dossier it is then: not that of a list of events
    Column("place", Text, nullable=False),
    Column("facts", Text),  # as `written.to_document` gives them; null: the dossier was taken back
    Column("layout", Integer),  # which of the batch's layouts names the cells of `raw`
    Column("raw", Text, nullable=False),  # JSON, the record as it was
    Column("hash", String(64), nullable=False),  # over all this and the hash of the version before
    UniqueConstraint("code", "version"),
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
    Column("code", Text, nullable=False, server_default=text("''")),
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
    Column("state", String(20), nullable=False),
    Column("form", String(20), nullable=False),
    Column("dated", Date, nullable=False),  # of the draft, then the date written on the letter
    Column("due_on", Date, nullable=False),  # the original due date, which the letter never changes
    Column("new_date", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposal", Text, nullable=False, server_default=text("''")),  # why that new date was proposed
    Column("drafted_at", Moment, nullable=False),
    Column("calendar_version", String(40), nullable=False, server_default=text("''")),
    Column("register", String(100)),  # from the number on
    Column("year", Integer),
    Column("number", Integer),
    Column("outside_number", Text, nullable=False, server_default=text("''")),  # given by another system
    Column("content", JSON(none_as_null=True)),  # what it says, fixed with its number
    Column("sent_on", Date),  # when the first channel took it, or it was printed
    Index(
        "uq_letter_dossier",  # one new appointment a dossier: NĐ 118/2025/NĐ-CP, Điều 19.6
        "dossier_id",
        unique=True,
        sqlite_where=text("state <> 'cancelled' OR sent_on IS NOT NULL"),
        postgresql_where=text("state <> 'cancelled' OR sent_on IS NOT NULL"),
    ),
    Index("uq_letter_register_year_number", "register", "year", "number", unique=True),
)

letter_change = Table(
    "letter_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("before", String(20)),  # null: it was drafted
    Column("after", String(20), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)

letter_register = Table(
    "letter_register",
    metadata,
    Column("register", String(100), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("first", Integer, nullable=False),  # the numbers before were given without latewatch
    Column("last", Integer, nullable=False),  # given so far; first - 1 while none is
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)

letter_document = Table(
    "letter_document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # unsigned, signed
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("report", JSON(none_as_null=True)),  # who signed it, by which certificate, with what time stamp
    UniqueConstraint("letter_id", "kind"),
    Index("ix_letter_document_sha256", "sha256"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("next_at", Moment),  # not before; null: nothing more is tried
    Column("claimed_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("reference", Text, nullable=False),  # what the receiving system calls it: Message-ID, tracking id
    Column("problem", Text, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("queued_by", Text, nullable=False),
    UniqueConstraint("letter_id", "channel"),
    Index("ix_delivery_state", "state"),
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("answer", Text, nullable=False),  # of the other side, without personal data
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
    Column("held", JSON(none_as_null=True)),  # sources of whose dossiers it did not say what is new
    UniqueConstraint("desk", "day"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("code", String(100), nullable=False),
    Column("key", String(100), nullable=False),  # what tells two findings of one kind and dossier apart
    Column("severity", String(10), nullable=False),
    Column("unit", Text, nullable=False),  # that resolves the dossier, as the office calls it
    Column("evidence", JSON, nullable=False),
    Column("source", String(200), nullable=False),
    Column("batch_id", ForeignKey("batch.id")),  # that betrayed it
    Column("found_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),  # open, explained, closed
    UniqueConstraint("kind", "code", "key"),
    Index("ix_finding_state", "state"),
)

finding_change = Table(
    "finding_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", ForeignKey("finding.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("before", String(10), nullable=False),
    Column("after", String(10), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)

# How far work that goes through the memory bit by bit has come.
mark = Table(
    "mark",
    metadata,
    Column("job", String(40), primary_key=True),
    Column("reached", Integer, nullable=False),  # the newest record_version it has looked at
)

# Reports that were closed, kept as they were printed: nothing here is changed or removed. `id` counts them in
# the order of their seals, from 1; `mark` keeps the newest, so that one missing at the end is seen too.
frozen_report = Table(
    "frozen_report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("form", String(20), nullable=False),
    Column("unit", String(100), nullable=False),  # code of the unit it is of; empty: the whole office
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("rule", String(100), nullable=False),
    Column("version", Integer, nullable=False),  # from 1; a later one supersedes, the earlier stays
    Column("made_at", Moment, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),  # JSON: figures, the rule as data, remarks
    Column("calendar_number", Integer, nullable=False),
    Column("calendar_version", String(40), nullable=False),
    Column("rules", String(64), nullable=False),  # fingerprint of limits and settings due dates were made by
    Column("position", Integer, nullable=False),  # the newest record_version it knew
    Column("position_hash", String(64), nullable=False),
    Column("letters", Integer, nullable=False),  # the newest letter_change it knew
    Column("placing", LargeBinary, nullable=False),  # zlib JSON: code → rows and figures
    Column("xlsx", LargeBinary, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    Column("pictures", LargeBinary, nullable=False),  # JSON: PNG files for its e-mail, with their tables
    Column("hash", String(64), nullable=False),  # over all this and the hash of the report before
    UniqueConstraint("form", "unit", "first", "last", "rule", "version"),
)

# The last comparison of a frozen report with what is known: derived, so that only news has to be looked at.
frozen_comparison = Table(
    "frozen_comparison",
    metadata,
    Column("report_id", ForeignKey("frozen_report.id"), primary_key=True),
    Column("position", Integer, nullable=False),  # the newest record_version it knew
    Column("letters", Integer, nullable=False),  # the newest letter_change it knew
    Column("settings", String(64), nullable=False),  # fingerprint of all else a dossier's place depends on
    Column("moved", LargeBinary, nullable=False),  # zlib JSON: codes of dossiers that stand elsewhere
    Column("moved_at", Moment),  # when others were found than the time before
)

# One message a unit, period and edition. The row is claimed before the message leaves: it leaves once.
report_delivery = Table(
    "report_delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit", String(100), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("edition", Integer, nullable=False),  # number of the newest report in it
    Column("state", String(10), nullable=False),  # waiting, sending, sent, doubtful
    Column("claimed_at", Moment, nullable=False),
    Column("next_at", Moment),  # not before
    Column("delivered_to", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("again_by", Text, nullable=False),  # who had it sent again although it may have left; or nobody
    UniqueConstraint("unit", "first", "last", "edition"),
)

# Figures of very many dossiers: all of it is derived, and can be thrown away at any time (`store/figures/`).
figure_page = Table(
    "figure_page",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the page: dossier id // its size
    Column("rules", String(80), nullable=False),  # by which its due dates were decided, and its layout
    Column("last", Integer, nullable=False),  # the highest id it tells of; higher ones are not in it
    Column("since", Date, nullable=False),  # what ended before lies in `old`
    Column("recent", LargeBinary, nullable=False),
    Column("old", LargeBinary, nullable=False),
)

figure_name = Table(
    "figure_name",
    metadata,
    Column("kind", String(10), primary_key=True),  # unit, field
    Column("number", Integer, primary_key=True, autoincrement=False),  # by which pages name it
    Column("name", Text, nullable=False),  # as the sources write it
    Column("other", Text, nullable=False),  # of a unit: the department
)

# Dossiers of whom no page tells the truth any more. Triggers of the database itself note them, with whatever
# changed them: a page is never stale.
figure_loose = Table(
    "figure_loose",
    metadata,
    Column("dossier_id", Integer, primary_key=True, autoincrement=False),
)
