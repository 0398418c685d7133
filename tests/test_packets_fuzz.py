"""Packets nobody would send: whatever the bytes, an error with its file or records set aside, never a traceback."""

import json
import pickle
import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from offices import NOW
from packets import PROGRESS, RECORDS, STATES, bo_sung, encoded, envelope, hoso, profile, step

from latewatch.domain.dossier import Dossier
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.sources.systems.hoso import HoSo, read_hoso
from latewatch.sources.systems.packet_records import PacketReader
from latewatch.sources.systems.packets import open_packet
from latewatch.sources.systems.records import Records
from latewatch.store.batches import Arrival
from latewatch.store.database import Store
from latewatch.store.ingest import ingest
from latewatch.written import to_document, to_text, to_values

PROFILE = profile()
MUTATIONS = 60_000

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "H1",
        "4",
        "10",
        "20261102083000",
        "2026-11-02T08:30:00.000+0700",
        "0",
        "\0",
        "00010101000000",
        "9" * 30,
    ]
)
NUMBERS = st.integers() | st.integers(0, 99) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | TEXTS | NUMBERS
KEYS = st.sampled_from([*hoso(), *step(), *bo_sung(), "IdHoSo", "IDHoSo", "TrangThai", "khác"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
PACKETS = st.builds(
    lambda service, data, code: {"service": service, "data": data, "code": code},
    st.sampled_from([RECORDS, PROGRESS, STATES, "TraCuuHoSo", "", "khác", None, 7]),
    JSON | st.lists(st.dictionaries(KEYS, JSON, max_size=8), max_size=6),
    SCALARS,
)


def read(content: bytes) -> Reading | None:
    """Read as the reader does; None where the packet is refused as a whole, with its name."""
    try:
        return PacketReader("goi.json", PROFILE).read(open_packet("goi.json", content))
    except SourceError as e:
        told = str(e)
    assert re.fullmatch(r"goi\.json: .+", told)
    return None


def look(reading: Reading) -> None:
    """Assert that all of it can be stored, shown and handed to another process."""
    for reported in reading.reported:
        assert 0 < len(reported.code) <= 100
        known = {"status": next(iter(PROFILE.status_of.values())), **reported.facts}
        document = to_document(to_values(Dossier(code=reported.code, **known)))
        assert "\\u0000" not in document
        assert str(reported.place).startswith("goi.json, bản ghi ")
        to_text(reported.raw)
    for rejected in reading.rejected:
        assert rejected.reason
        assert str(rejected.place).startswith("goi.json, bản ghi ")
        json.dumps(dict(rejected.raw))
    pickle.dumps(reading, pickle.HIGHEST_PROTOCOL)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(PACKETS | JSON)
def test_any_json(content: Any) -> None:
    reading = read(json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass"))
    if reading:
        look(reading)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    reading = read(content)
    assert reading is None or reading.reported == []


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*hoso()]), SCALARS | st.lists(JSON, max_size=3), max_size=6))
def test_a_good_record_with_odd_fields_spoils_no_neighbour(fields: dict[str, Any]) -> None:
    reading = read(encoded(envelope(RECORDS, {**hoso(), **fields}, hoso("HÀNG XÓM"))))
    assert reading
    assert "HÀNG XÓM" in [each.code for each in reading.reported] or fields.get("MaHoSo") == "HÀNG XÓM"
    look(reading)


GOOD = [
    encoded(envelope(RECORDS, hoso(DanhSachHoSoBoSung=[bo_sung(got="20261104093000")]), hoso("H2", "9"))),
    encoded(envelope(PROGRESS, step(ThoiDiemXuLy="20261103160000"), step("H2"))),
    encoded(envelope(STATES, {"MaHoSo": "H1", "TrangThai": "9"})),
    encoded([{"IdHoSo": "9f3c", "TrangThai": 9, "NgayTiepNhan": "2026-11-02T07:47:28.329"}]),
    encoded({"code": 200, "message": "", "data": [hoso()]}),
]
PIECES = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"-",
    b"1e999",
    b"\xff",
    b"9" * 25,
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a packet with a few bytes cut, doubled, swapped or replaced."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice((0, 1, 1, 2, 10, 200)))
        piece = chance.choice((b"", chance.choice(PIECES), content[at:end] * 2, chance.randbytes(2)))
        content = content[:at] + piece + content[end:]
    return content


@pytest.mark.parametrize("seed", range(3))
def test_good_packets_with_a_few_bytes_changed(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret
    read_at_all = 0
    for _ in range(MUTATIONS // 3):
        reading = read(mutated(chance.choice(GOOD), chance))
        if reading:
            look(reading)
            read_at_all += 1
    assert read_at_all > MUTATIONS // 100  # the mutations reach behind the first bracket


@pytest.mark.parametrize("depth", [10, 12, 100, 400, 900, 990, 1100, 50_000])
def test_nesting_of_any_depth(depth: int) -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        deep = opening * depth + b'"\\u0000"' + closing * depth
        for content in (deep, b'{"data":' + deep + b"}", b'[{"MaHoSo":"H1","TaiLieuNop":' + deep + b"}]"):
            reading = read(content)
            if reading:
                look(reading)


@pytest.mark.parametrize("depth", [10, 12, 400, 900, 980])
def test_nesting_in_a_record_of_an_interface(depth: int) -> None:
    deep = b"[" * depth + b'"\\u0000"' + b"]" * depth
    good = encoded(hoso("H2"))
    raws = [Raw(encoded(hoso("H1"))[:-1] + b', "x": ' + deep + b"}"), Raw(good)]
    reading = Records(PROFILE, HoSo, read_hoso).part(raws, "goi.json, bản ghi 0")
    assert [each.code for each in reading.reported] == (["H1", "H2"] if depth < 12 else ["H2"])
    look(reading)


def test_whatever_was_read_can_be_stored(store: Store) -> None:
    chance = random.Random(7)  # noqa: S311  no secret
    contents = [mutated(chance.choice(GOOD), chance) for _ in range(200)]
    odd = encoded(
        [{"NgayTiepNhan": "20261102", "Ngày\0": "\0"}, {"MaHoSo": "\0"}, 7, [1], hoso(ChuHoSo="A\0B")]
    )
    readings = [reading for content in (*contents, odd) if (reading := read(content))]
    arrival = Arrival(source="dvcqg", origin="goi.json", sha256="", profile="", taken_at=NOW)
    with store.writing() as connection:
        intake = ingest(connection, arrival, readings)
    assert intake.new > 0
    assert intake.rejected > 0
