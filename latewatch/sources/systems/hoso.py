"""A dossier (HoSo) as the National Public Service Portal has it, and systems that took over its fields."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import fields

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.names import tidy
from latewatch.domain.suspension import is_before, problem_of
from latewatch.sources.cells import cleaned, moment_of, phone_of
from latewatch.sources.dossier_rows import NEEDS_NO_RECEIPT
from latewatch.sources.profile import Profile
from latewatch.sources.rows import LONGEST_CODE, Doubt, meaning

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
    "receiving_unit": "noi_nop_ho_so",
    "applicant": "chu_ho_so",
    "phone": "so_dien_thoai",
    "email": "email",
}


class Odd(NamedTuple):
    """A field that decides nothing and cannot be read: left out, and told of."""

    key: str
    reason: str


class Unmapped(Doubt):
    """A status nobody mapped: the record waits until a person does."""

    def __init__(self, key: str, word: str, reason: str) -> None:
        super().__init__(key, reason)
        self.word = word


def text_of(value: Given) -> str:
    """Return what was sent as a person sees it; empty where nothing was."""
    return cleaned(tidy(str(value))) if isinstance(value, str | int) else ""


def code_of(*values: Text) -> str:
    """Return the first code that is there. Raises Doubt."""
    code = next((text for value in values if (text := text_of(value))), "")
    if not code:
        raise Doubt(KEYS["ma_ho_so"], "thiếu mã hồ sơ; hãy sửa ở hệ thống gửi dữ liệu")
    if len(code) > LONGEST_CODE:
        raise Doubt(
            KEYS["ma_ho_so"], f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; hãy sửa ở hệ thống gửi dữ liệu"
        )
    return code


def status_of(record: HoSo, profile: Profile) -> dict[str, Any]:
    """Return the status and the source's word for it. Raises Doubt; Unmapped for a word nobody mapped."""
    name = "trang_thai" if record.trang_thai_ho_so is UNSET else "trang_thai_ho_so"
    word = text_of(getattr(record, name))
    plain = word.lstrip("0") if word.isdecimal() else word  # 04 is 4
    try:
        return {"status": meaning(plain, profile.status_of, "status"), "status_text": word}
    except ValueError as e:
        if word:
            raise Unmapped(KEYS[name], word, str(e)) from e
        raise Doubt(KEYS["trang_thai_ho_so"], "thiếu trạng thái; hãy sửa ở hệ thống gửi dữ liệu") from e


def facts_of(record: HoSo, profile: Profile) -> tuple[dict[str, Any], list[Odd]]:
    """Return the facts of the fields that were sent, and what of them had to be left out. Raises Doubt."""
    odd: list[Odd] = []
    facts = status_of(record, profile)
    for name, attribute in _DATES.items():
        if (value := getattr(record, attribute)) is not UNSET:
            with _deciding(name, attribute, profile, odd):
                facts[name] = moment_in(value)
    for name, attribute in _TEXTS.items():
        if (value := getattr(record, attribute)) is not UNSET:
            facts[name] = text_of(value)
    if isinstance(record.so_dien_thoai, int):
        facts["phone"] = phone_of(float(record.so_dien_thoai))
    if facts.get("receiving_unit", "").isdecimal():
        del facts["receiving_unit"]  # the portal's number of the way it came, and no unit
    if record.kenh_thuc_hien is not UNSET:
        with _deciding("channel", "kenh_thuc_hien", profile, odd):
            facts["channel"] = meaning(text_of(record.kenh_thuc_hien), profile.channel_of, "channel")
    _check_order(facts)
    supplements = record.danh_sach_ho_so_bo_sung
    if isinstance(supplements, list):
        facts["suspensions"] = _supplements(supplements, facts.get("received_at"))
    elif text_of(supplements):
        raise Doubt(_LIST, "không phải danh sách các lần bổ sung; hãy sửa ở hệ thống gửi dữ liệu")
    return facts, odd


@contextmanager
def _deciding(name: str, attribute: str, profile: Profile, odd: list[Odd]) -> Iterator[None]:
    """Leave a field out that cannot be read, where it decides nothing. Raises Doubt where it does."""
    try:
        yield
    except ValueError as e:
        if name in profile.deciding:
            raise Doubt(KEYS[attribute], str(e)) from e
        odd.append(Odd(KEYS[attribute], str(e)))


def moment_in(value: Given) -> datetime | None:
    """Return the moment a field holds, `yyyyMMddHHmmss` or ISO. A number is digits, not a day count."""
    return moment_of(text_of(value))


def _check_order(facts: Mapping[str, Any]) -> None:
    received, promised = facts.get("received_at"), facts.get("promised_at")
    if received is None and facts["status"] not in NEEDS_NO_RECEIPT:
        raise Doubt(KEYS["ngay_tiep_nhan"], "thiếu ngày tiếp nhận; hãy sửa ở hệ thống gửi dữ liệu")
    if received and promised and promised.date() < received.date():
        raise Doubt(
            KEYS["ngay_hen_tra"],
            f"ngày hẹn trả {promised:%d/%m/%Y} trước ngày tiếp nhận {received:%d/%m/%Y}; "
            "hãy sửa ở hệ thống gửi dữ liệu",
        )


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
        raise Doubt(_LIST, f"{problem}; hãy sửa ở hệ thống gửi dữ liệu")
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
    said = [f"{name} {_shown(value)}" for name, value in promises if text_of(value)]
    return "; ".join(part for part in (text_of(each.noi_dung_bo_sung), *said) if part)


def _shown(value: Given) -> str:
    """Return a date as it is written here; one that cannot be read as it was sent."""
    with suppress(ValueError):
        moment = moment_in(value)
        return f"{moment:%H:%M %d/%m/%Y}" if moment else ""
    return text_of(value)
