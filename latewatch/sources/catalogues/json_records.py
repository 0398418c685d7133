"""A procedure catalogue as OpenCPS or iGate report it in JSON → its entries, and every bad record."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from latewatch.domain.amendment import Listed, Listing
from latewatch.domain.catalogue import Procedure
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.names import tidy
from latewatch.errors import Place, RecordError, SourceError
from latewatch.sources.translations import Names, vietnamese

GIVEN = frozenset({"code", "name", "field", "limit"})
_UNITS = {
    "0": LimitUnit.WORKING_DAYS,  # OpenCPS: 0 = day, 1 = hour of an 8-hour working day
    "1": LimitUnit.HOURS,
    "d": LimitUnit.WORKING_DAYS,
    "h": LimitUnit.HOURS,
}

Number: TypeAlias = int | float | str | None


class _Sector(Struct):
    name: Names = None


class _Procedure(Struct):
    code: str = ""
    translate: Names = None
    sector: _Sector | None = None


class _Process(Struct, rename="camel"):
    processing_time: Number = None
    processing_time_unit: str | None = None


class _ProcessDefinition(Struct, rename="camel"):
    process_definition: _Process | None = None


class _Record(Struct, rename="camel"):
    """A record of either system, with the fields that matter here."""

    service_code: str | None = None
    service_name: str | None = None
    domain_name: str | None = None
    duration_count: Number = None
    duration_unit: Number = None
    procedure: _Procedure | None = None
    processing_time: Number = None
    processing_time_unit: str | None = None
    procedure_process_definition: _ProcessDefinition | None = None


class _Page(Struct):
    data: list[Raw] | None = None
    content: list[Raw] | None = None


def read_catalogue_json(name: str, content: bytes, valid_from: date | None) -> Listing:
    """Read an array of records, bare or under `data` or `content`. Raises SourceError where it is none.

    Dossiers report their procedure again and again: what is word for word the same counts once.
    """
    listing = Listing()
    seen: set[Procedure] = set()
    for number, raw in enumerate(_records(name, content), start=1):
        place = Place(f"{name}, bản ghi {number}")
        try:
            procedure = _entry(raw, name, valid_from)
        except ValueError as e:
            listing.problems.append(RecordError(place, "", str(e)))
            continue
        if procedure not in seen:
            seen.add(procedure)
            listing.listed.append(Listed(procedure, _given(procedure), place))
    return listing


def _records(name: str, content: bytes) -> Sequence[Raw]:
    try:
        page = msgspec.json.decode(content.lstrip(b"\xef\xbb\xbf"), type=list[Raw] | _Page)
    except msgspec.DecodeError as e:
        raise SourceError(name, f"không phải JSON đọc được ({e}); hãy xuất lại") from e
    records = page if isinstance(page, list) else page.data if page.data is not None else page.content
    if records is None:
        raise SourceError(name, "cần một mảng bản ghi, hoặc mảng đó trong khóa data hay content")
    return records


def _entry(raw: Raw, file: str, valid_from: date | None) -> Procedure:
    """Return the entry of one record. Raises ValueError."""
    try:
        record = msgspec.json.decode(raw, type=_Record)
    except msgspec.DecodeError as e:
        raise ValueError(f"không đọc được: {_unfit(e)}") from e
    if record.service_code is not None:
        code, name, field = record.service_code, record.service_name or "", record.domain_name or ""
        amount, unit = record.duration_count, record.duration_unit
    elif record.procedure is not None:
        code, name, field = _of_igate(record.procedure)
        amount, unit = _time_of(record)
    else:
        raise ValueError("không có khóa serviceCode (OpenCPS) hay procedure (iGate)")
    code = tidy(code)
    if not code:
        raise ValueError("thiếu mã thủ tục")
    try:
        limit = _limit(amount, unit)
    except ValueError as e:
        raise ValueError(f"mã {code}: {e}") from e
    return Procedure(
        code=code, name=tidy(name), field=tidy(field), limit=limit, valid_from=valid_from, source=file
    )


def _unfit(error: msgspec.DecodeError) -> str:
    """Name the key that is of another kind than expected."""
    _, _, at = str(error).partition(" - at ")
    return f"khóa {at.strip('`').removeprefix('$.')} sai kiểu" if at else "không phải một đối tượng JSON"


def _of_igate(procedure: _Procedure) -> tuple[str, str, str]:
    sector = procedure.sector.name if procedure.sector else None
    return procedure.code, vietnamese(procedure.translate), vietnamese(sector)


def _time_of(record: _Record) -> tuple[Number, Number]:
    if record.processing_time is not None:
        return record.processing_time, record.processing_time_unit
    definition = record.procedure_process_definition
    process = definition.process_definition if definition else None
    if process is None:
        return None, None
    return process.processing_time, process.processing_time_unit or record.processing_time_unit


def _limit(amount: Number, unit: Number) -> TimeLimit | None:
    if amount is None or amount == "":
        return None
    try:
        number = float(amount)
    except ValueError:
        number = 0.5
    if not number.is_integer():
        raise ValueError(f"thời hạn “{amount}” không phải số nguyên")
    key = "d" if unit in (None, "") else str(unit).strip().lower()
    if key not in _UNITS:
        raise ValueError(f"đơn vị thời hạn “{unit}” lạ; biết 0, d (ngày làm việc), 1, h (giờ làm việc)")
    if number < 1:
        raise ValueError(f"thời hạn {amount} không thể có; hãy sửa trong hệ thống rồi xuất lại")
    return TimeLimit(int(number), _UNITS[key])


def _given(procedure: Procedure) -> frozenset[str]:
    """Return what a record tells: a name or field it does not know must not erase the one that is stored."""
    return frozenset(name for name in GIVEN if getattr(procedure, name))
