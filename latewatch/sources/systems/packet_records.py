"""The records of a packet, read: dossiers, steps of their progress, states; a bad one stops no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from latewatch.domain.dossier import Stage
from latewatch.domain.reading import Reading
from latewatch.domain.record import Event, Rejected, Reported
from latewatch.domain.suspension import is_before
from latewatch.errors import Place
from latewatch.sources.files.rows import Doubt
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.hoso import HoSo, Text, moment_in, read_hoso, read_state
from latewatch.sources.systems.packets import Packet, Tells
from latewatch.sources.systems.records import (
    MANY_WARNINGS,
    TOO_DEEP,
    Facts,
    UnknownWord,
    is_too_deep,
    storable,
    text_in,
    whole,
)

_WORDING = ("status_text",)  # two words of one meaning are no contradiction
_DOSSIER_KEYS = {"NgayTiepNhan", "NgayHenTra", "MaTTHC"}
_STEP_KEYS = {"NgayBatDau", "NgayKetThucTheoQuyDinh", "ThoiDiemXuLy"}
_STATE_KEYS = {"TrangThai", "TrangThaiHoSo"}

T = TypeVar("T", bound=Struct)


class TienDo(Struct, frozen=True, rename="pascal"):
    """One step of a dossier's progress: the unit that had it, from when, until when, and its own due date."""

    ma_ho_so: Text = None
    id_ho_so: Text = None
    idhoso: Text = field(default=None, name="IDHoSo")  # the newer flow writes it so
    phong_ban_xu_ly: Text = None
    ngay_bat_dau: Text = None
    ngay_ket_thuc_theo_quy_dinh: Text = None
    thoi_diem_xu_ly: Text = None


class PacketReader:
    """Reads the records of one packet, or of one answer."""

    def __init__(self, name: str, profile: Profile) -> None:
        self.name = name
        self.profile = profile
        self.reading = Reading()
        self._rows: list[Reported] = []
        self._steps: dict[str, list[tuple[int, Event]]] = {}
        self._odd: dict[tuple[str, str], list[int]] = {}
        self._no_stage = 0

    def read(self, packet: Packet) -> Reading:
        """Return what the records say."""
        for number, raw in enumerate(packet.records, start=1):
            text, facts = storable(bytes(raw)), Facts(self.profile)
            try:
                self._take(packet.tells, _record(text), number, facts)
            except Doubt as doubt:
                self._set_aside(number, doubt, whole(text), facts.code)
        self._join_rows()
        self._join_steps()
        self.reading.warnings += self._warnings()
        return self.reading

    def _take(self, tells: Tells | None, record: Mapping[str, Any], number: int, facts: Facts) -> None:
        tells = tells or _guess(record)
        if tells is Tells.PROGRESS:
            self._take_step(record, number, facts)
            return
        adds = tells is Tells.STATES
        if adds:
            read_state(_converted(record, HoSo), facts)
        else:
            read_hoso(_converted(record, HoSo), facts)
            facts.check()
        for each in facts.odd:
            self._odd.setdefault(each, []).append(number)
        self._rows.append(Reported(facts.code, facts.known, record, self._place(number), adds=adds))

    def _take_step(self, record: Mapping[str, Any], number: int, facts: Facts) -> None:
        step = _converted(record, TienDo)
        facts.name("MaHoSo", text_in(step.ma_ho_so) or text_in(step.id_ho_so) or step.idhoso)
        stage = _stage(step)
        if stage is None:
            self._no_stage += 1
            return
        event = Event(stage, record, self._place(number), "NgayBatDau")
        self._steps.setdefault(facts.code, []).append((number, event))

    def _place(self, number: int) -> Place:
        return Place(f"{self.name}, bản ghi {number}")

    def _set_aside(self, number: int, doubt: Doubt, raw: Mapping[str, Any], code: str) -> None:
        if isinstance(doubt, UnknownWord):
            self.reading.unknown[doubt.word] += 1
        self.reading.rejected.append(Rejected(self._place(number), doubt.column, str(doubt), raw, code))

    def _join_rows(self) -> None:
        """Add the records, one a dossier; of those that contradict each other none."""
        by_code: dict[str, list[Reported]] = {}
        for row in self._rows:
            by_code.setdefault(row.code, []).append(row)
        for code, same in by_code.items():
            if _agree(same):
                self.reading.reported.append(same[0])
                self.reading.repeated += len(same) - 1
                continue
            reason = f"mã hồ sơ {code} có {len(same)} bản ghi nói khác nhau trong cùng gói; hãy xuất lại"
            self.reading.rejected += [Rejected(row.place, "MaHoSo", reason, row.raw, code) for row in same]

    def _join_steps(self) -> None:
        for code, steps in self._steps.items():
            once = {event.fact: event for _, event in reversed(steps)}
            self.reading.repeated += len(steps) - len(once)
            events = sorted(once.values(), key=lambda event: event.fact.started_at)
            raw = {f"bản ghi {number}": event.raw for number, event in steps}
            stages = {"stages": tuple(event.fact for event in events)}
            place = steps[0][1].place
            self.reading.reported.append(Reported(code, stages, raw, place, tuple(events), adds=True))

    def _warnings(self) -> list[str]:
        found = [
            f"{self.name}, bản ghi {numbers[0]}{_and_others(len(numbers) - 1)}, khóa {key}: {reason}; "
            "hồ sơ vẫn được nhận, khóa này bị bỏ qua"
            for (key, reason), numbers in self._odd.items()
        ]
        left = len(found) - MANY_WARNINGS
        more = [f"… và {left} cảnh báo khác cùng gói"] if left > 0 else []
        passed = f"{self.name}: {self._no_stage} bản ghi tiến độ không ghi ngày bắt đầu và hạn của chặng"
        return found[:MANY_WARNINGS] + more + ([f"{passed}; được bỏ qua"] if self._no_stage else [])


