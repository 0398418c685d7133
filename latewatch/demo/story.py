"""The story of the demo office: the dossiers as its two systems would report them. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from latewatch.clock import VIETNAM
from latewatch.demo.arrivals import DEMO_NOW, TODAY, Arrival, arrivals
from latewatch.demo.cast import PROVINCE, Cast, Unit
from latewatch.demo.fates import Fate, fates
from latewatch.demo.tampering import tampered
from latewatch.domain.dossier import Channel, Dossier, Status
from latewatch.domain.worktime import WorkCalendar

REGISTER_SHARE = 0.6  # of all dossiers; the report holds the rest
WRONG_PROMISES = 0.01
GENEROUS = 6  # working days overdue: one such dossier was promised three days after its limit
CLOSING = time(17, 0)
ALIAS_SHARE = 0.1  # rows that call a unit by another of its names

SURNAMES = ("Nguyễn Văn", "Trần Thị", "Lê Văn", "Phạm Thị", "Hoàng Văn", "Vũ Thị", "Đặng Văn", "Bùi Thị")
WORDS: dict[Status, tuple[str, ...]] = {
    Status.RECEIVED: ("Mới tiếp nhận",),
    Status.PROCESSING: ("Đang giải quyết", "Đang xử lý"),
    Status.SUPPLEMENT: ("Yêu cầu bổ sung",),
    Status.SUSPENDED: ("Tạm dừng",),
    Status.DONE: ("Đã xử lý xong",),
    Status.RETURNED: ("Đã trả kết quả",),
    Status.NOT_ACCEPTED: ("Không được tiếp nhận",),
    Status.WITHDRAWN: ("Rút hồ sơ",),
    Status.STOPPED: ("Dừng xử lý",),
}
OVERDUE_WORD = "Quá hạn"  # some systems write it over the status of a running dossier
OVERDUE_WORD_SHARE = 0.3
CHANNELS = {Channel.ONLINE_FULL: 45, Channel.ONLINE_PARTIAL: 15, Channel.POSTAL: 8, Channel.DIRECT: 32}
STEPS = ("Thẩm định hồ sơ", "Lấy ý kiến cơ quan phối hợp", "Trình lãnh đạo ký")


@dataclass(frozen=True, slots=True)
class Story:
    """The dossiers of the provincial register (A) and of the branch's report (B), each by receipt."""

    register: tuple[Dossier, ...]
    report: tuple[Dossier, ...]


def tell(cast: Cast, calendar: WorkCalendar, *, dossiers: int, seed: int) -> Story:
    """Return the story of `dossiers` dossiers; the same seed tells the same one. Raises CalendarGap."""
    rng = Random(seed)  # noqa: S311  a story, not a secret
    units = {unit.code: unit for unit in cast.units}
    in_register = round(dossiers * REGISTER_SHARE)
    register, report = cast.exports
    came = [
        *arrivals(register, units, calendar, in_register, rng),
        *arrivals(report, units, calendar, dossiers - in_register, rng),
    ]
    ends = fates(came, calendar, rng)
    teller = _Teller(cast, calendar, rng)
    told = list(teller.dossiers(came, ends, in_register))
    return Story(tampered(told[:in_register], calendar), tuple(told[in_register:]))


