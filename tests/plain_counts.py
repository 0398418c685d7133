"""Figures counted anew from what the sources said, in plain loops. Imports nothing of the program.

Everything comes from the rows of the database as they lie there (`record_version.facts`, `batch`, `letter`,
`calendar_version`), from config.toml and from the shipped years of the calendar: dates are read as dates, due
dates are walked to day by day, and each question of the forms is answered by itself.
"""

import json
import sqlite3
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

VIETNAM = timezone(timedelta(hours=7))
ONE = timedelta(days=1)
STANDARD = "07:30-11:30,13:00-17:00"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKED = ("swapped worked", "day worked", "shortened")
STOPS = {"supplement": "restart", "financial": "pause", "consultation": "runs on", "other": "pause"}
CLOSED = ("withdrawn", "stopped", "refused", "not accepted")
AWAITING = ("supplement", "suspended")
FIELDS = (  # what a version lists, after the number of the list's form
    *("code", "status", "status_text", "received_at", "promised_at", "processed_at", "returned_at"),
    *("submitted_at", "time_limit", "procedure_code", "procedure", "field", "channel", "receiving_unit"),
    *("resolving_unit", "department", "officer", "step", "applicant", "address", "phone", "email"),
    *("suspensions", "stages"),
)
Facts = Mapping[str, Any]


# The calendar


class Days:
    """Which hours are worked on a day: the shipped years, below what the office said last."""

    def __init__(self, shipped: Path, edits: Mapping[str, Any]) -> None:
        self.entries: dict[tuple[str, str], Facts] = {}
        self.week: dict[tuple[str, int], str] = {}
        for path in sorted(shipped.glob("*.toml")):
            for each in tomllib.loads(path.read_text(encoding="utf-8"))["days"]:
                self.entries["national", str(each["day"])] = each
        for layer, said in edits.get("layers", {}).items():
            for each in said.get("days", ()):
                self.entries[layer, each["day"]] = each
            for each in said.get("week", ()):
                self.week[layer, WEEKDAYS.index(each["weekday"])] = each["hours"]

    def hours(self, day: date, unit: str) -> str:
        """Return the hours of `day` for the unit with this code; empty where nothing is worked."""
        layers = (f"unit:{unit}", "province", "national")
        week = [STANDARD] * 5 + ["", ""]
        for layer in reversed(layers):
            week = [self.week.get((layer, number), hours) for number, hours in enumerate(week)]
        usual = week[day.weekday()]
        for layer in layers:
            entry = self.entries.get((layer, str(day)))
            if entry is None:
                continue
            if entry["kind"] not in WORKED:
                return ""
            if entry.get("hours"):
                return str(entry["hours"])
            return usual if usual and entry["kind"] != "swapped worked" else week[4] or usual
        return usual


# Dossiers


@dataclass
class Plain:
    """A dossier as its newest version that counts tells of it, with its letter."""

    facts: Facts
    unit_code: str
    unit: str
    sent_on: date | None
    new_date: date | None
    answer_by: datetime | None = None  # what came online; walked to once

    def at(self, name: str) -> datetime | None:
        text = self.facts.get(name)
        return datetime.fromisoformat(text).astimezone(VIETNAM) if text else None

    @property
    def received(self) -> datetime | None:
        return self.at("received_at")

    @property
    def processed(self) -> datetime | None:
        at = self.at("processed_at")
        return at.replace(second=0, microsecond=0) if at else None


def dossiers(database: Path, units: list[Facts]) -> list[Plain]:
    """Return every dossier of which a version counts: not one of a batch that was taken back."""
    connection = sqlite3.connect(database)
    batches = {row[0]: row for row in connection.execute("SELECT id, state, undoes FROM batch")}
    newest: dict[str, Facts] = {}
    for code, batch, facts in connection.execute(
        "SELECT code, batch_id, facts FROM record_version ORDER BY id"
    ):
        _, state, undoes = batches[batch]
        if state != "undone" and undoes is None:
            _, *values = json.loads(facts)
            newest[code] = {name: value for name, value in zip(FIELDS, values, strict=True) if value}
    letters = {}
    told = "SELECT code, letter.state, sent_on, new_date FROM letter JOIN dossier ON dossier.id = dossier_id"
    for code, state, sent_on, new_date in connection.execute(told):
        if state != "cancelled" and sent_on:
            letters[code] = date.fromisoformat(sent_on), date.fromisoformat(new_date)
    connection.close()
    return [plain(facts, letters.get(code, (None, None)), units) for code, facts in newest.items()]


