"""The digest in the words of the e-mail: figures, states, ages. Pure; the templates only lay it out."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from latewatch.domain.digest import Block, Digest, DigestRow
from latewatch.domain.letters.life import NUMBERED, STATE_LABELS, LetterState
from latewatch.domain.worktime import WEEKDAYS

# The blocks a supervisor must see even when they are empty, and how they say so.
_ALWAYS_SHOWN = {
    "letters-today": "Hôm nay không có văn bản xin lỗi nào phải gửi.",
    "newly-late": "Không có hồ sơ trễ mới.",
}
_FIGURES = (
    ("newly_late", "trễ mới", "bad"),
    ("overdue", "đang trễ", "bad"),
    ("due_today", "đến hạn hôm nay", "warn"),
)
_NOTES = {
    "letters-today": "Gửi chậm nhất 01 ngày trước ngày hết hạn "
    "(Nghị định 118/2025/NĐ-CP, Điều 19 khoản 6); cơ quan giải quyết hồ sơ ký.",
    "unsigned": "Dự thảo: đơn vị giải quyết rà lại. Chờ cấp số: văn thư. Chờ ký: thủ trưởng đơn vị giải "
    "quyết. Chờ gửi: gửi ngay, chỉ từ ngày gửi mới là đã xin lỗi.",
    "needless": "Đừng ký, đừng gửi. Hủy bằng lệnh latewatch letters cancel MÃ-HỒ-SƠ --by TÊN --why LÝ-DO; số "
    "đã cấp ở lại sổ kèm lý do.",
    "lapsed": "Quá thời hạn bổ sung mà chưa bổ sung: đóng hồ sơ trên hệ thống một cửa "
    "(Nghị định 118/2025/NĐ-CP, Điều 19 khoản 5).",
}
_NOT_SAID = {
    "letters-today": "Không thấy trong dữ liệu đã có; có thể đã khác.",
    "newly-late": "Tạm chưa báo: xem lý do ở đầu bản tin.",
}
_LOOK_FIRST = (
    "Dòng ghi “theo dữ liệu …” dựa trên dữ liệu chưa chắc đúng: ngày cuối của văn bản không chờ dữ liệu mới, "
    "hãy xem hồ sơ trên hệ thống một cửa trước khi gửi."
)
_USUAL = ("Hạn", "Trễ (ngày làm việc)", "Văn bản xin lỗi")
_HEADINGS = {
    "needless": ("Hạn", "Văn bản", ""),
    "lapsed": ("Hạn bổ sung", "Yêu cầu bổ sung", ""),  # nobody apologises for what the person owes
}
_STEPS = {
    LetterState.DRAFT: "dự thảo",
    LetterState.REVIEWED: "chờ cấp số",
    LetterState.NUMBERED: "chờ ký",
    LetterState.SIGNED: "chờ gửi",
}
_DUTIES = (*_ALWAYS_SHOWN, "needless", "lapsed")  # blocks that leave somebody something to do


@dataclass(frozen=True, slots=True)
class State:
    """A state as icon, word and tone: never by colour alone. Tones: bad, warn, good, calm."""

    icon: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the three figures at the top; `change` is empty where there is nothing to compare with."""

    value: str
    label: str
    change: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of a block; `letter` is None where no apology is at stake."""

    code: str
    unit: str
    procedure: str
    due: str
    state: State
    letter: State | None
    note: str  # what its data is as old as, where that is in doubt


@dataclass(frozen=True, slots=True)
class Section:
    """A block as shown: its lines, how many more there are, or the sentence that it is empty."""

    title: str
    heading: str  # the title and how many; without a number where zero would be a guess
    lines: tuple[Line, ...]
    more: int
    note: str
    empty: str
    due_heading: str
    state_heading: str
    letter_heading: str  # empty where no apology is at stake


@dataclass(frozen=True, slots=True)
class Banner:
    """A warning above the figures: what is wrong, source by source, what it means, what to do."""

    title: str
    reasons: tuple[str, ...]
    meaning: str
    cure: str


@dataclass(frozen=True)
class DigestView:
    """What the templates may ask of a digest; `attachment` is a file name, or empty."""

    digest: Digest
    attachment: str = ""

    @property
    def desk(self) -> str:
        return plain(self.digest.desk)

    @property
    def day(self) -> str:
        return long_date(self.digest.at.date())

    @property
    def trusted(self) -> bool:
        return self.digest.is_trusted

    @cached_property
    def banner(self) -> Banner | None:
        if self.digest.data_from is None:
            nothing = "Bản tin này không có nghĩa là không có hồ sơ trễ."
            return Banner("CHƯA CÓ DỮ LIỆU: chưa nhập được hồ sơ nào", (), nothing, _CURE)
        if not self.digest.held:
            return None
        doubts = [alarm for alarm in self.digest.alarms if alarm.holds_back]
        reasons = tuple(plain(f"Nguồn “{each.source}”: {each.text}.") for each in doubts)
        cures = "; ".join(dict.fromkeys(each.cure for each in doubts))
        return Banner(self._doubt, reasons, self._held, plain(f"Việc cần làm: {cures}. {_WHO_ELSE}"))

    @property
    def _doubt(self) -> str:
        since = self.digest.stale_since
        if since is None:
            return "DỮ LIỆU THIẾU: tệp mới nhất không đủ"
        return f"DỮ LIỆU CŨ: lấy lúc {moment(since)}{age(since, self.digest.at)}"

    @property
    def _held(self) -> str:
        """What is not said, of how many, and what of the rest to make of it."""
        newly = sum(each.newly_late for each in self.digest.held)
        soon = sum(each.due_soon for each in self.digest.held)
        counted = [(newly, "trễ mới"), (soon, "đến hạn hôm nay hoặc sắp đến hạn")]
        parts = " và ".join(f"{thousands(number)} hồ sơ {what}" for number, what in counted if number)
        held = f"Tạm chưa báo {parts}, vì có thể đã giải quyết xong. " if parts else ""
        return f"{held}Số liệu dưới đây có thể thiếu hồ sơ mới trễ, hoặc còn tính hồ sơ đã giải quyết xong."

    @property
    def figures(self) -> tuple[Figure, ...]:
        now, before = self.digest.counts, self.digest.before
        return tuple(
            self._figure(label, getattr(now, name), getattr(before, name, None), tone)
            for name, label, tone in _FIGURES
        )

    def _figure(self, label: str, now: int, before: int | None, tone: str) -> Figure:
        if self.digest.data_from is None:
            return Figure("–", label, "chưa có dữ liệu", "calm")
        if not self.trusted:
            since = self.digest.stale_since
            remark = f"theo dữ liệu {since:%d/%m}" if since else "dữ liệu chưa đủ"
            return Figure(thousands(now) if now else "?", label, remark, "calm")
        return Figure(thousands(now), label, self._change(now, before), tone if now else "good")

    def _change(self, now: int, before: int | None) -> str:
        if before is None:
            return ""
        since = f"{self.digest.before_on:%d/%m}" if self.digest.before_on else "bản tin trước"
        if now == before:
            return f"không đổi so với {since}"
        sign = "+" if now > before else "−"
        return f"{sign}{thousands(abs(now - before))} so với {since}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(plain(text) for text in self.digest.warnings)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The blocks with dossiers, and the two that always show; before any import, what there is."""
        shown = (
            block
            for block in self.digest.blocks
            if block.total or (block.key in _ALWAYS_SHOWN and self.digest.data_from is not None)
        )
        return tuple(self._section(block) for block in shown)

    @property
    def nothing_in(self) -> tuple[str, ...]:
        """Titles of the empty blocks that are left out, for one line that says so."""
        if not self.trusted:
            return ()
        return tuple(b.title for b in self.digest.blocks if not b.total and b.key not in _ALWAYS_SHOWN)

    def _section(self, block: Block) -> Section:
        title = plain(block.title)
        due, state, letter = _HEADINGS.get(block.key, _USUAL)
        empty = "" if block.total else _ALWAYS_SHOWN.get(block.key, "")
        if empty and not self.trusted:
            empty = _NOT_SAID[block.key] if self.digest.held_total else "Không thấy trong dữ liệu đã có."
        return Section(
            title=title,
            heading=f"{title} ({thousands(block.total)})" if block.total or self.trusted else title,
            lines=tuple(self._line(row, block.key) for row in block.rows),
            more=block.total - len(block.rows),
            note=self._note(block),
            empty=empty,
            due_heading=due,
            state_heading=state,
            letter_heading=letter,
        )

    def _note(self, block: Block) -> str:
        notes = [_NOTES.get(block.key, "")] if block.total else []
        if block.key == "letters-today" and any(row.rests_on for row in block.all_rows):
            notes.append(_LOOK_FIRST)
        return " ".join(filter(None, notes))

    def _line(self, row: DigestRow, key: str) -> Line:
        return Line(
            code=plain(row.code),
            unit=plain(row.unit) or "(không ghi)",
            procedure=plain(row.procedure) or "(không ghi)",
            due=self._day(row.due_on, row.due_at),
            state=self._state(row, key),
            letter=_letter(row, is_owed=key == "letters-today" or row.is_late) if _has_letter(row) else None,
            note=self._remark(row, key),
        )

    def _remark(self, row: DigestRow, key: str) -> str:
        rests_on = f"theo dữ liệu {self._day(row.rests_on)}" if row.rests_on and key != "finished" else ""
        return "; ".join(filter(None, (plain(row.needless), rests_on)))

    def _day(self, day: date, at: datetime | None = None) -> str:
        """Return a day as short as can be, with the clock time of a limit that ends within it."""
        text = f"{day:%d/%m}" if day.year == self.digest.at.year else f"{day:%d/%m/%Y}"
        return f"{at:%H:%M} {text}" if at else text

    def _state(self, row: DigestRow, key: str) -> State:
        if row.since:
            return State("◆", f"từ {self._day(row.since)}", "warn")
        if row.needless:
            return State("✗", STATE_LABELS[row.letter_state] if row.letter_state else "nên hủy", "bad")
        return _finished(row) if key == "finished" else _running(row, self.digest.at.date())

    @property
    def is_all_well(self) -> bool:
        """Nothing late, nothing due today, no letter to send or sign, no warning, and data one can trust."""
        counts = self.digest.counts
        figures = (counts.newly_late, counts.overdue, counts.due_today, counts.waiting_letters)
        duties = any(b.total for b in self.digest.blocks if b.key in _DUTIES)
        return self.trusted and not any(figures) and not duties and not self.digest.warnings

    @property
    def preview(self) -> str:
        """The line a phone shows beside the subject."""
        if self.banner:
            return self.banner.meaning
        if self.is_all_well:
            return "Mọi việc ổn."
        return " · ".join(section.heading for section in self.sections[:2])

    @property
    def data_age(self) -> str:
        data_from = self.digest.data_from
        if data_from is None:
            return "Chưa có dữ liệu."
        return f"Dữ liệu lấy lúc {moment(data_from)}{age(data_from, self.digest.at)}."

    @property
    def computed(self) -> str:
        return f"Bản tin tính lúc {moment(self.digest.at)}."

    @property
    def seal(self) -> str:
        """The newest seal, so that a copy of it lies outside the database; empty before any import."""
        return f"Niêm phong dữ liệu: {self.digest.seal}." if self.digest.seal else ""


