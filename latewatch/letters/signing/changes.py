"""What a returned document says or shows otherwise than the one handed out, object by object, in words."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

_MAY_DIFFER = {"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/MarkInfo", "/Perms", "/Version", "/Pages"}
_ACTIONS = {"/OpenAction", "/AA", "/Names", "/URI"}
_OF_THE_PAGE = {"/Annots", "/Contents", "/Resources", "/Parent", "/Tabs"}
_SAID_OF_IT = ("/Title", "/Author", "/Subject", "/Keywords")


def changes(handed_out: bytes, returned: bytes) -> list[str]:
    """Return each difference beyond added signatures; both are read bounded before."""
    with pikepdf.open(BytesIO(handed_out)) as old, pikepdf.open(BytesIO(returned)) as new:
        return list(dict.fromkeys(_all(old, new)))


def _all(old: pikepdf.Pdf, new: pikepdf.Pdf) -> Iterator[str]:
    if len(new.pages) != len(old.pages):
        yield f"số trang từ {len(old.pages)} thành {len(new.pages)}"
    for number, (before, after) in enumerate(zip(old.pages, new.pages, strict=False), start=1):
        yield from _page(number, before.obj, after.obj)
    yield from _fields(new)
    yield from _catalog(old.Root, new.Root)
    if any(str(old.docinfo.get(key, "")) != str(new.docinfo.get(key, "")) for key in _SAID_OF_IT):
        yield "tiêu đề, tác giả hoặc mô tả của tài liệu bị sửa"


def _page(number: int, before: pikepdf.Object, after: pikepdf.Object) -> Iterator[str]:
    if not same(before.get("/Contents"), after.get("/Contents")):
        yield f"nội dung trang {number} bị sửa"
    if not same(before.get("/Resources"), after.get("/Resources")):
        yield f"phông chữ, hình ảnh của trang {number} bị sửa"
    if not _same_keys(before, after, _OF_THE_PAGE):
        yield f"khổ giấy, hướng hoặc thuộc tính của trang {number} bị sửa"
    yield from _annotations(number, list(before.get("/Annots", [])), list(after.get("/Annots", [])))


def _annotations(number: int, before: list[Any], after: list[Any]) -> Iterator[str]:
    kept = after[: len(before)]
    if len(kept) < len(before) or not all(map(same, before, kept)):
        yield f"chú thích có sẵn ở trang {number} bị sửa"
        return
    for added in after[len(before) :]:
        if not is_signature(added):
            yield f"thêm chú thích đè lên trang {number} ({str(added.get('/Subtype', '?')).strip('/')})"


def is_signature(annotation: Any) -> bool:
    """Tell whether an annotation is the place of a signature field, or of a part of one."""
    if annotation.get("/Subtype") != "/Widget":
        return False
    field = annotation
    while "/FT" not in field and "/Parent" in field:
        field = field.Parent
    return bool(field.get("/FT") == "/Sig")


def _fields(new: pikepdf.Pdf) -> Iterator[str]:
    form = new.Root.get("/AcroForm")
    if form is None:
        return
    if "/XFA" in form or form.get("/NeedAppearances", False):
        yield "thêm biểu mẫu tự thay đổi nội dung"
    for field in form.get("/Fields", []):
        if field.get("/FT") != "/Sig":
            yield "thêm ô điền của biểu mẫu"
        elif "/V" not in field:
            yield "thêm ô chữ ký bỏ trống"


def _catalog(before: pikepdf.Object, after: pikepdf.Object) -> Iterator[str]:
    old: Any = before.get("/Names", {})
    new: Any = after.get("/Names", {})
    files = "/EmbeddedFiles"
    if not same(old.get(files), new.get(files)) or not same(before.get("/AF"), after.get("/AF")):
        yield "tệp đính kèm bị thêm, bớt hoặc sửa"
    names = _same_keys(old, new, {files}) if before.get("/Names") or after.get("/Names") else True
    actions = all(same(before.get(key), after.get(key)) for key in _ACTIONS - {"/Names"})
    if not names or not actions:
        yield "thêm hoặc sửa lệnh tự chạy (JavaScript, hành động) của tài liệu"
    if not _same_keys(before, after, _MAY_DIFFER | _ACTIONS | {"/AF", "/StructTreeRoot"}):
        yield "thuộc tính chung của tài liệu bị sửa"


def _same_keys(before: Any, after: Any, apart_from: set[str]) -> bool:
    keys = (set(before.keys()) | set(after.keys())) - apart_from
    return all(same(before.get(key), after.get(key)) for key in keys)


def same(before: Any, after: Any, seen: set[Any] | None = None) -> bool:
    """Compare two objects with all they lead to; streams by the bytes as they are stored."""
    seen = set() if seen is None else seen
    if not isinstance(before, pikepdf.Object) or not isinstance(after, pikepdf.Object):
        return bool(before == after)
    if before.is_indirect and after.is_indirect:
        pair = (before.objgen, after.objgen)
        if pair in seen:
            return True
        seen.add(pair)
        if _is_page(before) or _is_page(after):  # a link to a page; pages are compared by themselves
            return bool(before.objgen == after.objgen)
    if before._type_code != after._type_code:
        return False
    return _same_inside(before, after, seen)


def _is_page(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Page"


def _same_inside(before: Any, after: Any, seen: set[Any]) -> bool:
    if isinstance(before, pikepdf.Array):
        pairs = zip(list(before), list(after), strict=False)
        return len(before) == len(after) and all(same(old, new, seen) for old, new in pairs)
    if isinstance(before, pikepdf.Stream) and before.read_raw_bytes() != after.read_raw_bytes():
        return False
    if isinstance(before, pikepdf.Dictionary | pikepdf.Stream):
        keys = set(before.keys())
        return keys == set(after.keys()) and all(
            same(before.get(key), after.get(key), seen) for key in keys - {"/Parent", "/P"}
        )
    return bool(before == after)
