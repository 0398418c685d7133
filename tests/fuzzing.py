"""Files nobody would write: good ones changed at random, in their bytes, their parts and their numbers."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache

from exports import CORE, PRESET_A, below, core, delimited, workbook, xls, xlsx

MAGICS = {
    "a ZIP": b"PK\x03\x04",
    "an empty ZIP": b"PK\x05\x06",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "UTF-16": b"\xff\xfe",
    "UTF-16, the other way round": b"\xfe\xff",
    "UTF-8": b"\xef\xbb\xbf",
    "XML": b"<?xml ",
    "nothing": b"",
}

TABLE = [
    CORE,
    core("H1", received=date(2026, 11, 2)),
    core("H2", promised=datetime(2026, 11, 9, 16, 30)),  # noqa: DTZ001
    core(1234567.0, "Đã xử lý xong", "2026-11-02T08:30:15.000+0700", 46328.5),
    core("H3", "Chờ ký số", "31/02/2026", "11/25/2026"),
]


@cache
def good_workbooks() -> Sequence[bytes]:
    merged = [["BÁO CÁO"], ["Mã hồ sơ", "Trạng thái", "Ngày"], ["", "", "Ngày nhận"], *TABLE[1:]]
    return [
        xlsx(TABLE),
        xlsx(merged, merge=["A1:C1", "A2:A3", "B2:B3"], hide=[3]),
        xlsx([PRESET_A, *[below(PRESET_A)] * 5]),
        workbook({"Một": TABLE, "Hai": [["x"]], "Ba": []}, constant_memory=True),
    ]


@cache
def good_old_workbooks() -> Sequence[bytes]:
    return [xls([CORE, core("H1"), core(7.5)]), xls([PRESET_A, below(PRESET_A)], since_1904=True)]


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Change, cut out, repeat and put in some bytes; sometimes the end is lost."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        if not data:
            break
        rng.choice(_DAMAGES)(data, rng)
    return bytes(data[: rng.randrange(len(data) + 1)] if rng.random() < 0.15 else data)


def _flip(data: bytearray, rng: random.Random) -> None:
    data[rng.randrange(len(data))] = rng.choice((0, 0xFF, 0x7F, rng.randrange(256)))


def _cut(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.randrange(1, 40)]


def _repeat(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = data[at : at + rng.randrange(1, 200)] * rng.randint(1, 3)


def _put(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.randbytes(rng.randrange(1, 12))


def _number(data: bytearray, rng: random.Random) -> None:
    """Overwrite four bytes with a number that is an edge: sizes, counts and places are written so."""
    at = rng.randrange(len(data))
    data[at : at + 4] = struct.pack("<I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 65536)))


_DAMAGES: Sequence[Callable[[bytearray, random.Random], None]] = (_flip, _flip, _cut, _repeat, _put, _number)

EDGES = (
    b"-1", b"0", b"1048577", b"4294967296", b"99999999999999999999", b"XFD1048576", b"A0", b"ZZZZ1", b"1e999",
    b"NaN", b"", b"\xff", b"A1:XFD1048576", b"&#0;", b"&lol;", b"inlineStr", b"e", b"s", b"str", b"b",
)  # fmt: skip


def retold(content: bytes, rng: random.Random) -> bytes:
    """Change the members of a workbook's archive and pack them whole again: their checksums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(sorted(members))
        rng.choice(_RETELLINGS)(members, name, rng)
        if not members:
            break
    return packed(members, rng)


def packed(members: Mapping[str, bytes], rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, xml in members.items():
            archive.writestr(name, xml)
    return buffer.getvalue()


Members = dict[str, bytes]


def _values(members: Members, name: str, rng: random.Random) -> None:
    """Put an edge in the place of some values of attributes and of texts."""
    parts = members[name].split(b'"')
    for _ in range(rng.randint(1, 4)):
        parts[rng.randrange(len(parts))] = rng.choice(EDGES)
    members[name] = b'"'.join(parts)


def _texts(members: Members, name: str, rng: random.Random) -> None:
    parts = members[name].split(b">")
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(parts))
        parts[at] = rng.choice(EDGES) + parts[at][parts[at].find(b"<") :]
    members[name] = b">".join(parts)


def _bytes(members: Members, name: str, rng: random.Random) -> None:
    members[name] = damaged(members[name], rng)


def _drop(members: Members, name: str, _rng: random.Random) -> None:
    del members[name]


def _swap(members: Members, name: str, rng: random.Random) -> None:
    members[name] = members[rng.choice(sorted(members))]


