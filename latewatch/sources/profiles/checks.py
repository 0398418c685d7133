"""What a file of a profile may say: known fields, one field a heading, one meaning a word."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.layers import Layer

E = TypeVar("E", bound=StrEnum)


def check_fields(layer: Layer, known: Collection[str]) -> None:
    """Refuse a heading for a field nobody reads, and one heading for two fields. Raises ConfigError."""
    owner: dict[str, str] = {}
    for name, aliases in layer.headings().items():
        if name not in known:
            raise layer.refuse(f"headings.{name}", _unknown_field(known))
        for alias in aliases:
            first = owner.setdefault(key_of(alias), name)
            if first != name:
                raise layer.refuse(f"headings.{name}", f"tiêu đề “{alias}” đã dùng cho {first}")


def _unknown_field(known: Collection[str]) -> str:
    if not known:
        return "mẫu này đọc giao diện của hệ thống, không đọc tiêu đề cột; hãy bỏ bảng headings"
    return f"trường lạ; các trường: {', '.join(known)}"


def check_required(layer: Layer, given: Collection[str], names: Mapping[str, str]) -> None:
    """Refuse a profile that stands on its own and lacks a field no row can be read without."""
    missing = [f"{field} (“{name}”)" for field, name in names.items() if field not in given]
    if missing:
        problem = f"thiếu trường bắt buộc {', '.join(missing)}; hãy ghi tiêu đề, hoặc đặt based_on"
        raise layer.refuse("headings", problem)


def check_idle(layer: Layer, tables: Collection[str], read: Collection[str], profile: str) -> None:
    """Refuse a table of words that this profile never looks into: it was meant to have an effect."""
    idle = next((name for name in tables if getattr(layer.tables, name) and name not in read), None)
    if idle is not None:
        raise layer.refuse(idle, f"mẫu “{profile}” không đọc khóa này; nó đọc: {', '.join(read)}")


def words_of(layer: Layer, table: str, kind: type[E]) -> dict[str, E]:
    """Return key of the word → meaning. Raises ConfigError for an unknown meaning, or two of one word."""
    words: dict[str, E] = {}
    for word, value in getattr(layer.tables, table).items():
        meaning = one_of(layer, f"{table}.“{word}”", value, kind)
        if words.setdefault(key_of(word), meaning) is not meaning:
            first = words[key_of(word)]
            raise layer.refuse(
                f"{table}.“{word}”", f"chữ này đã có nghĩa “{first}” (không phân biệt hoa thường, dấu)"
            )
    return words


def one_of(layer: Layer, key: str, value: str, kind: type[E]) -> E:
    """Return the member of `kind` that is written `value`. Raises ConfigError naming what there is."""
    known = [member.value for member in kind]
    if value not in known:
        raise layer.refuse(key, f"“{value}” không có; chọn trong: {', '.join(known)}")
    return kind(value)


def names_of(layer: Layer) -> dict[str, str]:
    """Return key of a unit's name in the source → the office's name. Raises ConfigError where it has two."""
    names: dict[str, str] = {}
    for name, own in layer.tables.units.items():
        if not own.strip():
            raise layer.refuse(f"units.“{name}”", "thiếu tên cơ quan dùng; hãy ghi tên, hoặc bỏ dòng này")
        first = names.setdefault(key_of(name), own)
        if first != own:
            problem = f"tên này đã là “{first}” (không phân biệt hoa thường, dấu)"
            raise layer.refuse(f"units.“{name}”", problem)
    return names


def check_kept(layer: Layer, key: str, base: str) -> None:
    """Refuse a file that says to be of another kind than the one it is based on."""
    own = getattr(layer.tables, key)
    if own and base and own != base:
        raise layer.refuse(key, f"“{own}” khác mẫu gốc based_on (“{base}”); hãy bỏ khóa này")