def _record(text: bytes) -> dict[str, Any]:
    """Return a record that is an object of few levels. Raises Doubt."""
    if is_too_deep(text):
        raise Doubt("", TOO_DEEP)
    try:
        content = msgspec.json.decode(text)
    except msgspec.DecodeError as e:
        raise Doubt("", "bản ghi có số quá lớn hoặc chữ hỏng; hãy xuất lại") from e
    if not isinstance(content, dict):
        raise Doubt("", "bản ghi không phải một đối tượng JSON; hãy xuất lại")
    return content


def _converted(record: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as e:
        _, _, at = str(e).partition(" - at ")
        key = at.strip("`").removeprefix("$.")
        raise Doubt(key, f"khóa {key} sai kiểu, cần chuỗi; hãy sửa ở hệ thống một cửa") from None


def _guess(record: Mapping[str, Any]) -> Tells:
    """Tell by its fields what a record is that came without the name of its service. Raises Doubt."""
    if not _DOSSIER_KEYS.isdisjoint(record):
        return Tells.DOSSIERS
    if not _STEP_KEYS.isdisjoint(record):
        return Tells.PROGRESS
    if not _STATE_KEYS.isdisjoint(record):
        return Tells.STATES
    raise Doubt("", "không rõ bản ghi nói về hồ sơ, tiến độ hay trạng thái; hãy xuất lại cùng khóa service")


def _stage(step: TienDo) -> Stage | None:
    """Return the stage; None where the record tells neither its start nor its due date. Raises Doubt."""
    started_at = _moment("NgayBatDau", step.ngay_bat_dau)
    due_at = _moment("NgayKetThucTheoQuyDinh", step.ngay_ket_thuc_theo_quy_dinh)
    finished_at = _moment("ThoiDiemXuLy", step.thoi_diem_xu_ly)
    if started_at is None and due_at is None:
        return None
    if started_at is None:
        raise Doubt("NgayBatDau", "thiếu ngày bắt đầu của chặng; hãy sửa ở hệ thống một cửa")
    unit = text_in(step.phong_ban_xu_ly)
    if not unit:
        raise Doubt("PhongBanXuLy", "thiếu phòng ban xử lý của chặng; hãy sửa ở hệ thống một cửa")
    _refuse_before("ThoiDiemXuLy", finished_at, started_at, "chặng kết thúc")
    _refuse_before("NgayKetThucTheoQuyDinh", due_at, started_at, "hạn của chặng")
    return Stage(unit, started_at, None, due_at, finished_at)


def _moment(key: str, value: Text) -> datetime | None:
    try:
        return moment_in(value)
    except ValueError as e:
        raise Doubt(key, str(e)) from e


def _refuse_before(key: str, at: datetime | None, started_at: datetime, what: str) -> None:
    if at and is_before(at, started_at):
        problem = f"{what} {at:%d/%m/%Y} trước khi bắt đầu {started_at:%d/%m/%Y}"
        raise Doubt(key, f"{problem}; hãy sửa ở hệ thống một cửa")


def _agree(rows: Sequence[Reported]) -> bool:
    """Tell whether the records of one dossier say the same."""
    told = [{name: fact for name, fact in row.facts.items() if name not in _WORDING} for row in rows]
    return all(each == told[0] for each in told)


def _and_others(number: int) -> str:
    return f" và {number} bản ghi khác" if number else ""
