"""A packet of the national portal, opened: which service it is of, and its records, not yet looked at."""

import codecs
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw, Struct

from latewatch.errors import SourceError
from latewatch.sources.files.cells import key_of

Number: TypeAlias = str | int | float | None


class Tells(StrEnum):
    """What the records of a packet tell of."""

    DOSSIERS = "DongBoHoSoMC"
    PROGRESS = "CapNhatTienDoHoSoMC"
    STATES = "DongBoTrangThaiHoSo"


_SERVICES = {key_of(each.value): each for each in Tells} | {"tracuuhoso": Tells.DOSSIERS}
_SUCCESS = ("", "0", "00", "200")  # codes of an answer that has nothing to report


class Envelope(Struct, frozen=True):
    """What stands around the records: `data` in a packet and in newer answers, `result` in older ones."""

    service: Any = None
    data: Raw = Raw(b"null")
    result: Raw = Raw(b"null")
    code: Any = None
    error_code: Any = None


class Packet(Struct, frozen=True):
    """The records of a packet; `tells` is None where it does not name its service."""

    tells: Tells | None
    records: Sequence[Raw]


def service_of(name: str) -> Tells | None:
    """Return what the records of a service tell of; None for a service nobody reads here."""
    return _SERVICES.get(key_of(name))


def open_packet(name: str, content: bytes, asked: Tells | None = None) -> Packet:
    """Open `content`: an object with its list, or the bare list.

    Without a service of its own it is of the one that was `asked` for. Raises SourceError where it is
    neither, of another service, or a refusal.
    """
    try:
        found = msgspec.json.decode(_utf8(content), type=list[Raw] | Envelope)
    except msgspec.ValidationError:
        raise SourceError(name, _NO_PACKET) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        raise SourceError(name, _unreadable(e)) from None
    return Packet(asked, found) if isinstance(found, list) else _unwrap(name, found, asked)


def _unwrap(name: str, envelope: Envelope, asked: Tells | None) -> Packet:
    tells = asked
    if envelope.service not in (None, ""):
        tells = service_of(str(envelope.service))
        if tells is None:
            known = ", ".join([*Tells, "TraCuuHoSo"])
            raise SourceError(name, f"gói không thuộc dịch vụ nào đọc được (service); đọc được: {known}")
    key = "result" if _is_blank(envelope.data) and not _is_blank(envelope.result) else "data"
    return Packet(tells, _listed(name, key, getattr(envelope, key), envelope))


def _listed(name: str, key: str, raw: Raw, envelope: Envelope) -> Sequence[Raw]:
    if _is_blank(raw):
        return _nothing(name, envelope)
    try:
        return msgspec.json.decode(raw, type=list[Raw])
    except (msgspec.DecodeError, RecursionError):
        raise SourceError(name, f"khóa {key} không phải danh sách bản ghi; hãy xuất lại gói") from None


def _is_blank(raw: Raw) -> bool:
    return bytes(raw) in (b"null", b'""')


def _nothing(name: str, envelope: Envelope) -> Sequence[Raw]:
    """Return no records, where the packet does not say that it was refused. Raises SourceError."""
    for given in (envelope.code, envelope.error_code):
        code = "" if given is None else str(given).strip()
        if code not in _SUCCESS:
            shown = code if code.lstrip("-").isalnum() and len(code) <= 10 else "lạ"
            raise SourceError(name, f"hệ thống từ chối, trả mã {shown} và không có dữ liệu; kiểm tra nguồn")
    if envelope.service is None and envelope.code is None and envelope.error_code is None:
        raise SourceError(name, _NO_PACKET)
    return ()


def _utf8(content: bytes) -> bytes:
    """Return `content` without a byte order mark, and in UTF-8 where the mark says UTF-16."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)


_NO_PACKET = (
    "không phải gói đồng bộ: cần một danh sách bản ghi, hoặc danh sách đó trong khóa data; hãy xuất lại"
)


def _unreadable(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "dữ liệu lồng nhau quá sâu; hãy xuất lại"
    if isinstance(error, UnicodeDecodeError):
        return "chữ không phải UTF-8; hãy xuất lại với UTF-8"
    if "truncated" in str(error):
        return "tệp trống hoặc bị cắt giữa chừng; hãy chép hoặc xuất lại"
    return f"không phải JSON đọc được ({_position(error)}); hãy xuất lại"


def _position(error: Exception) -> str:
    """Return where the text stops being JSON, without quoting it."""
    _, _, at = str(error).rpartition("(byte ")
    return f"byte {at.rstrip(')')}" if at else "sai cú pháp"