_WHO_ELSE = "Không tự làm được thì báo cán bộ công nghệ thông tin."
_CURE = (
    "Việc cần làm: kiểm tra tệp xuất mới đã có trong thư mục nhận chưa, hoặc báo cán bộ công nghệ thông tin "
    "chạy “latewatch check” và “latewatch poll”."
)


def _running(row: DigestRow, today: date) -> State:
    """The state of an unfinished dossier."""
    if row.is_late:
        return State("▲", f"trễ {_days_late(row)}", "bad")
    if row.due_on == today:
        return State("◆", "đến hạn hôm nay", "warn")
    return State("○", "còn hạn", "calm")


def _finished(row: DigestRow) -> State:
    """The state of a finished dossier. One that is late may be so by hours, or by days of rest, only."""
    if row.is_late:
        return State("✓", f"xong, trễ {_days_late(row)}", "warn")
    return State("✓", "xong", "good")


def _days_late(row: DigestRow) -> str:
    return f"{thousands(row.working_days_late)} ngày" if row.working_days_late else "dưới 1 ngày"


def _has_letter(row: DigestRow) -> bool:
    """Tell whether an apology is at stake: not for what the person owes, nor where one should go."""
    return row.since is None and not row.needless


def _letter(row: DigestRow, *, is_owed: bool) -> State:
    """Return how far the letter is: who waits for whom."""
    if row.letter_on:
        return State("✓", "đã gửi", "good")
    if row.draft_on:
        step = _STEPS.get(row.letter_state or LetterState.DRAFT, "dự thảo")
        return State("◇", step, "warn" if row.letter_state in NUMBERED else "calm")
    return State("✗", "chưa", "bad") if is_owed else State("–", "chưa", "calm")


def plain(text: str) -> str:
    """Return `text` as one line in NFC without control characters: it comes from a source's cells."""
    kept = "".join(c for c in text if c.isspace() or not unicodedata.category(c).startswith("C"))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def long_date(day: date) -> str:
    """Return “Thứ Năm, 12/11/2026”."""
    weekday = WEEKDAYS[day.weekday()]
    return f"{weekday[0].upper()}{weekday[1:]}, {day:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """Return “07:30 thứ Năm 12/11/2026”."""
    return f"{at:%H:%M} {WEEKDAYS[at.weekday()]} {at:%d/%m/%Y}"


def age(since: datetime, now: datetime) -> str:
    """Return “ (cách đây 1 ngày 14 giờ)”; nothing where `since` is not past, as with a chosen instant."""
    parts = " ".join(_spans(now - since))
    return f" (cách đây {parts})" if parts else ""


def _spans(length: timedelta) -> Iterator[str]:
    """Yield the two largest units of `length` that are not zero."""
    if length < timedelta(minutes=1):
        return
    minutes = int(length.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        yield f"{thousands(days)} ngày"
    if hours:
        yield f"{hours} giờ"
    if minutes and not days:
        yield f"{minutes} phút"
