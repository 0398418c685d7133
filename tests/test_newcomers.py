"""Many new dossiers at once are written as each alone would be: rows, versions, seals, fingerprints."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offices import NOW, new_database
from sqlalchemy import select
from worlds import moment

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import NO_ROWS, PlainRows, Reading
from latewatch.domain.record import Cells, Reported
from latewatch.errors import Place
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.database import Store, open_store
from latewatch.store.ingest import ingest
from latewatch.store.newcomers import parted
from latewatch.written import to_text

FEW = 5
HEADINGS = ("Mã hồ sơ", "Trạng thái", "Ghi chú")
FUTURE = moment("2026-12-24T08:00")


def newcomer(number: int, **facts: Any) -> Reported:
    every: dict[str, Any] = {
        "status": Status.PROCESSING,
        "status_text": "Đang xử lý",
        "received_at": moment("2026-11-02T09:30:15"),
        "promised_at": None,
        "time_limit": TimeLimit.parse("5d"),
        "channel": Channel.POSTAL,
        "applicant": "Nguyễn Văn Ví Dụ",
    }
    cells = Cells(HEADINGS, (f"H{number}", "Đang xử lý", 'ghi "nháy" \\ và ộ'))
    place = Place("tep.xlsx", "Hồ sơ", number + 2)
    return Reported(f"H{number}", {**every, **facts}, cells, place, (), f"{number:032d}")


def content(store: Store) -> dict[str, list[Any]]:
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in (schema.batch, schema.dossier, schema.record_version)
        }


def plain(rows: list[Reported]) -> PlainRows:
    """Put rows that tell the same fields together, as a reader of files hands them on."""
    return PlainRows(
        codes=[row.code for row in rows],
        facts={name: [row.facts[name] for row in rows] for name in rows[0].facts},
        headings=HEADINGS,
        written=[to_text(list(row.raw.values())) for row in rows],
        sheet=Place("tep.xlsx", "Hồ sơ"),
        numbers=[row.place.row for row in rows],
        digests=[row.digest for row in rows],
    )


def taken(store: Store, rows: list[Reported], *, one_by_one: bool) -> dict[str, list[Any]]:
    """Ingest `rows`, together or as rows that were each read by themselves."""
    arrival = Arrival(source="a", origin="tep.xlsx", sha256="x", profile="p", taken_at=NOW)
    with store.writing() as connection:
        part = Reading(rows) if one_by_one else Reading(plain=plain(rows))
        ingest(connection, arrival, [part], frozenset())
    return content(store)


FACTS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status),
        "status_text": st.sampled_from(["", "Đang xử lý", 'lạ "x"']),
        "received_at": st.sampled_from([None, moment("2026-11-02"), moment("2026-11-02T09:30:15"), FUTURE]),
        "processed_at": st.sampled_from([None, moment("2026-11-10T16:45:01")]),
        "channel": st.sampled_from([None, *Channel]),
        "time_limit": st.sampled_from(
            [None, TimeLimit.parse("5d"), TimeLimit.parse("8h"), TimeLimit.parse("0")]
        ),
        "applicant": st.sampled_from(["", "Nguyễn Văn Ví Dụ"]),
        "suspensions": st.just(()),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=FEW, max_size=FEW + 10))
def test_together_and_one_by_one_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, every: list[dict[str, Any]]
) -> None:
    rows = [newcomer(number, **facts) for number, facts in enumerate(every)]
    written = []
    for one_by_one in (False, True):
        store = open_store(new_database(tmp_path_factory.mktemp("store") / "latewatch.db"))
        written.append(_without_order(taken(store, rows, one_by_one=one_by_one)))
        store.close()
    assert written[0] == written[1]


def _without_order(tables: dict[str, list[Any]]) -> dict[str, Any]:
    """Leave out what depends on the order of writing: ids and the chain of hashes."""
    versions = [row[1:-1] for row in tables["record_version"]]
    batches = [row[:-1] for row in tables["batch"]]
    return {
        "dossier": sorted((row[1:] for row in tables["dossier"]), key=repr),
        "record_version": sorted(versions, key=repr),
        "counts": [row[:15] for row in batches],
    }


def test_on_every_database(store: Store) -> None:
    tables = taken(store, [newcomer(number) for number in range(FEW)], one_by_one=False)
    assert len(tables["dossier"]) == len(tables["record_version"]) == FEW


@pytest.mark.parametrize("status", [Status.SUPPLEMENT, Status.SUSPENDED])
def test_what_its_status_interrupts_goes_the_other_way(status: Status) -> None:
    rows = [newcomer(number, **({"status": status} if number == 3 else {})) for number in range(FEW)]
    new, others = parted(plain(rows), frozenset())
    assert ([row.code for row in others], len(new)) == (["H3"], FEW - 1)


def test_a_code_that_may_be_stored_is_not_new() -> None:
    rows = [newcomer(number) for number in range(FEW)]
    new, others = parted(plain(rows), {"H3"})
    assert ([row.code for row in others], len(new)) == (["H3"], FEW - 1)
    assert parted(plain(rows), None) == (NO_ROWS, rows)


@pytest.mark.parametrize(
    ("received", "kept"),
    [
        pytest.param(NOW, True, id="received"),
        pytest.param(FUTURE, False, id="its receipt lies ahead: its status may say more later"),
    ],
)
def test_the_fingerprint_of_a_receipt_ahead_is_not_kept(store: Store, received: datetime, kept: bool) -> None:
    taken(store, [newcomer(number, received_at=received) for number in range(FEW)], one_by_one=False)
    with store.reading() as connection:
        digests = connection.execute(select(schema.dossier.c.digest)).scalars().all()
    assert all((digest is not None) is kept for digest in digests)