class _Teller:
    """Puts names, numbers and words to arrivals and fates."""

    def __init__(self, cast: Cast, calendar: WorkCalendar, rng: Random) -> None:
        self.calendar = calendar
        self.rng = rng
        self.desks = [desk.name for desk in cast.desks]
        self.numbers = {unit.code: number for number, unit in enumerate(cast.units, start=1)}
        self.was_generous = False
        self.serials: Counter[tuple[str, date]] = Counter()

    def dossiers(self, came: list[Arrival], ends: list[Fate], in_register: int) -> Iterator[Dossier]:
        for index, (arrival, fate) in enumerate(zip(came, ends, strict=True)):
            yield self._dossier(index, arrival, fate, in_report=index >= in_register)

    def _dossier(self, index: int, arrival: Arrival, fate: Fate, *, in_report: bool) -> Dossier:
        procedure = arrival.procedure
        channel = self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        desk = self.rng.choices(self.desks, [15, 85])[0]
        return Dossier(
            code=self._code(arrival, in_report=in_report),
            status=fate.status,
            status_text=self._word(arrival, fate.status),
            received_at=arrival.received_at,
            promised_at=self._promise(arrival, fate.status),
            processed_at=fate.finished_at,
            submitted_at=self._submission(arrival, channel),
            time_limit=None if procedure.promise_only else procedure.time_limit,
            procedure_code=procedure.code,
            procedure=procedure.name,
            field=procedure.field,
            channel=channel if in_report else None,
            receiving_unit=desk if in_report else "",
            resolving_unit=self._unit_name(arrival.unit),
            department=procedure.department,
            officer=f"Cán bộ Mẫu {self.rng.randint(1, 40):02d}",
            step=self._step(fate.status),
            applicant=self._applicant(index, business=procedure.business),
            address=self._address(),
            phone=f"0900{index + 1:06d}",
        )

    def _code(self, arrival: Arrival, *, in_report: bool) -> str:
        """Number a dossier as its system does; H99 is no province's code."""
        number, day = self.numbers[arrival.unit.code], arrival.received_on
        place = f"000.00.{number:02d}.H99" if in_report else f"H99.{number:02d}"
        self.serials[place, day] += 1
        return f"{place}-{day:%y%m%d}-{self.serials[place, day]:04d}"

    def _word(self, arrival: Arrival, status: Status) -> str:
        is_overdue = status is Status.PROCESSING and arrival.due_on < DEMO_NOW.date()
        if is_overdue and self.rng.random() < OVERDUE_WORD_SHARE:
            return OVERDUE_WORD
        return self.rng.choice(WORDS[status])

    def _promise(self, arrival: Arrival, status: Status) -> datetime | None:
        """Return the appointment the desk gave: the end of the limit, but for a few mistakes."""
        if status is Status.NOT_ACCEPTED:
            return None
        due_on, clock = arrival.due_on, min(arrival.due_at.time(), CLOSING)
        if not arrival.procedure.promise_only and self.rng.random() < WRONG_PROMISES:
            due_on = self._mistaken(arrival)
        elif self._is_generous(arrival, status):
            due_on = self.calendar.add(due_on, 3)
        return datetime.combine(due_on, clock, VIETNAM)

    def _is_generous(self, arrival: Arrival, status: Status) -> bool:
        """Tell whether this is the late dossier whose appointment hides how late it is."""
        is_late = status is Status.PROCESSING and arrival.due_on < TODAY
        if self.was_generous or not is_late or self.calendar.count(arrival.due_on, TODAY) != GENEROUS:
            return False
        self.was_generous = True
        return True

    def _mistaken(self, arrival: Arrival) -> date:
        earlier = self.calendar.back(arrival.due_on, self.rng.randint(1, 2))
        if earlier > arrival.received_on and self.rng.random() < 0.4:
            return earlier
        return self.calendar.add(arrival.due_on, self.rng.randint(1, 3))

    def _submission(self, arrival: Arrival, channel: Channel) -> datetime:
        """Return when it was handed in: an online dossier waits up to a night for its acceptance."""
        longest = 900 if channel in (Channel.ONLINE_FULL, Channel.ONLINE_PARTIAL) else 15
        return arrival.received_at - timedelta(minutes=self.rng.randint(1, longest))

    def _unit_name(self, unit: Unit) -> str:
        return self.rng.choice(unit.aliases) if self.rng.random() < ALIAS_SHARE else unit.name

    def _step(self, status: Status) -> str:
        if status is Status.RECEIVED:
            return "Phân công xử lý"
        if status is Status.DONE:
            return "Chờ trả kết quả"
        return self.rng.choice(STEPS) if status is Status.PROCESSING else "Kết thúc"

    def _applicant(self, index: int, *, business: bool) -> str:
        if business and self.rng.random() < 0.8:
            return f"Công ty TNHH Mẫu Số {index % 600 + 1}"
        return f"{self.rng.choice(SURNAMES)} Ví Dụ {index + 1:04d}"

    def _address(self) -> str:
        number = self.rng.randint(1, 12)
        if self.rng.random() < 0.5:
            return f"Thôn Mẫu {number}, xã Ví Dụ, {PROVINCE}"
        return f"Tổ {number}, phường Thí Điểm, {PROVINCE}"
