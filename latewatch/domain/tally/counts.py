"""One row of figures, and which figures make up which column of the forms. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counts:
    """One row of figures, in numbers of dossiers. The comments give the columns of form 07a."""

    online_full: int = 0  # (4)
    online_partial: int = 0  # (5)
    postal: int = 0  # (6)
    direct: int = 0  # (7)
    carried: int = 0  # (8)
    early: int = 0  # (10)
    on_time: int = 0  # (11)
    late: int = 0  # (12)
    within: int = 0  # (14)
    overdue: int = 0  # (15)
    late_with_letter: int = 0
    overdue_with_letter: int = 0
    due_in_period: int = 0
    due_and_on_time: int = 0
    withdrawn: int = 0
    stopped: int = 0
    refused: int = 0
    not_accepted: int = 0
    waiting: int = 0  # for acceptance, at the end of the period
    waiting_late: int = 0  # of them: longer than the desk may take (NĐ 118/2025/NĐ-CP, Điều 17.2c)

    @property
    def received(self) -> int:  # (3)
        return self.online_full + self.online_partial + self.postal + self.direct + self.carried

    @property
    def resolved(self) -> int:  # (9)
        return self.early + self.on_time + self.late

    @property
    def pending(self) -> int:  # (13)
        return self.within + self.overdue

    @property
    def late_without_letter(self) -> int:
        return self.late - self.late_with_letter

    @property
    def overdue_without_letter(self) -> int:
        return self.overdue - self.overdue_with_letter

    @property
    def is_blank(self) -> bool:
        """Every figure a table shows is 0; what fell due and was finished before the period is in none."""
        hidden = ("due_in_period", "due_and_on_time")
        return not any(getattr(self, each.name) for each in fields(self) if each.name not in hidden)

    def columns(self) -> dict[str, int]:
        """Return the figures of form 07a by column, `c3` to `c15`."""
        return {name: sum(getattr(self, part) for part in parts) for name, parts in COLUMNS.items()}

    def figures(self) -> dict[str, int]:
        """Return every figure by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def sum(self, names: Iterable[str]) -> int:
        """Return the sum of these figures."""
        return sum(int(getattr(self, name)) for name in names)

    def add(self, other: "Counts") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


RECEIVED = ("online_full", "online_partial", "postal", "direct", "carried")
RESOLVED = ("early", "on_time", "late")
PENDING = ("within", "overdue")
STANDINGS = RESOLVED + PENDING

# Columns of form 07a → the figures they add up.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "c3": RECEIVED,
    **{f"c{number}": (name,) for number, name in enumerate(RECEIVED, start=4)},
    "c9": RESOLVED,
    **{f"c{number}": (name,) for number, name in enumerate(RESOLVED, start=10)},
    "c13": PENDING,
    **{f"c{number}": (name,) for number, name in enumerate(PENDING, start=14)},
}
