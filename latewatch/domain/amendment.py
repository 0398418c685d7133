"""What an imported catalogue changes in the one that is stored: new, changed, closed, unchanged. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from latewatch.domain.catalogue import RULES, Procedure
from latewatch.domain.expiry import Ends
from latewatch.domain.hours import show_clock
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import EFFECT_LABELS
from latewatch.errors import Place, RecordError

ONE_DAY = timedelta(days=1)
CONTENT = ("name", "field", "level", "unit", "limit", *RULES)


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a catalogue file. `given` are the fields it has columns for; the others say nothing."""

    procedure: Procedure
    given: frozenset[str]
    place: Place


@dataclass(slots=True)
class Listing:
    """One catalogue file, read: its entries, every row that cannot be one, and what a person should know."""

    listed: list[Listed] = field(default_factory=list)
    problems: list[RecordError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Kind(StrEnum):
    """What an import does with an entry."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Amendment:
    """What one entry does to the stored ones: `after` holds from its first day on, in the place of `before`.

    `removed` are replaced in the store by `added`; those are `after` and what is left of an entry it ends.
    """

    after: Procedure
    before: Procedure | None = None
    removed: tuple[Procedure, ...] = ()
    added: tuple[Procedure, ...] = ()

    @property
    def kind(self) -> Kind:
        if not self.added:
            return Kind.UNCHANGED
        return Kind.CHANGED if self.before else Kind.NEW

    @property
    def closed_on(self) -> date | None:
        """The last day of the entry that `after` ends; None where it ends none."""
        return next((each.valid_until for each in self.added if each is not self.after), None)

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return what is different: field → from, to; the dates only where nothing else is."""
        before, after = self.before, self.after
        if before is None:
            return {}
        is_same_start = before.valid_from == after.valid_from
        found = _differences(before, after, (*CONTENT, "valid_until") if is_same_start else CONTENT)
        return found or _differences(before, after, ("valid_from", "valid_until"))


def _differences(before: Procedure, after: Procedure, names: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(slots=True)
class Plan:
    """What an import would do, entry by entry, or why nothing of it can be done."""

    amendments: list[Amendment] = field(default_factory=list)
    problems: list[RecordError] = field(default_factory=list)

    def of_kind(self, kind: Kind) -> list[Amendment]:
        return [each for each in self.amendments if each.kind is kind]


def plan(stored: Iterable[Procedure], listed: Sequence[Listed], *, correct: bool = False) -> Plan:
    """Say what the `listed` entries change in the `stored` ones; those of one procedure never overlap.

    An entry with a date of effect ends what held before with the day before. One without a date is new, or
    says what is stored already; to change that for all its days must be asked for (`correct`).
    """
    doubled = list(overlapping(listed))
    made = Plan(problems=[problem for _, problem in doubled])
    unclear = {each.procedure.key for each, _ in doubled}
    by_key: dict[str, list[Procedure]] = {}
    for each in stored:
        by_key.setdefault(each.key, []).append(each)
    for entry in sorted(listed, key=lambda each: each.procedure.starts_on):
        if entry.procedure.key in unclear:
            continue
        same = by_key.setdefault(entry.procedure.key, [])
        try:
            amendment = _amend(same, entry, correct=correct)
        except ValueError as e:
            made.problems.append(RecordError(entry.place, "", f"{named(entry.procedure)}: {e}"))
            continue
        made.amendments.append(amendment)
        same[:] = [each for each in same if each not in amendment.removed] + list(amendment.added)
    return made


def overlapping(listed: Iterable[Listed]) -> Iterator[tuple[Listed, RecordError]]:
    """Yield every entry that holds on a day on which an earlier one of its procedure does, and its error."""
    seen: dict[str, list[Listed]] = {}
    for each in listed:
        same = seen.setdefault(each.procedure.key, [])
        other = next((one for one in same if one.procedure.overlaps(each.procedure)), None)
        if other:
            problem = (
                f"{named(each.procedure)} đã có ở {other.place} cho cùng thời gian hiệu lực; hãy bỏ một "
                "trong hai, hoặc ghi ngày Hiệu lực từ, Hiệu lực đến không chồng nhau"
            )
            yield each, RecordError(each.place, "", problem)
        same.append(each)


def named(procedure: Procedure) -> str:
    return f"mã {procedure.code}" if procedure.code else f"“{procedure.name}”"


def _amend(same: Sequence[Procedure], entry: Listed, *, correct: bool) -> Amendment:
    new = entry.procedure
    counterpart = _counterpart(same, new) if new.valid_from is None else None
    if counterpart:
        return _without_date(counterpart, same, entry, correct=correct)
    first = new.starts_on
    before = _holding(same, first) or _holding(same, first - ONE_DAY if new.valid_from else first)
    after = _until_the_next(_laid_over(before, entry), same)
    if before and _content(before) == _content(after) and _holds_as_long(before, after, entry.given):
        return Amendment(before, before)
    removed = tuple(each for each in same if each.overlaps(after))
    left = (replace(each, valid_until=first - ONE_DAY) for each in removed if each.starts_on < first)
    return Amendment(after, before, removed, (*left, after))


def _counterpart(same: Sequence[Procedure], new: Procedure) -> Procedure | None:
    """Return the stored entry that one without a date of effect speaks of: the one that holds at its end."""
    at_end = _holding(same, new.valid_until or date.max)
    if at_end or new.valid_until:
        return at_end or next((each for each in same if each.overlaps(new)), None)
    return max(same, key=lambda each: each.starts_on, default=None)


def _without_date(before: Procedure, same: Sequence[Procedure], entry: Listed, *, correct: bool) -> Amendment:
    """Compare with `before`, which keeps its start. Raises ValueError where it says something else."""
    after = replace(_laid_over(before, entry), valid_from=before.valid_from)
    if "valid_until" not in entry.given:
        after = replace(after, valid_until=before.valid_until)
    after = _until_the_next(after, same)
    amendment = Amendment(after, before, (before,), (after,))
    changes = amendment.changes()
    if not changes:
        return Amendment(before, before)
    if not correct:
        raise ValueError(
            f"đã có trong danh mục với nội dung khác ({shown_changes(changes)}); hãy cho biết nội dung mới "
            "có hiệu lực từ ngày nào (--from hoặc cột Hiệu lực từ), hoặc dùng --correct để sửa mục đã có"
        )
    return amendment


def _laid_over(before: Procedure | None, entry: Listed) -> Procedure:
    """Return the entry with what its file has no column for taken from `before`."""
    if before is None:
        return entry.procedure
    kept = {name: getattr(before, name) for name in CONTENT if name not in entry.given}
    return replace(entry.procedure, **kept)


def _until_the_next(after: Procedure, same: Iterable[Procedure]) -> Procedure:
    """End `after` before a stored entry of a later date of effect: from its day on that one decides."""
    starts = [each.valid_from for each in same if each.valid_from and each.valid_from > after.starts_on]
    last = min((start - ONE_DAY for start in starts), default=date.max)
    return replace(after, valid_until=last) if last < (after.valid_until or date.max) else after


def _holds_as_long(before: Procedure, after: Procedure, given: frozenset[str]) -> bool:
    return _holding([before], after.starts_on) is before and (
        "valid_until" not in given or before.valid_until == after.valid_until
    )


def _content(procedure: Procedure) -> tuple[Any, ...]:
    return tuple(getattr(procedure, name) for name in CONTENT)


def _holding(same: Iterable[Procedure], on: date) -> Procedure | None:
    return next((each for each in same if each.holds_on(on)), None)


FIELD_LABELS = {
    "name": "tên",
    "field": "lĩnh vực",
    "level": "cấp giải quyết",
    "unit": "đơn vị giải quyết",
    "limit": "thời hạn",
    "ends": "hạn hết lúc",
    "cutoff": "giờ chót",
    "supplement": "bổ sung",
    "financial": "nghĩa vụ tài chính",
    "consultation": "lấy ý kiến",
    "other": "tạm dừng khác",
    "close_after_days": "số ngày chờ bổ sung",
    "valid_from": "hiệu lực từ",
    "valid_until": "hiệu lực đến",
}


ENDS_LABELS = {Ends.DAY: "hết ngày", Ends.WORKING_TIME: "hết giờ làm việc", Ends.CLOCK: "giữ giờ tiếp nhận"}


def shown_changes(changes: Mapping[str, tuple[Any, Any]]) -> str:
    """Return the changes as a person reads them: `thời hạn: 05 ngày làm việc → 03 ngày làm việc`."""
    return "; ".join(
        f"{FIELD_LABELS[name]}: {shown_value(name, before)} → {shown_value(name, after)}"
        for name, (before, after) in changes.items()
    )


def shown_value(name: str, value: Any) -> str:
    """Return a field of a procedure as a person reads it."""
    if value in (None, ""):
        return "(không ghi)"
    if name == "cutoff":
        return show_clock(value)
    labels: Mapping[Any, str] = {**EFFECT_LABELS, **ENDS_LABELS}
    if isinstance(value, TimeLimit):
        return value.label
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else labels.get(value, str(value))
