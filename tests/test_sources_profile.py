"""A profile: shipped headings and words, with the office's own laid over them."""

import pytest
from exports import profile

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import LimitUnit
from latewatch.errors import ConfigError
from latewatch.sources.cells import key_of
from latewatch.sources.profile import DATE_FIELDS, DECIDING, REQUIRED


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
