"""What an office says of its calendar beyond the files: whole each time, a change makes it anew. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from latewatch.domain.layers import NATIONAL, Calendars, Layer, WeekdayHours, layer_label
from latewatch.domain.worktime import WEEKDAYS, CalendarNote, Confirmation, DayEntry
from latewatch.errors import CalendarError


@dataclass(frozen=True, slots=True)
class Edits:
    """An office's own layers, the years it imported whole with their remarks, and those it confirmed.

    Of an imported year the files' entries are set aside. A confirmed year names the document that confirms
    what the files only expect.
    """

    layers: Mapping[str, Layer] = field(default_factory=dict)
    years: Mapping[int, tuple[CalendarNote, ...]] = field(default_factory=dict)
    confirmed: Mapping[int, str] = field(default_factory=dict)

    def layer(self, name: str) -> Layer:
        return self.layers.get(name, Layer(name))

    def set_day(self, name: str, entry: DayEntry) -> "Edits":
        """Let `entry` decide its date in the layer `name`, instead of one the office made before."""
        return self.set_days([(name, entry)])

    def set_days(self, entries: Iterable[tuple[str, DayEntry]]) -> "Edits":
        """Set many days, each with the name of its layer."""
        changed = self
        for name, days in _by_layer(entries).items():
            own = {each.day: each for each in self.layer(name).entries} | days
            changed = changed._with(replace(self.layer(name), entries=_ordered(own)))
        return changed

    def clear_day(self, name: str, day: date) -> "Edits":
        """Take back the office's own entry for `day`. Raises CalendarError where it has none."""
        layer = self.layer(name)
        left = tuple(each for each in layer.entries if each.day != day)
        if len(left) == len(layer.entries):
            raise CalendarError(
                entry_name(name, day),
                "cơ quan chưa đặt gì cho ngày này ở tầng này; ngày của tệp lịch thì đổi bằng "
                "--kind “day worked” hoặc --kind “day off”",
            )
        return self._with(replace(layer, entries=left))

    def set_week(self, name: str, own: WeekdayHours) -> "Edits":
        """Let the hours of `own` be worked on its weekday by the layer `name`; none make it rest.

        What was said of the weekday from other dates on stays.
        """
        layer = self.layer(name)
        others = [each for each in layer.week if each.key != own.key]
        return self._with(replace(layer, week=_in_order([*others, own])))

    def clear_week(self, name: str, weekday: int, since: date | None = None) -> "Edits":
        """Take back the office's own hours for a weekday: those from `since` on, or all of them.

        Raises CalendarError where it has none.
        """
        layer = self.layer(name)
        left = [each for each in layer.week if each.weekday != weekday or (since and each.since != since)]
        if len(left) == len(layer.week):
            from_then = f" từ ngày {since:%d/%m/%Y}" if since else ""
            raise CalendarError(week_name(name, weekday), f"cơ quan chưa đặt giờ riêng{from_then} ở tầng này")
        return self._with(replace(layer, week=_in_order(left)))

    def confirm(self, year: int, document: str, calendars: Calendars) -> "Edits":
        """Confirm by `document` what the nation's layer of `calendars` only expects of `year`.

        Raises CalendarError where nothing is expected. What still waits for its own document waits on.
        """
        if year not in calendars.years:
            raise CalendarError(
                f"năm {year}",
                f"chưa có lịch để xác nhận; nhập tệp {year}.toml bằng lệnh latewatch calendar import",
            )
        national = calendars.layers.get(NATIONAL, Layer(NATIONAL))
        if not any(_is_expected(each, year) for each in national.entries):
            raise CalendarError(f"năm {year}", "không có ngày nào còn “dự kiến” ở tầng cả nước")
        if not document.strip():
            raise CalendarError(f"năm {year}", "cần văn bản nguồn của việc xác nhận (--source)")
        own = self.layer(NATIONAL)
        entries = tuple(
            _confirmed(each, document) if _is_expected(each, year) else each for each in own.entries
        )
        return replace(
            self._with(replace(own, entries=entries)), confirmed={**self.confirmed, year: document}
        )

    def replace_year(
        self, year: int, entries: Iterable[DayEntry], notes: tuple[CalendarNote, ...] = ()
    ) -> "Edits":
        """Let `entries` be all the nation's layer says of `year`, whatever files and edits said before."""
        own = self.layer(NATIONAL)
        others = {each.day: each for each in own.entries if each.day.year != year}
        days = others | {each.day: each for each in entries}
        confirmed = {each: document for each, document in self.confirmed.items() if each != year}
        return replace(
            self._with(replace(own, entries=_ordered(days))),
            years={**self.years, year: notes},
            confirmed=confirmed,
        )

    def _with(self, layer: Layer) -> "Edits":
        layers = {name: each for name, each in self.layers.items() if name != layer.name}
        return replace(self, layers=layers if layer.is_blank else {**layers, layer.name: layer})