def plain(facts: Facts, letter: tuple[date | None, date | None], units: list[Facts]) -> Plain:
    written = [facts.get("resolving_unit", ""), facts.get("department", "")]
    for text in written:
        for unit in units:
            names = [unit["code"], unit["name"], *unit.get("aliases", ())]
            if text and text.lower() in [name.lower() for name in names]:
                return Plain(facts, unit["code"], unit["name"], *letter)
    return Plain(facts, "", written[0] or written[1], *letter)


def edits_in_force(database: Path) -> Facts:
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT edits FROM calendar_version ORDER BY id DESC LIMIT 1").fetchone()
    connection.close()
    return json.loads(found[0]) if found else {}


# Due dates, walked to


@dataclass
class Due:
    """The due date by the limit, or why there is none: awaited from a moment on, or not known."""

    computed: datetime | None = None
    is_known: bool = False
    is_awaited: bool = False
    runs_on: bool = False  # although something lasts


def due_of(dossier: Plain, limits: Mapping[str, str], days: Days) -> Due:
    received = dossier.received
    limit = dossier.facts.get("time_limit") or limits.get(dossier.facts.get("procedure_code", ""), "")
    stops = stops_of(dossier)
    if received is None:
        return Due()
    contradiction = is_contradictory(stops, received)
    lasting = (
        []
        if contradiction
        else [s for s in stops_of(dossier) if s["end"] is None and not is_early(s, received)]
    )
    if not limit or contradiction:
        awaited = bool(lasting) and STOPS[lasting[0]["cause"]] != "runs on"
        return Due(is_awaited=awaited, runs_on=bool(lasting) and not awaited)
    walk = Walk(limit, dossier.unit_code, days)
    begun, pauses = received, []
    for stop in sorted(stops, key=lambda s: s["start"]):
        effect = STOPS[stop["cause"]]
        if effect == "runs on" or is_early(stop, received) or stop["start"] >= walk.end(begun, pauses):
            continue
        if stop["end"] is None:
            return Due(is_known=True, is_awaited=True)
        if effect == "restart":
            begun, pauses = max(stop["start"], stop["end"]), []
        else:
            pauses.append(stop)
    runs_on = any(STOPS[s["cause"]] == "runs on" or not s["seen"] for s in lasting)
    return Due(walk.end(begun, pauses), is_known=True, runs_on=runs_on)


def stops_of(dossier: Plain) -> list[dict[str, Any]]:
    """Return the interruptions; what is finished awaits nothing."""
    found = []
    for each in dossier.facts.get("suspensions") or ():
        start = datetime.fromisoformat(each["started_at"]).astimezone(VIETNAM)
        end = datetime.fromisoformat(each["ended_at"]).astimezone(VIETNAM) if each.get("ended_at") else None
        if end is None and dossier.processed:
            end = max(start, dossier.processed)
        found.append(
            {"cause": each["cause"], "start": start, "end": end, "seen": each.get("is_observed", False)}
        )
    return found


def is_before(one: datetime, other: datetime) -> bool:
    """Of a moment at 00:00 the clock time is not known."""
    midnight = (0, 0, 0, 0)
    clocks = [(at.hour, at.minute, at.second, at.microsecond) for at in (one, other)]
    return one.date() < other.date() if midnight in clocks else one < other


def is_early(stop: Mapping[str, Any], received: datetime) -> bool:
    return bool(stop["seen"]) and is_before(stop["start"], received)


def is_contradictory(stops: list[dict[str, Any]], received: datetime) -> bool:
    ordered = sorted(stops, key=lambda s: s["start"])
    for stop in ordered:
        if stop["end"] and is_before(stop["end"], stop["start"]):
            return True
        if is_before(stop["start"], received) and not stop["seen"]:
            return True
    left = [stop for stop in ordered if not is_early(stop, received)]
    for place in range(1, len(left)):
        end = left[place - 1]["end"]
        if end is None or is_before(left[place]["start"], end):
            return True
    return False


