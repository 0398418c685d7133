"""Whether what a source delivers can be believed: alarms from the history of its batches. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from latewatch.domain.alarm import Alarm, AlarmKind
from latewatch.domain.arrivals import Arrived, Newest, data_time, newest_of_each_kind
from latewatch.domain.telling import thousands
from latewatch.domain.worktime import WEEKDAYS, WorkCalendar

DECISIVE = frozenset({"status", "processed_at"})  # without these nobody can say what is still running
FEWEST_LOST = 3  # rows: of a handful of dossiers one or two may well be settled
SHOWN_WORDS = 5
MANY_WORDS = 20  # more are no words: the cells of another column
LONGEST_WORD = 40  # characters of it that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of a source.

    `stale_minutes` of working time without news are too many; None: it may have none for any time.
    `is_whole`: each file holds all there is, so that fewer rows mean something; `is_table`: it has headings,
    called `columns` by their field. `kept` says what becomes of what a lost column told.
    """

    source: str
    columns: Mapping[str, str]
    stale_minutes: int | None
    is_whole: bool = True
    is_table: bool = True
    is_folder: bool = True
    shrunk_percent: int = 30
    rejected_percent: int = 5
    kept: str = "giá trị đã lưu của cột được giữ nguyên"


def alarms(
    expected: Expected, history: Sequence[Arrived], at: datetime, calendar: WorkCalendar
) -> list[Alarm]:
    """Return what is wrong with a source as of `at`; `history` is oldest first.

    A source that never delivered has no alarm: whoever asks knows that there is nothing. Raises CalendarGap.
    """
    since = data_time(history)
    if since is None:
        return []
    found = [*_stale(expected, since, at, calendar)]
    for newest in newest_of_each_kind(history):
        if expected.is_whole:
            found += _shrunk(expected, newest)
        if expected.is_table:
            found += _columns(expected, newest)
        found += _unknown_words(expected, newest.file)
        found += _rejected(expected, newest.file)
    return found


def _stale(expected: Expected, since: datetime, at: datetime, calendar: WorkCalendar) -> Iterator[Alarm]:
    """Nights, weekends and days off do not age data: only hours the office works do."""
    allowed = expected.stale_minutes
    if allowed is None or not since < at or (worked := calendar.count_minutes(since, at)) <= allowed:
        return
    where = "việc xuất tệp vào thư mục nhận" if expected.is_folder else "hệ thống nguồn và đường kết nối"
    yield Alarm(
        expected.source,
        AlarmKind.STALE,
        f"chưa có dữ liệu mới từ {since:%H:%M} {WEEKDAYS[since.weekday()]} {since:%d/%m/%Y}: "
        f"đã {_hours(worked)} giờ làm việc, quá {_hours(allowed)} giờ",
        f"kiểm tra {where}, rồi chạy latewatch poll",
        holds_back=True,
        data_from=since,
    )


def _shrunk(expected: Expected, newest: Newest) -> Iterator[Alarm]:
    """Compare the rows with the median of the files before: one odd file among them decides nothing."""
    peers = newest.comparable
    if not peers:
        return
    usual = median(each.read for each in peers)
    rows = newest.file.read
    if not _fell(rows, usual, expected):
        return
    whole = [each for each in peers if not _fell(each.read, usual, expected)]
    yield Alarm(
        expected.source,
        AlarmKind.SHRUNK,
        f"{newest.file.origin}: chỉ có {thousands(rows)} dòng, các tệp trước thường có "
        f"{thousands(int(usual))} dòng: giảm {_percent(usual - rows, usual)} %, "
        f"quá {expected.shrunk_percent} %",
        "kiểm tra bộ lọc, khoảng ngày và đơn vị đã chọn khi xuất, rồi xuất lại; nếu hồ sơ ít đi thật thì "
        "cảnh báo tự hết sau ba tệp cùng cỡ",
        origin=newest.file.origin,
        holds_back=True,
        data_from=whole[-1].taken_at,
    )


def _fell(rows: int, usual: float, expected: Expected) -> bool:
    return usual - rows >= FEWEST_LOST and (usual - rows) * 100 > expected.shrunk_percent * usual


