"""config.toml: what is refused, and that each refusal names file, key and what was expected."""

import os
from datetime import time
from pathlib import Path

import pytest

from latewatch.config import Mail, Office, Paths, Settings, load, secret
from latewatch.domain.deadline import Decider
from latewatch.errors import ConfigError

OFFICE = '[office]\nname = "UBND xã Ví Dụ"\n'
UNIT = OFFICE + '[[units]]\ncode = "PKT"\nname = "Phòng Kinh tế"\n'
SOURCE = OFFICE + '[[sources]]\nname = "xuat-tep"\nfolder = "in"\n'
URL = OFFICE + '[[sources]]\nname = "xuat-tep"\nurl = "https://motcua.example.com/ho-so.xlsx"\n'
LOGIN = URL + 'token_url = "https://sso.example.com/token"\n'
DESK = UNIT + '[[desks]]\ncode = "quay-1"\nname = "Quầy số 1"\n'


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        # keys
        pytest.param(OFFICE + 'governing_bdy = "x"', "office.governing_bdy", "khóa lạ; có phải “governing_body”?", id="a slip of the pen"),
        pytest.param(OFFICE + 'mau = "xanh"', "office.mau", "khóa lạ; các khóa có ở đây: name, governing_body,", id="a key like no other"),
        pytest.param(OFFICE + "[mail]\nstale_after_hours = 24", "mail.stale_after_hours", "khóa này nay là stale_after_working_hours trong bảng [feed]", id="a key that went elsewhere"),
        pytest.param(OFFICE + "[leters]\n", "leters", "khóa lạ; có phải “letters”?", id="an unknown table"),
        pytest.param(UNIT + 'alias = ["x"]', "units[0].alias", "khóa lạ; có phải “aliases”?", id="an unknown key of a unit"),
        pytest.param('[office]\nplace = "Ví Dụ"', "office.name", "thiếu khóa bắt buộc", id="an office without its name"),
        pytest.param("", "office", "thiếu khóa bắt buộc", id="an empty file"),
        pytest.param(UNIT + '[[units]]\nname = "Phòng Văn hóa"', "units[1].code", "thiếu khóa bắt buộc", id="the second unit without its code"),
        pytest.param(SOURCE + '[[procedures]]\nname = "x"\nlimit = "5 ngày?"', "procedures[0].limit", "không phải thời hạn", id="a limit nobody can read"),
        pytest.param(SOURCE + '[[procedures]]\nname = "x"\nlimit = "0d"', "procedures[0].limit", "nếu giải quyết ngay hãy ghi 0", id="a limit of no days"),
        pytest.param(SOURCE + '[[procedures]]\nname = "x"\nlimit = "10000d"', "procedures[0].limit", "dài quá 750", id="a limit of decades"),
        pytest.param(SOURCE + '[[procedures]]\ncode = "1.1"\nname = "x"\n[[procedures]]\ncode = "1.1"\nname = "y"', "procedures", "“1.1 y” có hai mục cùng hiệu lực", id="a procedure twice"),
        pytest.param(SOURCE + '[[procedures]]\nname = "x"\nvalid_from = 2026-07-01\nvalid_until = 2026-06-30', "procedures[0].valid_until", "trước khi có hiệu lực", id="effective until before it is"),
        # kinds
        pytest.param("[office]\nname = 1", "office.name", "cần chuỗi trong dấu nháy, không phải “1”", id="a number for a name"),
        pytest.param('office = "UBND xã Ví Dụ"', "office", "cần bảng { … }, không phải “UBND xã Ví Dụ”", id="a name for a table"),
        pytest.param(OFFICE + '[units]\ncode = "PKT"\nname = "x"', "units", "cần danh sách bảng [ … ], không phải bảng", id="[units] for [[units]]"),
        pytest.param(UNIT + 'aliases = "P. Kinh tế"', "units[0].aliases", "cần danh sách chuỗi [ … ], không phải “P. Kinh tế”", id="one alias without its list"),
        pytest.param(UNIT + 'aliases = ["a", 2]', "units[0].aliases[1]", "cần chuỗi trong dấu nháy, không phải “2”", id="a number in a list"),
        pytest.param(UNIT + "deputy_title = false", "units[0].deputy_title", "cần chuỗi trong dấu nháy, không phải true hoặc false", id="false for none"),
        pytest.param(SOURCE + "headings = { code = 1 }", "sources[0].headings", "cần bảng chuỗi { … }", id="a number for a heading"),
        pytest.param(OFFICE + "[mail]\nport = 0", "mail.port", "cần số nguyên ≥ 1, ≤ 65535, không phải “0”", id="too small"),
        pytest.param(OFFICE + "[mail]\nport = 65536", "mail.port", "cần số nguyên ≥ 1, ≤ 65535, không phải “65536”", id="too large"),
        pytest.param(OFFICE + '[mail]\nport = "587"', "mail.port", "cần số nguyên ≥ 1, ≤ 65535", id="a port in quotes"),
        pytest.param(OFFICE + "[letters]\nnew_date_working_days = 0", "letters.new_date_working_days", "cần số nguyên ≥ 1, không phải “0”", id="a new date today"),
        pytest.param(OFFICE + "[letters]\nlead_working_days = -1", "letters.lead_working_days", "cần số nguyên ≥ 0", id="a negative lead"),
        pytest.param(OFFICE + "[letters]\nlead_working_days = 1.5", "letters.lead_working_days", "cần số nguyên ≥ 0, không phải “1.5”", id="half a day"),
        pytest.param(SOURCE + "timeout_seconds = 0", "sources[0].timeout_seconds", "cần số > 0, ≤ 600", id="no time at all"),
        pytest.param(OFFICE + '[schedule]\ndigest_at = "7:30"', "schedule.digest_at", "cần giờ, ví dụ 07:30:00, không phải “7:30”", id="a time in quotes"),
        pytest.param(OFFICE + "[schedule]\ndigest_at = 2026-11-12", "schedule.digest_at", "cần giờ, ví dụ 07:30:00", id="a date for a time"),
        pytest.param(OFFICE + "[paths]\nletters = 1", "paths.letters", "cần đường dẫn trong dấu nháy", id="a number for a path"),
        pytest.param(OFFICE + '[paths]\nletters = ""', "paths.letters", "không được để trống", id="an empty path"),
        # choices
        pytest.param(OFFICE + '[counting]\ndue = "hen"', "counting.due", "giá trị 'hen' không có; chọn trong: “computed”, “promised”", id="unknown decider"),
        pytest.param(OFFICE + "[counting]\nperiod = 15", "counting.period", 'cần một trong "15-14", "calendar", không phải “15”', id="a number for a choice"),
        pytest.param(OFFICE + '[letters]\nform = "mau-04"', "letters.form", "chọn trong: “tt03-2025”, “tt01-2018”", id="unknown form"),
        pytest.param(SOURCE + 'limit_unit = "w"', "sources[0].limit_unit", "chọn trong: “d”, “cd”", id="unknown unit of limits"),
        pytest.param(SOURCE + 'status_words = { "Chờ ký" = "signing" }', "sources[0].status_words.“Chờ ký”", "“signing” không có; chọn trong: waiting, received,", id="unknown meaning of a status word"),
        pytest.param(SOURCE + 'channel_words = { "Qua mạng" = "online" }', "sources[0].channel_words.“Qua mạng”", "“online” không có; chọn trong: online full,", id="unknown meaning of a channel word"),
        # what cannot be meant
        pytest.param(OFFICE + '[[sources]]\nname = "x"', "sources[0]", "cần đúng một trong hai khóa folder và url", id="neither folder nor url"),
        pytest.param(SOURCE + 'url = "https://motcua.example.com/x"', "sources[0]", "cần đúng một trong hai khóa folder và url", id="folder and url"),
        pytest.param(URL.replace("https", "ftp"), "sources[0].url", "cần địa chỉ bắt đầu bằng http:// hoặc https://", id="an address of another kind"),
        pytest.param(URL + 'token_url = "sso.example.com"', "sources[0].token_url", "cần địa chỉ bắt đầu bằng http:// hoặc https://", id="a login at no address"),
        pytest.param(OFFICE + '[signing]\ntimestamp_url = "tsa.example.com"', "signing.timestamp_url", "cần địa chỉ bắt đầu bằng http:// hoặc https://", id="a time stamp server at no address"),
        pytest.param(URL + 'proxy = "proxy.example.com:3128"', "sources[0].proxy", "cần địa chỉ bắt đầu bằng http:// hoặc https://", id="a proxy at no address"),
        pytest.param(URL + 'client_id = "latewatch"', "sources[0].client_id", "chỉ dùng cùng token_url", id="a client without a login"),
        pytest.param(URL + 'scope = "openid"', "sources[0].scope", "chỉ dùng cùng token_url", id="a scope without a login"),
        pytest.param(LOGIN + 'client_secret_env = "S"', "sources[0].client_id", "token_url cần client_id", id="a login without a client"),
        pytest.param(LOGIN + 'client_id = "latewatch"', "sources[0].client_secret_file", "hãy đặt client_secret_file hoặc client_secret_env", id="a login without a secret"),
        pytest.param(LOGIN + 'client_id = "latewatch"\ntoken_file = "ma.txt"', "sources[0].token_url", "không dùng cùng token_file, token_env", id="a login and a token"),
        pytest.param(OFFICE + '[[procedures]]\nname = "x"\nlimit = "5"', "procedures[0].limit", "“5” không phải thời hạn; hãy viết 5d", id="a limit without its unit"),
        pytest.param(OFFICE + '[[procedures]]\nlimit = "5d"', "procedures[0]", "cần code hoặc name của thủ tục", id="a limit of nothing"),
        pytest.param(UNIT + '[[units]]\ncode = "PKT"\nname = "x"', "units", "“PKT” có hai lần", id="a unit twice"),
        pytest.param(UNIT + '[[units]]\ncode = "co-quan"\nname = "x"', "units", "là tên sổ văn bản chung của cơ quan", id="a unit called as the office's register"),
        pytest.param(DESK + '[[desks]]\ncode = "quay-1"\nname = "x"', "desks", "“quay-1” có hai lần", id="a desk twice"),
        pytest.param(SOURCE + SOURCE.removeprefix(OFFICE), "sources", "“xuat-tep” có hai lần", id="a source twice"),
        pytest.param(DESK + 'units = ["PVH"]', "desks[0].units", "không có đơn vị mã “PVH” trong [[units]]", id="a desk that watches a stranger"),
        # files
        pytest.param("[office]\nname = UBND", "", "không phải TOML hợp lệ ở dòng 2, cột 8; chữ phải nằm trong dấu nháy", id="a word without quotes"),
        pytest.param(OFFICE + 'name = "lần nữa"\n', "", "không phải TOML hợp lệ ở dòng 3", id="a key twice"),
        pytest.param('[office]\nname = "', "", "không phải TOML hợp lệ", id="cut short"),
        pytest.param(OFFICE.encode("utf-16"), "", "không đọc được: tệp phải được lưu bằng bảng mã UTF-8", id="another encoding"),
    ],
)  # fmt: skip
def test_a_refused_file_names_file_key_and_what_was_expected(
    tmp_path: Path, text: str | bytes, key: str, problem: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.file == file
    assert caught.value.key == key
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"{file}: {key}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: không có tệp cấu hình; hãy chạy `latewatch init`"):
        load(tmp_path / "config.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="không đọc được: là thư mục, không phải tệp"):
        load(tmp_path)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    file = written(tmp_path, OFFICE)
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match="không đọc được: hãy kiểm tra quyền đọc của tệp"):
        load(file)