@dataclass
class Walk:
    """A limit of working or calendar days, weeks, months or working hours, walked along a unit's days."""

    limit: str
    unit: str
    days: Days

    def is_worked(self, day: date) -> bool:
        return bool(self.days.hours(day, self.unit))

    def end(self, begun: datetime, pauses: list[dict[str, Any]]) -> datetime:
        return self.by_minutes(begun, pauses) if self.limit.endswith("h") else self.by_days(begun, pauses)

    def by_minutes(self, begun: datetime, pauses: list[dict[str, Any]]) -> datetime:
        """Count worked minutes one after the other, but for those within a pause."""
        left = int(self.limit[:-1]) * 60
        at = begun.replace(second=0, microsecond=0)
        spans = [(s["start"].replace(second=0, microsecond=0), max(s["start"], s["end"])) for s in pauses]
        while True:
            for start, end in segments(self.days.hours(at.date(), self.unit)):
                for minute in range(max(start, at.hour * 60 + at.minute), end):
                    now = midnight(at.date()) + timedelta(minutes=minute)
                    left -= not any(a <= now < b.replace(second=0, microsecond=0) for a, b in spans)
                    if left == 0:
                        return now + timedelta(minutes=1)
            at = midnight(at.date() + ONE)

    def by_days(self, begun: datetime, pauses: list[dict[str, Any]]) -> datetime:
        day, counted, wanted = begun.date(), 0, self.length(begun.date())
        while counted < wanted:
            day += ONE
            stands = any(s["start"].date() < day <= max(s["start"], s["end"]).date() for s in pauses)
            counted += not stands and (not self.counts_working_days or self.is_worked(day))
        for pause in pauses:
            if pause["start"].date() >= day:  # it stood still on its last day, and ends when it is taken up
                day = max(day, pause["start"].date(), pause["end"].date())
        while not self.is_worked(day):
            day += ONE
        return midnight(day) + timedelta(hours=23, minutes=59, seconds=59)

    @property
    def counts_working_days(self) -> bool:
        return self.limit[-1] == "d" and self.limit[-2] != "c"

    def length(self, first: date) -> int:
        number = int("".join(filter(str.isdigit, self.limit)))
        if self.limit.endswith("mo"):
            year, month = first.year, first.month
            for _ in range(number):
                year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            return (date(year, month, min(first.day, monthrange(year, month)[1])) - first).days
        return number * 7 if self.limit.endswith("w") else number


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def last_second(day: date) -> datetime:
    return midnight(day) + timedelta(hours=23, minutes=59, seconds=59)


def segments(hours: str) -> list[tuple[int, int]]:
    return [
        (int(part[:2]) * 60 + int(part[3:5]), int(part[6:8]) * 60 + int(part[9:11]))
        for part in hours.split(",")
        if part
    ]


# Counting


@dataclass
class Office:
    """Everything there is to count, read once."""

    dossiers: list[tuple[Plain, Due]]
    decides: str  # computed or promised: [counting] due
    days: Days

    @classmethod
    def read(cls, folder: Path, shipped: Path, decides: str = "") -> "Office":
        config = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
        database = folder / "latewatch.db"
        days = Days(shipped, edits_in_force(database))
        limits = {each["code"]: each["limit"] for each in config.get("procedures", ())}
        found = dossiers(database, config["units"])
        decides = decides or config.get("counting", {}).get("due", "computed")
        return cls([(each, due_of(each, limits, days)) for each in found], decides, days)

    def placed(self, first: date, last: date, as_of: datetime, rule: Facts) -> list[tuple[Plain, list[str]]]:
        """Return the figures each dossier is counted in."""
        return [
            (
                dossier,
                list(Question(dossier, due, first, last, as_of, rule, self.decides, self.days).figures()),
            )
            for dossier, due in self.dossiers
        ]


def counted(
    placed: list[tuple[Plain, list[str]]], label: Callable[[Plain], str]
) -> dict[str, dict[str, int]]:
    """Count each figure of each row; rows and figures of which there are none are left out."""
    rows: dict[str, dict[str, int]] = {}
    for dossier, figures in placed:
        for figure in figures:
            row = rows.setdefault(label(dossier) or "(không ghi)", {})
            row[figure] = row.get(figure, 0) + 1
    return rows


