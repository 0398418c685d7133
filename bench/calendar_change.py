"""A change of the calendar over a million open dossiers: looked at, and committed, against reading them once.

Each runs in a process of its own, whose highest use of memory the table shows.
"""

import atexit
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from measure import Result, best_of, highest

from latewatch.app import open_office
from latewatch.clock import VIETNAM
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.edits import Edits
from latewatch.domain.expiry import due_moment
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE, UNIT, WeekdayHours
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import run
from latewatch.domain.standing import running_standing
from latewatch.domain.worktime import SATURDAY, DayEntry, DayKind, WorkCalendar
from latewatch.jobs.assess import rules_fingerprint
from latewatch.jobs.calendar.change import Signature, commit_change, preview_change
from latewatch.jobs.office import Office

DOSSIERS = 1_000_000
CHUNK = 20_000
NOW = datetime(2026, 11, 12, 8, tzinfo=VIETNAM)
BY = Signature("bench", "đo")
UNITS = [f"U{number:02d}" for number in range(1, 13)]
MORNING = WorkHours.parse("07:30-11:30")
CONFIG = '[office]\nname = "Cơ quan đo"\n' + "".join(
    f'[[units]]\ncode = "{code}"\nname = "Phòng {code}"\n' for code in UNITS
)
DOSSIER_COLUMNS = (
    *("id", "code", "version", "status", "status_text", "received_at", "promised_at", "time_limit"),
    *("procedure_code", "procedure", "field", "channel", "receiving_unit", "resolving_unit", "department"),
    *("officer", "step", "applicant", "address", "phone", "email", "suspensions", "source"),
)
ASSESSMENT_COLUMNS = (
    *(
        "dossier_id",
        "dossier_version",
        "rules",
        "due_at",
        "basis",
        "computed_on",
        "promised_on",
        "time_limit",
    ),
    *("limit_from", "problem", "calendar_version", "standing"),
)


def one_day_off(edits: Edits) -> Edits:
    """A day of rest of the province, eleven days from now."""
    return edits.set_day(PROVINCE, DayEntry(date(2026, 11, 23), DayKind.DAY_OFF, "Nghỉ", "CV 1/VD"))


def every_saturday(edits: Edits) -> Edits:
    """Saturday mornings worked by everybody: nearly every due date moves."""
    return edits.set_week(NATIONAL, WeekdayHours(SATURDAY, MORNING))


CHANGES = {"a day off": one_day_off, "Saturdays worked": every_saturday}


def preview_day() -> Result:
    return _measure("preview: 1 day", "a day off", commits=False)


def commit_day() -> Result:
    return _measure("commit: 1 day", "a day off", commits=True)


def preview_saturdays() -> Result:
    return _measure("preview: all move", "Saturdays worked", commits=False)


def commit_saturdays() -> Result:
    return _measure("commit: all move", "Saturdays worked", commits=True)


