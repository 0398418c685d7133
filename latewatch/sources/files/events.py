"""Rows of a list of events → what it says of each dossier it names: all interruptions, and all stages."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from latewatch.domain.dossier import Stage, Suspension
from latewatch.domain.fitting import FACT_OF, Kind, not_whole, of_kind
from latewatch.domain.reading import Reading
from latewatch.domain.record import Event, Rejected, Reported
from latewatch.domain.suspension import problem_of
from latewatch.sources.files.event_rows import Spoilt, Told


def join_events(rows: Sequence[Told], spoilt: Sequence[Spoilt], reading: Reading) -> None:
    """Add to `reading` what the rows say of each dossier; a list that is not whole is not taken.

    A row that was set aside takes the others of its dossier and kind with it: without it they would tell
    another story. Interruptions that overlap do the same; stages may, where units work side by side (NĐ
    118/2025, Điều 20.2b).
    """
    by_code: dict[str, list[Event]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row.event)
    faults = _faults(spoilt)
    for code, events in by_code.items():
        whole: list[Event] = []
        for kind in (Suspension, Stage):
            same = _once(events, kind, reading)
            fault = faults.get((code, kind)) if same else None
            rejected = list(_set_aside(code, same, fault) if fault else _overlapping(code, same))
            reading.rejected += rejected
            whole += [] if rejected else same
        if whole:
            reading.reported.append(_joined(code, whole))


def _faults(spoilt: Sequence[Spoilt]) -> dict[tuple[str, Kind], Spoilt]:
    """Return the first row that was set aside, by dossier and by what is not whole without it."""
    faults: dict[tuple[str, Kind], Spoilt] = {}
    for row in spoilt:
        for kind in row.is_of:
            faults.setdefault((row.code, kind), row)
    return faults


def _once(events: Sequence[Event], kind: Kind, reading: Reading) -> list[Event]:
    """Return the events of a kind in the order of their start, each once however often it was repeated."""
    known: dict[Suspension | Stage, Event] = {}
    same = of_kind(events, kind)
    for event in same:
        known.setdefault(event.fact, event)
    reading.repeated += len(same) - len(known)
    return sorted(known.values(), key=lambda event: event.fact.started_at)


def _set_aside(code: str, events: Sequence[Event], fault: Spoilt) -> Iterator[Rejected]:
    for event in events:
        yield Rejected(event.place, "", not_whole(code, event, fault.place.row), event.raw)


def _overlapping(code: str, events: Sequence[Event]) -> Iterator[Rejected]:
    """Yield all rows of a dossier two of whose interruptions overlap, each with what is wrong."""
    for one, other in pairwise(events):
        facts = [one.fact, other.fact]
        if not all(isinstance(fact, Suspension) for fact in facts):
            return
        problem = problem_of(facts, one.fact.started_at)  # type: ignore[arg-type]  # looked at above
        if problem:
            both = f"{problem} (dòng {one.place.row} và dòng {other.place.row}); hãy sửa ở nơi xuất tệp"
            for event in events:
                is_one = event in (one, other)
                reason = both if is_one else not_whole(code, event, other.place.row)
                yield Rejected(event.place, event.column if is_one else "", reason, event.raw)
            return


def _joined(code: str, events: Sequence[Event]) -> Reported:
    facts = {
        FACT_OF[kind]: found
        for kind in (Suspension, Stage)
        if (found := tuple(event.fact for event in of_kind(events, kind)))
    }
    first = min(events, key=lambda event: (event.place.sheet, event.place.row))
    return Reported(code, facts, _raw(events), first.place, tuple(events))


def _raw(events: Sequence[Event]) -> Mapping[str, str]:
    """Return the rows as they were; of several, each heading behind the number of its row."""
    if len(events) == 1:
        return events[0].raw
    return {f"dòng {e.place.row}: {heading}": text for e in events for heading, text in e.raw.items()}
