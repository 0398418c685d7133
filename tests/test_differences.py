"""What one version of a record says otherwise than another: which fields, from what to what, in whose words."""

from dataclasses import fields, replace
from typing import Any

import pytest
from worlds import dossier, moment

from latewatch.domain.differences import (
    CHANNEL_LABELS,
    FIELD_LABELS,
    PERSONAL,
    STATUS_LABELS,
    differences,
    value_words,
    words,
)
from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit

BEFORE = dossier()
ASKED = Suspension(Cause.SUPPLEMENT, moment("2026-11-03T09:00"), note="thiếu bản sao")
STAGE = Stage("Phòng A", moment("2026-11-02"), TimeLimit.parse("3d"), finished_at=moment("2026-11-04T10:00"))


def test_every_fact_has_a_label() -> None:
    assert set(FIELD_LABELS) == {field.name for field in fields(Dossier)} - {"code"}
    assert set(STATUS_LABELS) == set(Status)
    assert set(CHANNEL_LABELS) == set(Channel)
    assert set(FIELD_LABELS) > PERSONAL


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        pytest.param("status", Status.DONE, ("đang giải quyết", "đã xử lý xong"), id="a status"),
        pytest.param("channel", Channel.POSTAL, ("trực tiếp", "bưu chính"), id="a channel"),
        pytest.param("channel", None, ("trực tiếp", "(không ghi)"), id="an emptied word"),
        pytest.param("promised_at", moment("2026-11-12"), ("(không ghi)", "12/11/2026"), id="a date"),
        pytest.param(
            "processed_at", moment("2026-11-12T16:30"), ("(không ghi)", "16:30 12/11/2026"), id="a moment"
        ),
        pytest.param(
            "processed_at",
            moment("2026-11-12T16:30:07"),
            ("(không ghi)", "16:30:07 12/11/2026"),
            id="a moment to the second",
        ),
        pytest.param("time_limit", TimeLimit.parse("5d"), ("(không ghi)", "05 ngày làm việc"), id="a limit"),
        pytest.param("procedure", "Khác", ("Thủ tục Ví Dụ", "Khác"), id="a text"),
        pytest.param("officer", "Trần Thị Thí Dụ", ("(không ghi)", "Trần Thị Thí Dụ"), id="an officer"),
        pytest.param("applicant", "Trần Thị Thí Dụ", ("(che)", "(che)"), id="another name"),
        pytest.param("applicant", "", ("(che)", "(không ghi)"), id="a name that is gone"),
        pytest.param("phone", "0900000000", ("(không ghi)", "(che)"), id="a number that came"),
        pytest.param(
            "suspensions",
            (ASKED,),
            ("(không ghi)", "yêu cầu bổ sung 09:00 03/11/2026–chưa xong “(che)”"),
            id="an interruption, without its note",
        ),
        pytest.param(
            "suspensions",
            (replace(ASKED, note="", is_observed=True, ended_at=moment("2026-11-05")),),
            ("(không ghi)", "yêu cầu bổ sung 09:00 03/11/2026–05/11/2026 (theo lần lấy dữ liệu)"),
            id="an interruption that was seen",
        ),
        pytest.param(
            "stages",
            (STAGE, replace(STAGE, unit="", limit=None, finished_at=None, due_at=moment("2026-11-09"))),
            (
                "(không ghi)",
                "Phòng A 02/11/2026–10:00 04/11/2026, thời hạn 03 ngày làm việc; "
                "(không ghi) 02/11/2026–chưa xong, hạn 09/11/2026",
            ),
            id="stages",
        ),
    ],
)
def test_one_field(field: str, value: Any, shown: tuple[str, str]) -> None:
    (found,) = differences(BEFORE, replace(BEFORE, **{field: value}))
    assert (found.field, found.label, words(found)) == (field, FIELD_LABELS[field], shown)
    (back,) = differences(replace(BEFORE, **{field: value}), BEFORE)
    assert words(back) == shown[::-1]


def test_in_full_everything_is_said() -> None:
    after = replace(BEFORE, applicant="Trần Thị Thí Dụ", suspensions=(ASKED,))
    name, asked = differences(BEFORE, after)
    assert words(name, full=True) == ("Nguyễn Văn Ví Dụ", "Trần Thị Thí Dụ")
    assert words(asked, full=True)[1].endswith("“thiếu bản sao”")


def test_the_first_version_says_what_it_says_and_the_last_takes_it_back() -> None:
    first, gone = differences(None, BEFORE), differences(BEFORE, None)
    said = ["status", "received_at", "procedure", "field", "channel", "applicant"]
    assert [each.field for each in first] == said == [each.field for each in gone]
    assert {each.before for each in first} == {each.after for each in gone} == {None}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(BEFORE, id="the same"),
        pytest.param(replace(BEFORE, address="", time_limit=None, stages=()), id="empty is empty"),
        pytest.param(replace(BEFORE, code="H2"), id="the code is not a fact"),
    ],
)
def test_nothing_differs(other: Dossier) -> None:
    assert differences(BEFORE, other) == []


def test_nothing_at_all_has_words_too() -> None:
    assert value_words(None) == "(không ghi)"