def _nest(members: Members, name: str, rng: random.Random) -> None:
    """Open very many elements within each other, and close only some."""
    deep = rng.choice((10, 1000, 20_000))
    middle = len(members[name]) // 2
    at = members[name].find(b"<", middle) if members[name].find(b"<", middle) >= 0 else 0
    members[name] = members[name][:at] + b"<c>" * deep + members[name][at:] + b"</c>" * rng.choice((0, deep))


def _entities(members: Members, name: str, _rng: random.Random) -> None:
    """Define an entity of entities of entities, and use it."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    head = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]>"
    body = members[name].partition(b"?>")[2].replace(b"<v>", b"<v>&l8;", 1)
    members[name] = b'<?xml version="1.0"?>' + head + body


def _rows(members: Members, name: str, rng: random.Random) -> None:
    """Repeat the rows of a sheet, at numbers that do not go upwards."""
    start, end = members[name].find(b"<row"), members[name].rfind(b"</row>")
    if start >= 0 < end:
        rows = members[name][start : end + 6]
        members[name] = members[name][:start] + rows * rng.choice((2, 50)) + members[name][start:]


_RETELLINGS: Sequence[Callable[[Members, str, random.Random], None]] = (
    _values, _values, _values, _texts, _bytes, _bytes, _drop, _swap, _nest, _entities, _rows,
)  # fmt: skip


def retold_old(content: bytes, rng: random.Random) -> bytes:
    """Change some records of an old workbook's stream: their kind, their length, what they hold."""
    data = bytearray(content)
    places = list(_records(data, 1536))
    for _ in range(rng.randint(1, 4)):
        at, length = rng.choice(places)
        what = rng.randrange(4)
        if what == 0:
            data[at : at + 2] = struct.pack("<H", rng.choice(_KINDS))
        elif what == 1:
            data[at + 2 : at + 4] = struct.pack("<H", rng.choice((0, 1, length + 1, 0xFFFF, 8224)))
        elif length:
            spot = at + 4 + rng.randrange(length)
            data[spot : spot + 2] = rng.choice((b"\xff\xff", b"\0\0", b"\xff\x7f", rng.randbytes(2)))
    return bytes(data)


_KINDS = (0x0006, 0x000A, 0x002F, 0x0031, 0x0042, 0x0085, 0x00BD, 0x00E5, 0x00FC, 0x00FD, 0x0201, 0x0203, 0x0204,
          0x0205, 0x020B, 0x027E, 0x003C, 0x0809, 0xFFFF)  # fmt: skip


def _records(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield place and length of the records of the stream that begins at `start`."""
    at = start
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if not kind:
            break
        yield at, length
        at += 4 + length


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "cp1252", "utf-32", "utf-7")


ODD = (
    '"',
    '""',
    "'",
    "a;b",
    "a,b",
    "a\tb",
    "\0",
    "=1+1",
    "𝟘𝟙/𝟙𝟙/𝟚𝟘𝟚𝟞",
    "e\u0301" * 3,
    "\u202e",
    "x" * 140_000,
)


def text_file(rng: random.Random) -> bytes:
    """A text file with delimiters, quotes and line ends as they fall, in some encoding, and sometimes damaged."""
    words = [*CORE, *core(), *core("H2", "Chờ ký"), "", "(1)", *rng.sample(ODD, rng.randrange(4))]
    lines = [CORE] * rng.choice((0, 1, 2))
    lines += [
        core(f"H{n}") if rng.random() < 0.5 else rng.choices(words, k=rng.randrange(8))
        for n in range(rng.randrange(12))
    ]
    if rng.random() < 0.5:
        content = delimited(lines, rng.choice(",;\t|"), "utf-8", rng.choice(("\n", "\r\n", "\r")))
        text = content.decode("utf-8")
    else:
        text = rng.choice("\n\r").join(rng.choice(",;\t|").join(line) for line in lines)
    data = text.encode(rng.choice(ENCODINGS), errors="replace")
    return damaged(data, rng) if rng.random() < 0.4 and data else data


def bomb(rng: random.Random) -> bytes:
    """A workbook much larger than it looks."""
    with zipfile.ZipFile(io.BytesIO(good_workbooks()[0])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    size = rng.choice((1 << 20, 30 << 20, 80 << 20))
    members[rng.choice(sorted(members))] += rng.choice((b" ", b"<c>", b"\0")) * size
    content = bytearray(packed(members, random.Random(0)))  # noqa: S311  a test, not a secret
    if rng.random() < 0.5:  # it says to be small
        at = content.find(struct.pack("<I", zlib.crc32(b"")))
        content[max(0, at)] ^= 1
    return bytes(content)
