"""JSON interfaces, asked over real HTTP on loopback: what is tried again, who may ask, what is never shown."""

import logging
import time
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from systems_server import (
    CLIENT_SECRET,
    SECRET_VARIABLE,
    Mishap,
    Reply,
    Request,
    System,
    cut,
    hurry,
    silence,
    status,
)

from latewatch.config import Source
from latewatch.errors import ConfigError, LatewatchError, SourceError
from latewatch.sources.systems.api import Api
from latewatch.sources.web import fetch

OK = {"content": [{"code": "H36.12-261102-0001"}]}


class Item(Struct):
    code: str


class Answer(Struct):
    content: list[Item]


class Plain(System):
    """Gives the next of `answers`, the last one for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Reply | object] = [OK]

    def answer(self, _request: Request) -> Reply | object:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Guarded(Plain):
    wants_token = True


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def plain() -> Iterator[Plain]:
    with Plain() as system:
        yield system


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    with Guarded() as system:
        yield system


def ask(source: Source, times: int = 1) -> list[str]:
    """Ask in one run, and return the codes of the last answer."""
    with Api(source) as api:
        answers = [api.get("ho-so", {"page": 1}, Answer) for _ in range(times)]
    return [item.code for item in answers[-1].content]


def refused(source: Source) -> SourceError:
    with pytest.raises(SourceError) as error:
        ask(source)
    return error.value


CODES = ["H36.12-261102-0001"]


class TestAsking:
    def test_a_question(self, plain: Plain) -> None:
        with Api(plain.source(url=f"{plain.base}/api/?khoa=1")) as api:
            answer = api.get("/pa/ho-so", {"page": 0, "trang-thai": "2,3"}, Answer, {"groupId": "35"})
        asked = plain.asked[0]
        assert answer.content[0].code == CODES[0]
        assert (asked.method, asked.path) == ("GET", "/api/pa/ho-so")
        assert asked.query == {"khoa": "1", "page": "0", "trang-thai": "2,3"}
        assert (asked.headers["groupid"], asked.headers["user-agent"]) == ("35", "latewatch")
        assert "authorization" not in asked.headers

    def test_a_question_put_as_json(self, plain: Plain) -> None:
        with Api(plain.source()) as api:
            api.post("", {"service": "TraCuuHoSo", "madonvi": "H36"}, Answer)
        asked = plain.asked[0]
        assert (asked.method, asked.path) == ("POST", "/")
        assert asked.json == {"service": "TraCuuHoSo", "madonvi": "H36"}
        assert asked.headers["content-type"] == "application/json"

    def test_no_faster_than_the_source_bears(self, plain: Plain) -> None:
        begun = time.monotonic()
        ask(plain.source(requests_per_second=25), times=6)
        assert time.monotonic() - begun >= 5 / 25


PASSING = [
    pytest.param(status(429, Retry_After="0"), id="asked too often"),
    pytest.param(status(500), id="a server that fails"),
    pytest.param(status(503, Retry_After="0"), id="a server that is busy"),
    pytest.param(silence(0.3), id="no answer in time"),
    pytest.param(cut(), id="cut in the middle"),
]


class TestTries:
    @pytest.mark.parametrize("mishap", PASSING)
    def test_what_passes_is_tried_again(self, plain: Plain, mishap: Mishap) -> None:
        plain.befall(1, 2, mishap=mishap)
        assert ask(plain.source(timeout_seconds=0.2)) == CODES
        assert len(plain.asked) == 3

    @pytest.mark.parametrize("mishap", PASSING)
    def test_what_does_not_pass_in_time_is_left_for_the_next_run(self, plain: Plain, mishap: Mishap) -> None:
        plain.befall(mishap=mishap)
        error = refused(plain.source(timeout_seconds=0.2, retries=1))
        assert (error.passing, len(plain.asked)) == (True, 2)
        assert "thử lại ở lần chạy sau" in str(error)
        assert str(error).startswith(f"{plain.base}/ho-so: ")

    def test_a_server_that_asks_to_wait_is_given_the_time(self, plain: Plain) -> None:
        plain.befall(1, mishap=status(429, Retry_After="1"))
        begun = time.monotonic()
        assert ask(plain.source()) == CODES
        assert 1.0 <= time.monotonic() - begun < 4.0

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            pytest.param(Reply(401), "HTTP 401: địa chỉ đòi đăng nhập hoặc mã truy cập không đúng; kiểm tra token_file", id="401"),
            pytest.param(Reply(403), "HTTP 403: mã truy cập không có quyền đọc", id="403"),
            pytest.param(Reply(404), "HTTP 404: không có gì ở địa chỉ này; kiểm tra khóa url", id="404"),
            pytest.param(Reply(407), "HTTP 407: máy chủ trung gian (proxy) đòi đăng nhập", id="407"),
            pytest.param({"content": [{"code": 7}]}, "câu trả lời không đúng dạng của hệ thống này (khóa content[0].code cần `str`, nhận được `int`)", id="another kind of value"),
            pytest.param({"items": []}, "khóa gốc thiếu `content`", id="another document"),
            pytest.param(Reply(body=b'{"content": ['), "không phải JSON trọn vẹn", id="no whole document"),
            pytest.param(Reply(body=b'{"content": [{"code": "\xff"}]}'), "không phải UTF-8", id="no text"),
            pytest.param(Reply(body=b"[" * 100_000 + b"]" * 100_000), "không đúng dạng", id="nested too deep"),
            pytest.param(Reply(body=b"<html>", headers={"Content-Type": "text/html"}), "trả về trang web, không phải dữ liệu", id="a page to log in"),
        ],
    )  # fmt: skip
    def test_what_does_not_pass_is_asked_once(self, plain: Plain, answer: Reply | object, words: str) -> None:
        plain.answers = [answer]
        error = refused(plain.source())
        assert words in str(error)
        assert (error.passing, len(plain.asked)) == (False, 1)

    def test_nesting_where_anything_may_stand(self, plain: Plain) -> None:
        plain.answers = [Reply(body=b"[" * 100_000 + b"]" * 100_000)]
        with Api(plain.source()) as api, pytest.raises(SourceError, match="lồng quá sâu"):
            api.get("", {}, list[Any])

    def test_an_answer_that_is_too_large(self, plain: Plain) -> None:
        plain.answers = [Reply(body=b" " * 1_100_000)]
        assert "lớn hơn 1 MB" in str(refused(plain.source(max_megabytes=1)))

    def test_what_a_misfit_holds_is_not_shown(self, plain: Plain) -> None:
        class Strict(Struct, forbid_unknown_fields=True):
            a: int = 0

        plain.answers = [{"Nguyễn Văn Ví Dụ": 1}]
        with Api(plain.source()) as api, pytest.raises(SourceError) as error:
            api.get("", {}, Strict)
        assert "Ví Dụ" not in str(error.value)


class TestGivenTokens:
    def test_a_token_is_sent(self, plain: Plain, tmp_path: Path) -> None:
        (tmp_path / "ma").write_text("ma-1\n", encoding="utf-8")
        ask(plain.source(token_file=tmp_path / "ma"))
        assert plain.asked[0].headers["authorization"] == "Bearer ma-1"

    def test_a_token_that_was_written_anew_is_read_again(self, plain: Plain, tmp_path: Path) -> None:
        file = tmp_path / "ma"
        file.write_text("ma-1", encoding="utf-8")
        with Api(plain.source(token_file=file)) as api:
            api.get("", {}, Answer)
            file.write_text("ma-2", encoding="utf-8")
            plain.befall(2, mishap=status(401))
            api.get("", {}, Answer)
        assert [each.headers["authorization"] for each in plain.asked] == [
            "Bearer ma-1",
            "Bearer ma-1",
            "Bearer ma-2",
        ]

    def test_a_token_that_is_still_the_same_is_not_tried_again(self, plain: Plain, tmp_path: Path) -> None:
        (tmp_path / "ma").write_text("ma-1", encoding="utf-8")
        plain.befall(mishap=status(401))
        refused(plain.source(token_file=tmp_path / "ma"))
        assert len(plain.asked) == 1

    def test_a_token_stays_with_its_host(self, plain: Plain, tmp_path: Path) -> None:
        (tmp_path / "ma").write_text("ma-1", encoding="utf-8")
        with Plain() as other:
            plain.answers = [Reply(302, headers={"Location": f"{other.base}/ho-so"})]
            assert ask(plain.source(token_file=tmp_path / "ma")) == CODES
            assert "authorization" not in other.asked[0].headers

    def test_a_question_put_as_json_is_not_taken_elsewhere(self, plain: Plain) -> None:
        with Plain() as other:
            plain.answers = [Reply(307, headers={"Location": other.base})]
            with Api(plain.source()) as api, pytest.raises(SourceError, match="HTTP 307"):
                api.post("", {"session": "x"}, Answer)
            assert other.asked == []


class TestLogin:
    """OpenID Connect, client credentials."""

    def test_one_token_serves_a_run(self, guarded: Guarded) -> None:
        assert ask(guarded.source(scope="openid"), times=3) == CODES
        assert (len(guarded.tokens), len(guarded.asked)) == (1, 3)

    def test_a_token_that_expired_is_renewed_and_the_request_repeated(self, guarded: Guarded) -> None:
        with Api(guarded.source()) as api:
            api.get("", {}, Answer)
            guarded.expire_tokens()
            assert api.get("", {}, Answer).content[0].code == CODES[0]
        assert (len(guarded.tokens), len(guarded.asked)) == (2, 3)

    def test_a_token_near_its_end_is_renewed_before(self, guarded: Guarded) -> None:
        guarded.token_seconds = 3
        ask(guarded.source(), times=2)
        assert (len(guarded.tokens), len(guarded.asked)) == (2, 2)

    def test_a_token_that_is_never_taken_is_renewed_once(self, guarded: Guarded) -> None:
        guarded.befall(mishap=status(401))
        error = refused(guarded.source())
        assert "kiểm tra client_id, client_secret và scope" in str(error)
        assert (error.passing, len(guarded.tokens), len(guarded.asked)) == (False, 2, 2)

    def test_a_wrong_secret(self, guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(SECRET_VARIABLE, "sai")
        error = refused(guarded.source())
        assert f"{guarded.base}/token: không cấp mã truy cập (invalid_client)" in str(error)
        assert "mat khau sai" not in str(error)
        assert (error.passing, guarded.asked) == (False, [])

    @pytest.mark.parametrize(
        ("answers", "words", "passing"),
        [
            pytest.param([Reply(500)] * 3, "HTTP 500: máy chủ đang lỗi", True, id="a server that fails"),
            pytest.param([Reply(404)], "HTTP 404", False, id="another address"),
            pytest.param([Reply(302, headers={"Location": "https://example.com"})], "HTTP 302", False, id="an address that moved"),
            pytest.param([{"token": "x"}], "trả lời không có mã truy cập", False, id="no token in it"),
            pytest.param([{"access_token": "hai từ"}], "trả lời không có mã truy cập", False, id="no token at all"),
            pytest.param([["x"]], "trả lời không có mã truy cập", False, id="another document"),
            pytest.param([Reply(body=b"<html>")], "trả lời không có mã truy cập", False, id="a page"),
            pytest.param([Reply(body=b" " * 100_000)], "trả lời không có mã truy cập", False, id="a token without end"),
            pytest.param([{"error": "Nguyễn Văn Ví Dụ", "error_description": "x"}], "không cấp mã truy cập (không rõ lý do)", False, id="whatever a server may say"),
        ],
    )  # fmt: skip
    def test_a_server_that_gives_no_token(
        self, guarded: Guarded, monkeypatch: pytest.MonkeyPatch, answers: list[Any], words: str, passing: bool
    ) -> None:
        told = iter(answers)
        monkeypatch.setattr(guarded, "give_token", lambda _request: next(told))
        error = refused(guarded.source())
        assert words in str(error)
        assert str(error).startswith(f"{guarded.base}/token: ")
        assert (error.passing, next(told, None)) == (passing, None)

    def test_a_secret_that_is_not_there(self, guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(SECRET_VARIABLE)
        with pytest.raises(ConfigError, match="client_secret_env: biến môi trường"):
            ask(guarded.source())


class TestSpreadsheets:
    """The address of a spreadsheet takes the same tokens."""

    def test_a_login_and_a_token_that_expires(self, guarded: Guarded, tmp_path: Path) -> None:
        guarded.answers = [Reply(body=b"ma,trang thai", headers={"Content-Type": "text/csv"})]
        first = fetch(guarded.source(url=f"{guarded.base}/a.csv"), {}, tmp_path)
        guarded.expire_tokens()
        guarded.tokens.clear()
        assert first is not None
        assert first.content == b"ma,trang thai"
        guarded.befall(2, mishap=status(401))
        assert fetch(guarded.source(url=f"{guarded.base}/a.csv"), {}, tmp_path) is not None
        assert len(guarded.tokens) == 2

    def test_a_token_that_was_written_anew(self, plain: Plain, tmp_path: Path) -> None:
        file = tmp_path / "ma"
        file.write_text("ma-1", encoding="utf-8")

        def renew(handler: BaseHTTPRequestHandler) -> None:
            file.write_text("ma-2", encoding="utf-8")
            status(401)(handler)

        plain.befall(1, mishap=renew)
        assert fetch(plain.source(token_file=file), {}, tmp_path) is not None
        assert plain.asked[1].headers["authorization"] == "Bearer ma-2"


class TestProxies:
    def test_the_proxy_of_the_source(self, plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", "")
        assert ask(plain.source(url="http://mot-cua.example.com/api", proxy=plain.base)) == CODES
        assert plain.asked[0].headers["host"] == "mot-cua.example.com"

    def test_the_proxy_of_the_machine(self, plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("HTTP_PROXY", plain.base)
        assert ask(plain.source(url="http://mot-cua.example.com/api")) == CODES

    def test_a_proxy_that_refuses_a_tunnel(self, plain: Plain) -> None:
        error = refused(plain.source(url="https://mot-cua.example.com/api", proxy=plain.base, retries=0))
        assert "máy chủ trung gian từ chối; kiểm tra khóa proxy" in str(error)

    def test_no_proxy_at_all(self, plain: Plain) -> None:
        error = refused(plain.source(proxy="http://localhost:1", retries=0))
        assert error.passing


PERSON = "012345678901"
SECRET_PARTS = ("ma-truy-cap", CLIENT_SECRET, "khoa-bi-mat", "nguoi:", "mat-khau-dia-chi", PERSON)


@pytest.mark.parametrize(
    "mishap", [*PASSING, pytest.param(status(401), id="401"), pytest.param(status(200, b"{}"), id="a misfit")]
)
def test_no_secret_is_in_any_message_log_or_traceback(
    guarded: Guarded, caplog: pytest.LogCaptureFixture, mishap: Mishap
) -> None:
    caplog.set_level(logging.DEBUG)
    guarded.befall(mishap=mishap)
    login = guarded.base.replace("//", "//nguoi:mat-khau-dia-chi@")
    url = f"{login}/api?key=khoa-bi-mat"
    source = guarded.source(url=url, token_url=f"{guarded.base}/token?key=khoa-bi-mat", timeout_seconds=0.2)
    with Api(source) as api, pytest.raises(LatewatchError) as error:
        api.get("ho-so", {"identity-number": PERSON}, Answer)
    told = "".join(traceback.format_exception(error.value)) + caplog.text
    assert [secret for secret in SECRET_PARTS if secret in told] == []