def test_the_smallest_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load(written(tmp_path, OFFICE))
    assert settings == Settings(
        office=Office(name="UBND xã Ví Dụ"),
        paths=Paths(
            database=tmp_path / "latewatch.db",
            letters=tmp_path / "letters",
            reports=tmp_path / "reports",
            outbox=tmp_path / "outbox",
        ),
    )
    assert settings.counting.due is Decider.COMPUTED
    assert settings.schedule.digest_at == time(7, 30)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    assert load(written(tmp_path, OFFICE.encode("utf-8-sig"))).office.name == "UBND xã Ví Dụ"


# Paths


def test_relative_paths_start_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "nơi khác"
    elsewhere.mkdir()
    (tmp_path / "cơ quan").mkdir()
    written(tmp_path / "cơ quan", SOURCE + '[calendar]\nfolder = "lich"\n[letters]\ntemplates = "../mau"')
    monkeypatch.chdir(elsewhere)
    settings = load(Path("../cơ quan/config.toml"))
    assert settings.sources[0].folder == tmp_path / "cơ quan" / "in"
    assert settings.calendar.folder == tmp_path / "cơ quan" / "lich"
    assert settings.letters.templates == tmp_path / "cơ quan" / "../mau"
    assert settings.paths.database == tmp_path / "cơ quan" / "latewatch.db"


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    settings = load(written(tmp_path, SOURCE.replace('"in"', '"/srv/xuat"')))
    assert settings.sources[0].folder == Path("/srv/xuat")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nhà"))
    settings = load(written(tmp_path, SOURCE.replace('"in"', '"~/xuat"')))
    assert settings.sources[0].folder == tmp_path / "nhà" / "xuat"


