"""A profile: shipped headings and words, with the office's own laid over them, in a file or in the settings."""

from pathlib import Path

import pytest
from exports import PRESET_A, PRESET_B, profile
from offices import OFFICE

from latewatch.config import load
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.expiry import Ends
from latewatch.domain.limit import LimitUnit
from latewatch.domain.record import DateOrder
from latewatch.errors import ConfigError
from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.layers import presets
from latewatch.sources.profiles.profile import DATE_FIELDS, DECIDING, REQUIRED, Reads, load_profile


def test_shipped_fields_cover_what_the_reader_asks_for() -> None:
    shipped = profile()
    assert {*DATE_FIELDS, *DECIDING, *REQUIRED} <= set(shipped.names)
    assert shipped.names["code"] == "Mã hồ sơ"
    assert set(shipped.status_of.values()) == set(Status)
    assert set(shipped.channel_of.values()) == set(Channel)


def test_a_heading_of_the_office_replaces_the_shipped_ones_of_its_field() -> None:
    own = profile(headings={"code": "Mã số một cửa"})
    assert own.field_of[key_of("mã số MỘT CỬA")] == "code"
    assert key_of("Mã hồ sơ") not in own.field_of
    assert own.names["code"] == "Mã số một cửa"


def test_a_heading_may_be_taken_from_another_field() -> None:
    assert profile(headings={"promised_at": "Ngày trả"}).field_of[key_of("Ngày trả")] == "promised_at"


def test_words_of_the_office_win() -> None:
    own = profile(
        status_words={"QUÁ HẠN": "suspended", "Chờ ký số": "processing"},
        channel_words={"Qua mạng": "online full"},
    )
    assert own.status_of[key_of("Quá hạn")] is Status.SUSPENDED
    assert own.status_of[key_of("chờ ký số")] is Status.PROCESSING
    assert own.channel_of[key_of("qua mạng")] is Channel.ONLINE_FULL


def test_the_unit_of_limits_is_the_sources() -> None:
    assert profile(limit_unit="cd").limit_unit is LimitUnit.CALENDAR_DAYS


@pytest.mark.parametrize(
    "change",
    [
        {"headings": {"code": "Mã"}},
        {"status_words": {"Chờ ký": "processing"}},
        {"channel_words": {"Qua mạng": "online full"}},
        {"limit_unit": "cd"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_the_reading_changes_the_fingerprint(change: dict[str, object]) -> None:
    assert profile(**change).fingerprint != profile().fingerprint
    assert profile(**change).fingerprint == profile(**change).fingerprint


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"profile": "khac"}, "không có mẫu “khac”", id="no such profile"),
        pytest.param({"headings": {"mã": "Mã"}}, "trường lạ; các trường: code", id="no such field"),
        pytest.param(
            {"headings": {"code": "Mã", "procedure": "MÃ"}}, "“MÃ” đã dùng cho code", id="one heading for two"
        ),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match="thử") as refused:
        profile(**change)
    assert words in str(refused.value)


@pytest.mark.parametrize("name", presets())
def test_every_shipped_profile_loads_and_contradicts_itself_nowhere(name: str) -> None:
    shipped = profile(profile=name)
    assert shipped.status_of or shipped.reads is Reads.EVENTS
    assert set(shipped.required) <= set(shipped.names)


NOT_READ = {
    "A": {
        "Hạn xử lý": "the limit of the step at hand, not of the dossier",
        "Cập nhật nguồn": "not of the dossier",
    },
    "B": {"STT": "a number of the row", "Người nộp": "who handed it in, not whose it is"},
}


@pytest.mark.parametrize(("name", "preset"), [("A", PRESET_A), ("B", PRESET_B)], ids=["A", "B"])
def test_every_heading_of_a_known_export_is_read_or_deliberately_not(
    name: str, preset: tuple[str, ...]
) -> None:
    unread = {heading for heading in preset if key_of(heading) not in profile().field_of}
    assert unread == set(NOT_READ[name])


