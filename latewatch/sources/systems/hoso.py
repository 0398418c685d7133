"""A dossier (HoSo) as the National Public Service Portal has it, and systems that took over its fields."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import fields

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.suspension import is_before, problem_of
from latewatch.sources.files.cells import moment_of, phone_of
from latewatch.sources.files.rows import Doubt
from latewatch.sources.systems.records import Facts, text_in

Number: TypeAlias = Annotated[int, Meta(ge=-(2**53), le=2**53)]  # JSON keeps no more digits
Text: TypeAlias = str | Number | None
Given: TypeAlias = Text | UnsetType  # what is not sent must not erase what is stored


class BoSung(Struct, frozen=True, rename="pascal"):
    """One request for a supplement (NgayBoSung) and the receipt of what was asked for."""

    ngay_bo_sung: Text = None
    ngay_tiep_nhan_bo_sung: Text = None
    noi_dung_bo_sung: Text = None
    ngay_hen_tra_truoc: Text = None
    ngay_hen_tra_moi: Text = None


class HoSo(Struct, frozen=True, rename="pascal"):
    """The fields that matter here: strings, `""` where empty; a newer flow has IdHoSo and numbers."""

    ma_ho_so: Text = None
    id_ho_so: Text = None
    trang_thai_ho_so: Given = UNSET
    trang_thai: Given = UNSET
    ngay_tiep_nhan: Given = UNSET
    ngay_hen_tra: Given = UNSET
    ngay_ket_thuc_xu_ly: Given = UNSET
    ngay_tra: Given = UNSET
    ngay_nop_ho_so: Given = UNSET
    ma_tthc: Given = field(default=UNSET, name="MaTTHC")
    ten_tthc: Given = field(default=UNSET, name="TenTTHC")
    ten_linh_vuc: Given = UNSET
    kenh_thuc_hien: Given = UNSET
    don_vi_xu_ly: Given = UNSET
    noi_nop_ho_so: Given = UNSET
    chu_ho_so: Given = UNSET
    so_dien_thoai: Given = UNSET
    email: Given = UNSET
    danh_sach_ho_so_bo_sung: list[BoSung] | Given = UNSET


KEYS: Mapping[str, str] = {each.name: each.encode_name for each in fields(HoSo)}
_DATES = {
    "received_at": "ngay_tiep_nhan",
    "promised_at": "ngay_hen_tra",
    "processed_at": "ngay_ket_thuc_xu_ly",
    "returned_at": "ngay_tra",
    "submitted_at": "ngay_nop_ho_so",
}
_TEXTS = {
    "procedure_code": "ma_tthc",
    "procedure": "ten_tthc",
    "field": "ten_linh_vuc",
    "resolving_unit": "don_vi_xu_ly",
    "applicant": "chu_ho_so",
    "email": "email",
}


def read_hoso(record: HoSo, facts: Facts) -> None:
    """Take what a record of a dossier says. Raises Doubt."""
    read_state(record, facts)
    for name, attribute in _DATES.items():
        facts.moment(name, KEYS[attribute], getattr(record, attribute))
    for name, attribute in _TEXTS.items():
        facts.text(name, getattr(record, attribute))
    facts.channel(KEYS["kenh_thuc_hien"], record.kenh_thuc_hien)
    number = record.so_dien_thoai
    facts.text("phone", phone_of(float(number)) if isinstance(number, int) else number)
    if not text_in(record.noi_nop_ho_so).isdecimal():  # the portal's number of a way in, and no unit
        facts.text("receiving_unit", record.noi_nop_ho_so)
    _take_supplements(record.danh_sach_ho_so_bo_sung, facts)


def read_state(record: HoSo, facts: Facts) -> None:
    """Take a dossier's code and its status alone; `04` is status 4. Raises Doubt."""
    facts.name(KEYS["ma_ho_so"], text_in(record.ma_ho_so) or record.id_ho_so)
    name = "trang_thai" if record.trang_thai_ho_so is UNSET else "trang_thai_ho_so"
    word = text_in(getattr(record, name))
    facts.status(KEYS[name], word.lstrip("0") or word if word.isdecimal() else word, word)


def moment_in(value: Given) -> datetime | None:
    """Return the moment a field holds, `yyyyMMddHHmmss` or ISO; a number is its digits. Raises ValueError."""
    return moment_of(text_in(value))


def _take_supplements(listed: list[BoSung] | Given, facts: Facts) -> None:
    if isinstance(listed, list):
        facts.known["suspensions"] = _supplements(listed, facts.known.get("received_at"))
    elif text_in(listed):
        raise Doubt(_LIST, "không phải danh sách các lần bổ sung; hãy sửa ở hệ thống một cửa")


def _supplements(listed: Sequence[BoSung], received_at: datetime | None) -> tuple[Suspension, ...]:
    """Return all supplements asked for; one of them that cannot be makes the whole list unbelievable.

    What was asked for and brought before the receipt, as online, interrupts no limit: it is left out (NĐ
    118/2025, Điều 17.2). Raises Doubt.
    """
    found: dict[Suspension, None] = {}
    for number, each in enumerate(listed, start=1):
        try:
            suspension = _supplement(each)
        except ValueError as e:
            raise Doubt(_LIST, f"lần bổ sung {number}: {e}; các lần bổ sung chỉ được nhận khi đủ cả") from e
        if suspension and not _is_over(suspension, received_at):
            found[suspension] = None
    ordered = tuple(sorted(found, key=lambda each: each.started_at))
    problem = problem_of(ordered, received_at or ordered[0].started_at) if ordered else ""
    if problem:
        raise Doubt(_LIST, f"{problem}; hãy sửa ở hệ thống một cửa")
    return ordered


_LIST = KEYS["danh_sach_ho_so_bo_sung"]


def _is_over(each: Suspension, received_at: datetime | None) -> bool:
    """Tell whether it lies before the receipt from its first moment to its last."""
    if received_at is None or each.ended_at is None:
        return False
    return is_before(each.started_at, received_at) and not is_before(received_at, each.ended_at)


def _supplement(each: BoSung) -> Suspension | None:
    """Return one supplement; None where nothing is told of it. Raises ValueError."""
    asked_at, got_at = moment_in(each.ngay_bo_sung), moment_in(each.ngay_tiep_nhan_bo_sung)
    if asked_at is None:
        if got_at is None:
            return None
        raise ValueError(f"có NgayTiepNhanBoSung {got_at:%d/%m/%Y} mà thiếu NgayBoSung")
    return Suspension(Cause.SUPPLEMENT, asked_at, got_at, _note(each))


def _note(each: BoSung) -> str:
    """Return what was asked for, and the promise before and after it."""
    promises = (("hẹn trả trước", each.ngay_hen_tra_truoc), ("hẹn trả mới", each.ngay_hen_tra_moi))
    said = [f"{name} {_shown(value)}" for name, value in promises if text_in(value)]
    return "; ".join(part for part in (text_in(each.noi_dung_bo_sung), *said) if part)


def _shown(value: Given) -> str:
    """Return a date as it is written here; one that cannot be read as it was sent."""
    with suppress(ValueError):
        moment = moment_in(value)
        return f"{moment:%H:%M %d/%m/%Y}" if moment else ""
    return text_in(value)