# Frozen


def test_settings_are_frozen_and_compare_by_content(tmp_path: Path) -> None:
    file = written(tmp_path, DESK + SOURCE.removeprefix(OFFICE))
    settings = load(file)
    assert settings == load(file)
    for section in (settings, settings.office, settings.units[0], settings.sources[0], settings.mail):
        with pytest.raises(AttributeError):
            setattr(section, section.__struct_fields__[0], "khác")


def test_an_empty_deputy_title_is_not_the_same_as_none(tmp_path: Path) -> None:
    settings = load(written(tmp_path, UNIT + 'deputy_title = ""\n[[units]]\ncode = "PVH"\nname = "x"'))
    assert [unit.deputy_title for unit in settings.units] == ["", None]


# Secrets


def test_no_setting_holds_a_secret_itself() -> None:
    names = [name for name in Mail.__struct_fields__ if "password" in name or "token" in name]
    assert names == ["password_file", "password_env"]


def test_a_secret_comes_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    file = tmp_path / "mat-khau"
    file.write_text("mật khẩu dài\n", encoding="utf-8")
    assert secret("mail.password", file, "") == "mật khẩu dài"


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAT_KHAU_THU", "bí mật")
    assert secret("mail.password", None, "MAT_KHAU_THU") == "bí mật"


def test_the_file_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAT_KHAU_THU", "của biến")
    file = tmp_path / "mat-khau"
    file.write_text("của tệp", encoding="utf-8")
    assert secret("mail.password", file, "MAT_KHAU_THU") == "của tệp"


def test_where_none_is_named_there_is_none() -> None:
    assert secret("mail.password", None, "") == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not text"])
def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "mat-khau"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match="không đọc được tệp bí mật") as caught:
        secret("mail.password", file, "")
    assert (caught.value.file, caught.value.key) == (file, "mail.password_file")


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_variable_that_holds_nothing_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("MAT_KHAU_THU", raising=False)
    if value is not None:
        monkeypatch.setenv("MAT_KHAU_THU", value)
    assert not os.environ.get("MAT_KHAU_THU")
    with pytest.raises(ConfigError, match=r"môi trường: mail\.password_env: biến môi trường MAT_KHAU_THU"):
        secret("mail.password", None, "MAT_KHAU_THU")


def test_no_message_repeats_what_a_secret_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "mat-khau"
    file.write_bytes(b"mat-khau-that\xff")
    with pytest.raises(ConfigError) as caught:
        secret("mail.password", file, "")
    assert "mat-khau-that" not in str(caught.value)