def edited(files: Calendars, edits: Edits) -> Calendars:
    """Return the calendars of the files with `edits` laid over them.

    Raises CalendarError where a year is missing between others.
    """
    return Calendars(
        _unbroken({*files.years, *edits.years}),
        _layers(files, edits),
        _notes(files, edits),
        files.base_version,
    )


def _unbroken(years: Iterable[int]) -> list[int]:
    known = sorted(years)
    missing = next((year for year in range(known[0], known[-1]) if year not in known), None)
    if missing is not None:
        raise CalendarError(f"năm {missing}", f"thiếu; lịch phải liền từ {known[0]} đến {known[-1]}")
    return known


def _layers(files: Calendars, edits: Edits) -> list[Layer]:
    others = {**files.layers, **edits.layers}
    others.pop(NATIONAL, None)
    return [_national(files, edits), *others.values()]


def _national(files: Calendars, edits: Edits) -> Layer:
    """Join what files and office say of the nation: the office's entries stand, confirmed is confirmed."""
    shipped, own = files.layers.get(NATIONAL, Layer(NATIONAL)), edits.layer(NATIONAL)
    days = {
        each.day: _confirmed(each, edits.confirmed[each.day.year])
        if each.status is Confirmation.EXPECTED and each.day.year in edits.confirmed
        else each
        for each in shipped.entries
        if each.day.year not in edits.years
    }
    return Layer(
        NATIONAL,
        _in_order({each.key: each for each in (*shipped.week, *own.week)}.values()),
        _ordered(days | {each.day: each for each in own.entries}),
    )


def _notes(files: Calendars, edits: Edits) -> tuple[CalendarNote, ...]:
    kept = [note for note in files.notes if note.year not in edits.years]
    return tuple(
        sorted([*kept, *(note for notes in edits.years.values() for note in notes)], key=lambda n: n.year)
    )


def _is_expected(entry: DayEntry, year: int) -> bool:
    return entry.day.year == year and entry.status is Confirmation.EXPECTED


def _confirmed(entry: DayEntry, document: str) -> DayEntry:
    """Return `entry` as confirmed by `document`; what it rested on before stays in sight."""
    return replace(entry, status=Confirmation.CONFIRMED, source=f"{document}; {entry.source}")


def _by_layer(entries: Iterable[tuple[str, DayEntry]]) -> dict[str, dict[date, DayEntry]]:
    found: dict[str, dict[date, DayEntry]] = {}
    for name, entry in entries:
        found.setdefault(name, {})[entry.day] = entry
    return found


def _in_order(week: Iterable[WeekdayHours]) -> tuple[WeekdayHours, ...]:
    return tuple(sorted(week, key=lambda each: each.key))


def _ordered(days: Mapping[date, DayEntry]) -> tuple[DayEntry, ...]:
    return tuple(days[day] for day in sorted(days))


def entry_name(layer: str, day: date) -> str:
    """Name an entry in a message: its date, and its layer where that is not the nation's."""
    return f"ngày {day:%d/%m/%Y}{_of_layer(layer)}"


def week_name(layer: str, weekday: int) -> str:
    return f"{WEEKDAYS[weekday]}{_of_layer(layer)}"


def _of_layer(name: str) -> str:
    return "" if name == NATIONAL else f" (tầng {layer_label(name)})"