def _measure(name: str, change: str, *, commits: bool) -> Result:
    folder = million()
    baseline = best_of(lambda: _read_once(folder), 1)
    command = [sys.executable, __file__, str(folder), change, "commit" if commits else "preview"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(told.stdout)
    note = (
        f"{found['seconds'] / baseline:.1f} times the baseline: reading these rows once; "
        f"{found['moved']:,.0f} due dates move; at most {found['megabytes']:,.0f} MB"
    )
    return Result(name, DOSSIERS, baseline, found["seconds"], note)


def _read_once(folder: Path) -> None:
    connection = sqlite3.connect(folder / "latewatch.db")
    every = "SELECT * FROM dossier JOIN assessment ON assessment.dossier_id = dossier.id"
    for _ in connection.execute(every):
        pass
    connection.close()


@cache
def million() -> Path:
    """Return the folder of an office with DOSSIERS open dossiers and two units with layers of their own."""
    folder = Path(tempfile.mkdtemp(prefix="lw-bench-"))
    atexit.register(shutil.rmtree, folder)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    with open_office(folder / "config.toml") as office:
        commit_change(office, _two_layers, BY, NOW)
    with open_office(folder / "config.toml") as office:
        _fill(folder / "latewatch.db", office)
    return folder


def _two_layers(edits: Edits) -> Edits:
    late = DayEntry(date(2026, 11, 20), DayKind.DAY_OFF, "Nghỉ của đơn vị", "CV 2/VD")
    return edits.set_week(UNIT + "U01", WeekdayHours(SATURDAY, MORNING)).set_day(UNIT + "U02", late)


def _fill(database: Path, office: Office) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    made = _dossiers(office, random.Random(1))  # noqa: S311  a measurement, not a secret
    while some := list(islice(made, CHUNK)):
        for table, columns, place in (("dossier", DOSSIER_COLUMNS, 0), ("assessment", ASSESSMENT_COLUMNS, 1)):
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  names only
            connection.executemany(statement, [each[place] for each in some])
    connection.commit()
    connection.close()


def _dossiers(office: Office, rng: random.Random) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    rules = rules_fingerprint(office)
    calendars = {code: office.calendars.of_unit(code) for code in UNITS}
    limits = [TimeLimit.parse(f"{days}d") for days in range(1, 31)] + [TimeLimit.parse("8h")] * 2
    days = [NOW.date() - timedelta(days=back) for back in range(120)]
    days = [day for day in days if office.calendar.is_working_day(day)]
    standings: dict[tuple[str, datetime], str] = {}
    for number in range(1, DOSSIERS + 1):
        unit, limit = rng.choice(UNITS), rng.choice(limits)
        received = datetime.combine(rng.choice(days), datetime.min.time(), VIETNAM)
        received += timedelta(minutes=450 + rng.randrange(540))
        paused = _paused(received, rng) if rng.random() < 0.02 else ()
        calendar = calendars[unit]
        due = run(received, limit, calendar, suspensions=paused).due_at if paused else None
        due = due or due_moment(received, limit, calendar)
        if (unit, due) not in standings:
            standings[unit, due] = _standing(due, calendar)
        yield (
            _dossier(number, unit, received, limit, paused),
            (
                *(number, 1, rules, _text(due), "computed", str(due.date()), str(due.date()), str(limit)),
                *("hồ sơ", "", calendar.version, standings[unit, due]),
            ),
        )


def _paused(received: datetime, rng: random.Random) -> tuple[Suspension, ...]:
    start = received + timedelta(days=rng.randint(1, 5))
    return (Suspension(Cause.OTHER, start, start + timedelta(days=rng.randint(1, 9))),)


def _standing(due: datetime, calendar: WorkCalendar) -> str:
    return running_standing(Deadline(due_at=due, basis=Basis.COMPUTED), NOW, calendar, 2).value


def _dossier(
    number: int, unit: str, received: datetime, limit: TimeLimit, paused: tuple[Suspension, ...]
) -> tuple[Any, ...]:
    stored = [
        {
            "cause": p.cause,
            "started_at": p.started_at.isoformat(),
            "ended_at": (p.ended_at or NOW).isoformat(),
        }
        for p in paused
    ]
    return (
        *(number, f"H99.12-{number:08d}", 1, "processing", "Đang xử lý", _text(received), _text(received)),
        *(str(limit), f"1.{number % 300:06d}", f"Thủ tục hành chính mẫu số {number % 300}", "Lĩnh vực mẫu"),
        *("direct", "Trung tâm Phục vụ hành chính công", f"Phòng {unit}", "", "Cán bộ Mẫu", "Thẩm định"),
        *("Nguyễn Văn Ví Dụ", "Thôn Mẫu, xã Ví Dụ", "0900000123", "", json.dumps(stored) if stored else None),
        "xuat-tep",
    )


@cache
def _text(at: datetime) -> str:
    """Return a moment as SQLite holds it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.000000"


def main(folder: str, change: str, way: str) -> None:
    """Make one change in this process; tell its seconds and the most memory it took."""
    with open_office(Path(folder) / "config.toml") as office:
        start = perf_counter()
        if way == "commit":
            done = commit_change(office, CHANGES[change], BY, NOW)
        else:
            done = preview_change(office, CHANGES[change], NOW)
        seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": highest(), "moved": done.effects.moved}))


if __name__ == "__main__":
    main(*sys.argv[1:])