ALIASES = {
    "code": ("Mã hồ sơ", "Số hồ sơ", "Số biên nhận"),
    "procedure": ("Tên TTHC", "Thủ tục", "Tên thủ tục hành chính"),
    "received_at": ("Ngày nhận", "Ngày tiếp nhận"),
    "processed_at": ("Ngày hoàn tất",),
    "officer": ("Người xử lý",),
    "applicant": ("Họ tên",),
    "promised_at": ("Hạn trả", "Ngày hẹn trả KQ"),
    "status": ("Trạng thái",),
}


@pytest.mark.parametrize(("field", "headings"), ALIASES.items(), ids=ALIASES)
def test_every_alias_seen_in_exports_names_its_field(field: str, headings: tuple[str, ...]) -> None:
    assert {profile().field_of[key_of(heading)] for heading in headings} == {field}


STATUS_WORDS = {
    "Mới tiếp nhận": Status.RECEIVED,
    "Đang giải quyết": Status.PROCESSING,
    "Đang xử lý": Status.PROCESSING,
    "Tạm dừng": Status.SUSPENDED,
    "Yêu cầu bổ sung": Status.SUPPLEMENT,
    "Đã hoàn thành": Status.DONE,
    "Đã xử lý xong": Status.DONE,
    "Đã trả kết quả": Status.RETURNED,
    "Quá hạn": Status.PROCESSING,  # no state of its own: whether it is late is computed, not believed
    "Rút hồ sơ": Status.WITHDRAWN,
    "Dừng xử lý": Status.STOPPED,
    "Hủy": Status.STOPPED,
    "Không được tiếp nhận": Status.NOT_ACCEPTED,
}


@pytest.mark.parametrize(("word", "status"), STATUS_WORDS.items(), ids=STATUS_WORDS)
def test_every_status_word_of_exports_has_its_meaning(word: str, status: Status) -> None:
    assert profile().status_of[key_of(word)] is status


OWN = """
based_on = "desk-export"
limit_unit = "cd"
date_order = "month first"
ends = "clock"

[headings]
code = "Mã số một cửa"
received_at = ["Vào sổ", "Ngày vào sổ"]

[status_words]
"Chờ ký số" = "processing"
"QUÁ HẠN" = "suspended"

[channel_words]
"Qua mạng" = "online full"

[units]
"P. KT" = "Phòng Kinh tế"
"""


def test_a_file_of_the_office_is_laid_over_the_preset_it_is_based_on(tmp_path: Path) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text(OWN, encoding="utf-8")
    mine = profile(profile=str(file))
    assert [mine.field_of[key_of(name)] for name in ("Mã số một cửa", "vào sổ", "NGÀY VÀO SỔ")] == [
        "code",
        "received_at",
        "received_at",
    ]
    assert key_of("Mã hồ sơ") not in mine.field_of  # replaced
    assert mine.field_of[key_of("Trạng thái")] == "status"  # kept
    assert (mine.names["code"], mine.names["received_at"]) == ("Mã số một cửa", "Vào sổ")
    assert mine.status_of[key_of("Quá hạn")] is Status.SUSPENDED
    assert mine.status_of[key_of("Chờ ký số")] is Status.PROCESSING
    assert mine.status_of[key_of("Rút hồ sơ")] is Status.WITHDRAWN
    assert mine.channel_of[key_of("Qua mạng")] is Channel.ONLINE_FULL
    assert mine.units == {key_of("P. KT"): "Phòng Kinh tế"}
    assert (mine.limit_unit, mine.date_order, mine.ends) == (
        LimitUnit.CALENDAR_DAYS,
        DateOrder.MONTH_FIRST,
        Ends.CLOCK,
    )


def test_the_keys_of_the_source_itself_win(tmp_path: Path) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text(OWN, encoding="utf-8")
    mine = profile(
        profile=str(file),
        headings={"code": "Mã"},
        status_words={"Chờ ký số": "done"},
        limit_unit="h",
        ends="day",
    )
    assert mine.field_of[key_of("Mã")] == "code"
    assert key_of("Mã số một cửa") not in mine.field_of
    assert mine.field_of[key_of("Vào sổ")] == "received_at"
    assert mine.status_of[key_of("Chờ ký số")] is Status.DONE
    assert (mine.limit_unit, mine.ends) == (LimitUnit.HOURS, Ends.DAY)