@dataclass
class Question:
    """Where one dossier is counted in the table of `first` to `last` as it was known at `as_of`."""

    dossier: Plain
    due: Due
    first: date
    last: date
    as_of: datetime
    rule: Facts
    decides: str
    days: Days

    def figures(self) -> Iterator[str]:
        received = self.dossier.received
        if self.waits():
            yield "waiting"
            if self.answer_is_late():
                yield "waiting_late"
            return
        if received is None:
            yield from self.apart() if self.way() == "left-out" else ()
            return
        if received.date() > self.as_of.date():
            return
        end = self.end()
        if end is not None and end.date() < received.date():
            return
        yield from self.apart()
        yield from self.due_figures()
        stands = self.stands()
        if stands is None:
            return
        if received.date() < self.first:
            yield "carried"
        else:
            channel = self.dossier.facts.get("channel") or self.rule["unknown_channel"]
            yield channel.replace(" ", "_")
        yield stands
        sent_on = self.dossier.sent_on
        if stands in ("late", "overdue") and sent_on and sent_on <= self.as_of.date():
            yield f"{stands}_with_letter"

    def handed_in(self) -> datetime | None:
        submitted = self.dossier.at("submitted_at")
        return submitted or (self.dossier.received if self.dossier.facts["status"] == "waiting" else None)

    def waits(self) -> bool:
        """Tell whether it lies at the desk, neither accepted nor turned away."""
        handed_in = self.handed_in()
        if handed_in is None or handed_in.date() > self.as_of.date():
            return False
        answered = self.dossier.received or self.dossier.processed
        is_later = answered is not None and answered.date() > self.as_of.date()
        return is_later or self.dossier.facts["status"] == "waiting"

    def answer_is_late(self) -> bool:
        """What came online must be answered within 8 working hours; without a clock time, from the next day on."""
        handed_in, dossier = self.handed_in(), self.dossier
        if handed_in is None or dossier.facts.get("channel") not in ("online full", "online partial"):
            return False
        if dossier.answer_by is None:
            begun = handed_in + ONE if handed_in == midnight(handed_in.date()) else handed_in
            dossier.answer_by = Walk("8h", dossier.unit_code, self.days).end(begun, [])
        return self.as_of > dossier.answer_by

    def apart(self) -> Iterator[str]:
        """Name what is closed without a result, in the period of its end; where none is told, of its receipt."""
        told = self.dossier.processed or self.dossier.received
        word = self.word()
        if word in CLOSED and told and self.first <= told.date() <= self.last:
            yield word.replace(" ", "_")

    def word(self) -> str:
        """Return the status, as what is known of interruptions corrects it."""
        word: str = self.dossier.facts["status"]
        if word in AWAITING and self.due.runs_on:
            return "processing"
        return "suspended" if word in ("received", "processing") and self.due.is_awaited else word

    def way(self) -> str:
        """Return how the rule counts it; plain where it simply runs or is done."""
        word = self.word()
        if word == "waiting":
            return "left-out"
        name = "suspended" if word in AWAITING else word.replace(" ", "_")
        return str(self.rule.get(name, "plain"))

    def end(self) -> datetime | None:
        return (
            self.dossier.processed if self.rule["resolved"] == "processed" else self.dossier.at("returned_at")
        )

    def may_end(self) -> bool:
        return self.way() in ("plain", "as-resolved", "as-on-time")

    def due_at(self) -> datetime | None:
        due = self.chosen()
        sent_on, new_date = self.dossier.sent_on, self.dossier.new_date
        if due is None:
            return None
        if self.rule["against"] == "revised" and sent_on and new_date and sent_on <= self.as_of.date():
            due = max(due, last_second(new_date))
        return last_second(due.date()) if self.rule["precision"] == "day" else due

    def chosen(self) -> datetime | None:
        promised = self.dossier.at("promised_at")
        by_promise = last_second(promised.date()) if promised else None
        own_computed = self.due.is_known and (self.decides == "computed" or by_promise is None)
        own = self.due.computed if own_computed else by_promise
        wanted = self.rule["due"]
        if wanted is None:
            return own
        if wanted == "promised":
            return by_promise or own
        if self.due.is_awaited:
            return None
        if own_computed:
            return own
        return last_second(self.due.computed.date()) if self.due.computed else own

    def stands(self) -> str | None:  # noqa: PLR0911  one question after the other
        way, end, due = self.way(), self.end() if self.may_end() else None, self.due_at()
        if way == "left-out":
            return None
        has_ended = end is not None and end <= self.as_of
        if has_ended and end and end.date() < self.first:
            return None
        is_running = self.word() in ("received", "processing")
        if due is None:
            return self.stands_without(has_ended, is_running or end is not None)
        if has_ended and end:
            if way == "as-on-time":
                return "on_time"
            if end.date() < due.date():
                return "early"
            return "late" if end > due else "on_time"
        if way == "as-within":
            return "within"
        if self.may_end() and end is None and not is_running:
            return None  # it is done, and nobody says when
        return "overdue" if self.as_of > due else "within"

    def stands_without(self, has_ended: bool, is_told: bool) -> str | None:
        """Answer for a dossier without a due date."""
        way = self.way()
        if way == "as-on-time" and self.end():
            return "on_time" if has_ended else "within"
        if self.due.is_awaited:
            return "within"
        if self.rule["unlimited"] == "left-out" or (self.may_end() and not is_told):
            return None
        return "on_time" if has_ended else "within"

    def due_figures(self) -> Iterator[str]:
        due, end = self.due_at(), self.end()
        if not self.may_end() or due is None or due > self.as_of or not self.first <= due.date() <= self.last:
            return
        yield "due_in_period"
        if end is not None and end <= due:
            yield "due_and_on_time"
