"""A province's database of made-up dossiers over three years, filled by SQLite itself: millions in a minute.

They come in order, as they would day by day: 124 units and 60 fields of very different size, most of them
done in time, some late, some with a letter, the newest still running.
"""

import atexit
import shutil
import sqlite3
import tempfile
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from intake import CONFIG

from latewatch.app import open_office
from latewatch.clock import VIETNAM
from latewatch.jobs.assess import rules_fingerprint
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.office import Office

UNITS, FIELDS, DAYS = 124, 60, 750
NOW = datetime(2026, 11, 12, 8, tzinfo=VIETNAM)
LAST = date(2027, 12, 31)

# Draws are spread by a multiplication, so that every run makes the same dossiers.
FACTS = """
CREATE TEMP TABLE fact AS
WITH RECURSIVE number(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < :dossiers),
draw AS (
    SELECT id, (id - 1) * :days / :dossiers AS came,
           ((id * 2654435761) >> 9) % 1000 AS a, ((id * 2246822519) >> 7) % 1000 AS b,
           ((id * 3266489917) >> 8) % 1000 AS c, ((id * 668265263) >> 6) % 1000 AS d
    FROM number
),
sized AS (
    SELECT *, (a * a * :units) / 1000000 AS unit, (b * b * :fields) / 1000000 AS field,
           CASE d % 8 WHEN 0 THEN 1 WHEN 1 THEN 3 WHEN 2 THEN 5 WHEN 3 THEN 5 WHEN 4 THEN 7 WHEN 5 THEN 10
                      WHEN 6 THEN 15 ELSE 30 END AS days
    FROM draw
)
SELECT *, came + days AS due,
       came + CASE WHEN c < 600 THEN days * (300 + d % 600) / 1000 WHEN c < 940 THEN days
                   WHEN c < 995 THEN days + 1 + d % 20 ELSE days + 20 + d END AS done
FROM sized
"""
DOSSIERS = """
INSERT INTO dossier (id, code, version, status, status_text, received_at, submitted_at, promised_at,
    processed_at, returned_at, time_limit, procedure_code, procedure, field, channel, receiving_unit,
    resolving_unit, department, officer, step, applicant, address, phone, email, source)
SELECT id, printf('H99.12-%08d', id), 1,
    CASE WHEN done >= :today THEN CASE WHEN c % 50 = 0 THEN 'supplement' ELSE 'processing' END
         WHEN c % 100 = 7 THEN 'withdrawn' WHEN c % 3 = 0 THEN 'returned' ELSE 'done' END,
    CASE WHEN done >= :today THEN 'Đang xử lý' ELSE 'Đã xử lý xong' END,
    printf('%s %02d:%02d:00.000000', came.day, 1 + a % 8, b % 60),
    printf('%s %02d:%02d:00.000000', came.day, a % 8, b % 60),
    due.day || ' 10:00:00.000000',
    CASE WHEN done < :today THEN printf('%s %02d:%02d:00.000000', ended.day, 1 + b % 8, a % 60) END,
    CASE WHEN done < :today AND c % 3 = 0 THEN printf('%s 09:%02d:00.000000', ended.day, a % 60) END,
    days || 'd', printf('1.%06d', field * 5 + d % 5),
    printf('Thủ tục cấp giấy phép số %d về lĩnh vực mẫu', field * 5 + d % 5),
    printf('Lĩnh vực mẫu %d', field),
    CASE WHEN b % 3 = 0 THEN 'direct' WHEN b % 3 = 1 THEN 'online full' ELSE 'online partial' END,
    'Trung tâm Phục vụ hành chính công', printf('UBND xã Ví Dụ %d', unit), '',
    printf('Cán bộ Mẫu %d', a % 40),
    'Thẩm định', printf('Nguyễn Văn Ví Dụ %d', id), printf('Thôn %d, xã Ví Dụ %d', b % 50, unit),
    printf('09%08d', id), '', 'xuat-tep'
FROM fact CROSS JOIN day AS came ON came.number = came JOIN day AS due ON due.number = due
LEFT JOIN day AS ended ON ended.number = done
"""
ASSESSMENTS = """
INSERT INTO assessment (dossier_id, dossier_version, rules, due_at, basis, computed_on, promised_on,
    time_limit, limit_from, problem, calendar_version, standing, waiting_since)
SELECT id, 1, :rules, due.day || ' 16:59:59.000000', 'computed', due.day, due.day,
    days || 'd', 'hồ sơ', '', :calendar,
    CASE WHEN done >= :today THEN CASE WHEN c % 50 = 0 THEN 'suspended' WHEN due < :today THEN 'overdue'
                                       WHEN due < :today + 3 THEN 'due-soon' ELSE 'within' END
         WHEN done < due THEN 'early' WHEN done = due THEN 'on-time' ELSE 'late' END,
    CASE WHEN done >= :today AND c % 50 = 0 THEN came.day || ' 09:30:00.000000' END
FROM fact CROSS JOIN day AS came ON came.number = came JOIN day AS due ON due.number = due
"""
LETTERS = """
INSERT INTO letter (dossier_id, state, form, dated, due_on, new_date, reason, drafted_at, sent_on)
SELECT id, 'sent', 'tt03-2025', due.day, due.day, next.day, 'Lý do mẫu',
    due.day || ' 02:00:00.000000', due.day
FROM fact CROSS JOIN day AS due ON due.number = due JOIN day AS next ON next.number = due + 10
WHERE done > due AND due < :today AND c % 2 = 0
"""


@cache
def filled(dossiers: int) -> Path:
    """Return the folder of an office with that many dossiers, all of them decided and packed."""
    folder = Path(tempfile.mkdtemp(prefix="lw-bench-"))
    atexit.register(shutil.rmtree, folder)
    (folder / "in").mkdir()
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    with open_office(folder / "config.toml") as office:
        days = _working_days(office)
        decided = {"rules": rules_fingerprint(office), "calendar": office.calendar.version}
    _fill(folder / "latewatch.db", dossiers, days, decided)
    with open_office(folder / "config.toml") as office:
        keep_pages(office, NOW)
    return folder


def _fill(database: Path, dossiers: int, days: list[str], decided: dict[str, str]) -> None:
    """Put the dossiers, what was decided of them and their letters into an empty database nobody has open."""
    connection = sqlite3.connect(database)
    for setting in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute("CREATE TEMP TABLE day (number INTEGER PRIMARY KEY, day TEXT)")
    connection.executemany("INSERT INTO day VALUES (?, ?)", enumerate(days))
    sizes = {"dossiers": dossiers, "days": DAYS, "units": UNITS, "fields": FIELDS, "today": DAYS}
    for statement in (FACTS, DOSSIERS, ASSESSMENTS, LETTERS):
        connection.execute(statement, {**sizes, **decided})
    connection.commit()
    connection.close()


def _working_days(office: Office) -> list[str]:
    """Return DAYS working days before today, and those from today on."""
    today, is_worked = NOW.date(), office.calendar.is_working_day
    before = (today - timedelta(days=number) for number in range(1, DAYS * 2))
    after = (today + timedelta(days=number) for number in range((LAST - today).days))
    past = list(islice(filter(is_worked, before), DAYS))
    return [str(day) for day in (*reversed(past), *filter(is_worked, after))]