def test_a_file_may_be_based_on_another_of_the_office(tmp_path: Path) -> None:
    (tmp_path / "chung").mkdir()
    (tmp_path / "chung" / "tinh.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "xa.toml").write_text(
        'based_on = "chung/tinh.toml"\n[status_words]\n"Chờ ký số" = "done"\n', encoding="utf-8"
    )
    mine = profile(profile=str(tmp_path / "xa.toml"))
    assert mine.status_of[key_of("Chờ ký số")] is Status.DONE
    assert mine.field_of[key_of("Vào sổ")] == "received_at"


def test_a_file_may_stand_on_its_own(tmp_path: Path) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text(
        'reads = "dossiers"\n[headings]\ncode = "Mã"\nstatus = "Tình hình"\nreceived_at = "Nhận"\n'
        '[status_words]\n"Đang làm" = "processing"\n',
        encoding="utf-8",
    )
    mine = profile(profile=str(file))
    assert sorted(mine.field_of.values()) == ["code", "received_at", "status"]
    assert set(mine.status_of.values()) == {Status.PROCESSING}
    assert mine.names["promised_at"] == "Ngày hẹn trả"  # what a message calls a field nobody named


def test_an_interface_has_its_words_in_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text('based_on = "igate"\n[status_words]\n"Chờ ký số" = "processing"\n', encoding="utf-8")
    assert profile(profile=str(file)).system is profile(profile="igate").system
    assert profile(profile=str(file)).status_of[key_of("chờ ký số")] is Status.PROCESSING