def _columns(expected: Expected, newest: Newest) -> Iterator[Alarm]:
    """Compare the columns with those that most of the files before had."""
    before = [each for each in newest.before if each.fields]
    file = newest.file
    if not before or not file.fields:
        return
    seen = frozenset[str]().union(*(each.fields for each in before))
    usual = {name for name in seen if 2 * sum(name in each.fields for each in before) >= len(before)}
    if lost := usual - file.fields:
        yield Alarm(
            expected.source,
            AlarmKind.COLUMNS_LOST,
            f"{file.origin}: thiếu cột {_names(expected, lost)} mà các tệp trước có; {expected.kept}",
            "xuất lại cho đủ cột; cột chỉ đổi tên thì khai tên mới vào headings của nguồn",
            origin=file.origin,
            holds_back=bool(lost & DECISIVE),
            data_from=max(each.taken_at for each in before if each.fields & lost),
        )
    strange = _strange_now(file, before)
    added = file.fields - seen
    if added or strange:
        read = f"cột mới {_names(expected, added)} được đọc từ tệp này" if added else ""
        left = f"{len(strange)} cột mới không dùng đến" if strange else ""
        yield Alarm(
            expected.source,
            AlarmKind.COLUMNS_NEW,
            f"{file.origin}: {'; '.join(filter(None, (read, left)))}",
            "cột nào cần thì khai tên vào headings của nguồn" if strange else "không cần làm gì",
            origin=file.origin,
            detail=", ".join(f"“{_cut(name)}”" for name in sorted(strange)[:SHOWN_WORDS]),
        )


def _strange_now(file: Arrived, before: Iterable[Arrived]) -> frozenset[str]:
    """Return the headings nobody maps that no file before had, as far as these are known."""
    known = [each.strange for each in before if each.strange is not None]
    if file.strange is None or not known:
        return frozenset()
    return file.strange.difference(*known)


def _unknown_words(expected: Expected, file: Arrived) -> Iterator[Alarm]:
    rows, words = sum(file.unknown.values()), len(file.unknown)
    if not words:
        return
    ordered = sorted(file.unknown.items(), key=lambda each: (-each[1], each[0]))
    shown = [f"“{_cut(word)}” {thousands(times)} dòng" for word, times in ordered[:SHOWN_WORDS]]
    more = [f"… và {words - SHOWN_WORDS} chữ nữa"] if words > SHOWN_WORDS else []
    are_words = words <= MANY_WORDS
    again = "nhập lại các dòng này" if expected.is_table else "chạy latewatch poll"
    declare = f"khai nghĩa của từng chữ vào status_words của nguồn, rồi {again}"
    shifted = "nhiều chữ khác nhau như vậy thì cột trạng thái có lẽ bị lệch: xuất lại tệp"
    yield Alarm(
        expected.source,
        AlarmKind.UNKNOWN_WORDS,
        f"{file.origin}: {thousands(rows)} dòng bị gác lại vì {thousands(words)} chữ trạng thái chưa biết",
        declare if are_words else shifted,
        origin=file.origin,
        detail=", ".join(shown + more) if are_words else "",
    )


def _rejected(expected: Expected, file: Arrived) -> Iterator[Alarm]:
    """Events that speak of dossiers still to come wait for them: they are no fault of the file."""
    if file.awaits or file.rejected * 100 <= expected.rejected_percent * file.read:
        return
    yield Alarm(
        expected.source,
        AlarmKind.REJECTED,
        f"{file.origin}: {thousands(file.rejected)} trên {thousands(file.read)} dòng bị gác lại "
        f"({_percent(file.rejected, file.read)} %), quá {expected.rejected_percent} %",
        "xem từng dòng bằng lệnh latewatch check, sửa ở nơi xuất rồi xuất lại",
        origin=file.origin,
    )


def _names(expected: Expected, fields: Iterable[str]) -> str:
    return ", ".join(f"“{expected.columns.get(name, name)}”" for name in sorted(fields))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}…"


def _hours(minutes: int) -> str:
    """Return working minutes in hours, to a tenth and never less than they are."""
    return _tenths(ceil(minutes / 6))


def _percent(part: float, whole: float) -> str:
    """Return a share in per cent, to a tenth and never less than it is: above a threshold it looks so."""
    return _tenths(ceil(part * 1000 / whole))


def _tenths(number: int) -> str:
    whole, tenth = divmod(number, 10)
    return f"{thousands(whole)},{tenth}" if tenth else thousands(whole)
