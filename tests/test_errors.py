"""The tree of errors as it is drawn, and what their one line says."""

import re
from datetime import date
from pathlib import Path

import pytest

from latewatch import errors
from latewatch.errors import (
    CalendarGap,
    ConfigError,
    DeliveryError,
    LatewatchError,
    LetterError,
    Place,
    RecordError,
    SourceError,
)


def drawn() -> list[tuple[int, str]]:
    """Depth and name of each line of the tree in the module's docstring."""
    lines = re.findall(
        r"^((?:│   |    )*)(├── |└── )?([A-Z]\w+Error|CalendarGap)\b", errors.__doc__ or "", re.M
    )
    return [(len(indent) // 4 + bool(branch), name) for indent, branch, name in lines]


def defined(kind: type[LatewatchError] = LatewatchError, depth: int = 0) -> list[tuple[int, str]]:
    """The same of the classes the module defines, in the order they stand there."""
    below = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return [(depth, kind.__name__), *(pair for child in below for pair in defined(child, depth + 1))]


def test_the_drawn_tree_is_the_tree_of_classes() -> None:
    assert drawn() == defined()
    assert len(drawn()) > 5


def test_every_error_is_a_latewatch_error_and_no_other_exception_is_defined() -> None:
    classes = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert all(issubclass(kind, LatewatchError) for kind in classes)
    assert len(classes) == len(drawn())


@pytest.mark.parametrize(
    ("error", "line"),
    [
        pytest.param(ConfigError("config.toml", "mail.port", "cần số nguyên"), "config.toml: mail.port: cần số nguyên", id="a key"),
        pytest.param(ConfigError(Path("config.toml"), "", "không đọc được"), "config.toml: không đọc được", id="a whole file"),
        pytest.param(SourceError("xuat.xlsx", "tệp rỗng"), "xuat.xlsx: tệp rỗng", id="a source"),
        pytest.param(RecordError(Place("xuat.xlsx", "Sheet1", 7), "Ngày nhận", "“31/02/2026” không có"), "xuat.xlsx, trang tính “Sheet1”, dòng 7, cột “Ngày nhận”: “31/02/2026” không có", id="a cell"),
        pytest.param(RecordError(Place("xuat.csv", row=3), "", "thiếu mã hồ sơ"), "xuat.csv, dòng 3: thiếu mã hồ sơ", id="a row without a sheet"),
        pytest.param(RecordError(Place("xuat.csv"), "", "hỏng"), "xuat.csv: hỏng", id="a place without a row"),
        pytest.param(DeliveryError("smtp.example", "từ chối", passing=True), "smtp.example: từ chối", id="a server"),
    ],
)  # fmt: skip
def test_the_line_says_where_and_what(error: LatewatchError, line: str) -> None:
    assert str(error) == line


def test_a_gap_names_the_year_what_is_known_and_the_file_to_add() -> None:
    line = str(CalendarGap(date(2028, 1, 3), date(2021, 1, 1), date(2027, 12, 31)))
    assert line.startswith("Chưa có lịch làm việc năm 2028 (cần cho ngày 03/01/2028")
    assert "từ 01/01/2021 đến 31/12/2027" in line
    assert "Hãy thêm tệp 2028.toml" in line
    assert "[calendar] folder" in line


def test_a_later_try_may_mend_what_is_passing_only() -> None:
    assert not SourceError("xuat.xlsx", "tệp hỏng").passing
    assert SourceError("https://vi-du.example", "hết giờ chờ", passing=True).passing
    assert DeliveryError("smtp.example", "đang bận", passing=True).passing
    assert not DeliveryError("smtp.example", "sai mật khẩu", passing=False).passing


def test_a_caller_may_catch_the_wider_kind() -> None:
    with pytest.raises(SourceError):
        raise RecordError(Place("xuat.csv", row=3), "", "thiếu mã hồ sơ")
    with pytest.raises(LatewatchError):
        raise LetterError("hồ sơ đã có văn bản xin lỗi")