REFUSED = {
    "an unknown key": ("based_on = 'desk-export'\nheading = {}", "heading", "có phải “headings”?"),
    "an unknown field": ("based_on = 'desk-export'\n[headings]\nma = 'Mã'", "headings.ma", "trường lạ; các trường: code"),
    "a heading that is none": ("based_on = 'desk-export'\n[headings]\ncode = 7", "headings.code", "cần một tiêu đề trong dấu nháy"),
    "no heading at all": ("based_on = 'desk-export'\n[headings]\ncode = []", "headings.code", "cần một tiêu đề"),
    "one heading for two fields": ("based_on = 'desk-export'\n[headings]\ncode = ['Mã']\nstatus = ['Tình hình', 'MÃ']", "headings.status", "“MÃ” đã dùng cho code"),
    "a word that means two things": ("based_on = 'desk-export'\n[status_words]\n'Hủy' = 'stopped'\n'Huỷ ' = 'withdrawn'", "status_words.“Huỷ ”", "đã có nghĩa “stopped”"),
    "a meaning there is not": ("based_on = 'desk-export'\n[status_words]\n'Chờ ký' = 'signing'", "status_words.“Chờ ký”", "“signing” không có; chọn trong: waiting,"),
    "a unit with two names": ("based_on = 'desk-export'\n[units]\n'P. KT' = 'Phòng Kinh tế'\n'p. kt' = 'Phòng Khác'", "units.“p. kt”", "tên này đã là “Phòng Kinh tế”"),
    "a unit without a name": ("based_on = 'desk-export'\n[units]\n'P. KT' = ' '", "units.“P. KT”", "thiếu tên cơ quan dùng"),
    "words nobody looks into": ("based_on = 'desk-export'\n[event_words]\n'Chặng' = 'stage'", "event_words", "không đọc khóa này; nó đọc: status_words, channel_words"),
    "another kind than its base": ("based_on = 'events'\nreads = 'dossiers'", "reads", "khác mẫu gốc based_on (“events”)"),
    "another system than its base": ("based_on = 'igate'\nsystem = 'files'", "system", "khác mẫu gốc based_on (“igate”)"),
    "a system there is not": ("reads = 'dossiers'\nsystem = 'egov'", "system", "“egov” không có; chọn trong: files"),
    "no base and no kind": ("[headings]\ncode = 'Mã'", "reads", "hãy ghi dossiers hoặc events, hoặc đặt based_on"),
    "no base and no receipt": ("reads = 'dossiers'\n[headings]\ncode = 'Mã'\nstatus = 'Tình hình'", "headings", "thiếu trường bắt buộc received_at (“Ngày tiếp nhận”)"),
    "a base there is not": ("based_on = 'vnpt'", "based_on", "không có mẫu “vnpt”; các mẫu có sẵn: desk-export"),
    "a base file there is not": ("based_on = 'khac.toml'", "based_on", "khac.toml; hãy sửa đường dẫn"),
    "itself as its base": ("based_on = 'rieng.toml'", "based_on", "đi vòng: rieng.toml → rieng.toml; hãy bỏ một"),
    "an order of dates there is not": ("based_on = 'desk-export'\ndate_order = 'year first'", "date_order", "chọn trong: “day first”, “month first”"),
    "a unit of limits there is not": ("based_on = 'desk-export'\nlimit_unit = 'w'", "limit_unit", "chọn trong: “d”, “cd”, “h”"),
    "no TOML": ("based_on = desk-export", "", "không phải TOML hợp lệ ở dòng 1"),
    "headings of an interface": ("based_on = 'igate'\n[headings]\ncode = 'Mã'", "headings.code", "đọc giao diện của hệ thống, không đọc tiêu đề cột"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "key", "words"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_meant_is_refused_with_file_key_and_cure(
    tmp_path: Path, text: str, key: str, words: str
) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        profile(profile=str(file))
    assert str(refused.value).startswith(f"{file}: {key}")
    assert words in str(refused.value)


def test_two_files_based_on_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('based_on = "b.toml"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('based_on = "a.toml"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.toml: based_on: đi vòng: a\.toml → b\.toml → a\.toml"):
        profile(profile=str(tmp_path / "a.toml"))


def test_the_file_is_looked_for_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "mau").mkdir()
    (tmp_path / "mau" / "rieng.toml").write_text(OWN, encoding="utf-8")
    config = tmp_path / "config.toml"
    source = '[[sources]]\nname = "xuat-tep"\nfolder = "in"\nprofile = "mau/rieng.toml"\n'
    config.write_text(OFFICE + source, encoding="utf-8")
    assert load_profile(load(config).sources[0]).names["code"] == "Mã số một cửa"
    (tmp_path / "mau" / "rieng.toml").unlink()
    with pytest.raises(ConfigError, match=r"xuat-tep\.profile: không có tệp .*mapping suggest"):
        load_profile(load(config).sources[0])


WITHOUT_EFFECT = {
    "a comment": "# ghi chú\n" + OWN,
    "an end of limits": OWN.replace('ends = "clock"', 'ends = "day"'),
}
WITH_EFFECT = {
    "a heading": OWN.replace("Vào sổ", "Sổ vào"),
    "a status word": OWN.replace('"Chờ ký số" = "processing"', '"Chờ ký số" = "done"'),
    "a channel word": OWN.replace("Qua mạng", "Qua cổng"),
    "a unit": OWN.replace("Phòng Kinh tế", "Phòng Khác"),
    "a bare limit": OWN.replace('limit_unit = "cd"', 'limit_unit = "h"'),
    "an order of dates": OWN.replace("month first", "day first"),
    "another base": OWN.replace("desk-export", "khac.toml"),
}


@pytest.mark.parametrize(
    ("text", "changes"),
    [*((text, False) for text in WITHOUT_EFFECT.values()), *((text, True) for text in WITH_EFFECT.values())],
    ids=[*WITHOUT_EFFECT, *WITH_EFFECT],
)
def test_the_fingerprint_covers_what_changes_the_reading_and_nothing_else(
    tmp_path: Path, text: str, changes: bool
) -> None:
    (tmp_path / "khac.toml").write_text(
        'based_on = "desk-export"\n[status_words]\n"Đã hoàn thành" = "returned"\n', encoding="utf-8"
    )
    file = tmp_path / "rieng.toml"
    file.write_text(OWN, encoding="utf-8")
    before = profile(profile=str(file)).fingerprint
    file.write_text(text, encoding="utf-8")
    assert (profile(profile=str(file)).fingerprint != before) is changes


def test_what_is_asked_of_an_interface_is_of_the_fingerprint() -> None:
    asked = profile(profile="igate", parameters={"ancestor-agency-id": "1"})
    assert asked.fingerprint != profile(profile="igate").fingerprint
