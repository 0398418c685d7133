"""Text messages through a gateway: what it is sent, and what each of its answers does to the letter."""

import ssl
import threading
from datetime import date, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from offices import NOW
from outgoing import TextGateway, go_on, outcomes, person, rows_of, send, sending, sign, states_of

from latewatch.config import TEXT_MESSAGE, load
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.domain.letters.sending import LetterChannel
from latewatch.domain.letters.text_message import FACTS, LONGEST, data_of, facts_of, text_of, words_problem
from latewatch.errors import ConfigError, DeliveryError, LetterError
from latewatch.notify.gateway import Gateway, TextMessage

MESSAGE = LetterChannel.MESSAGE
ONLY = '[sending]\nchannels = ["message"]\nnotify_desk = false\n'
TOKEN = "ma-bi-mat-7"


def letter(**facts: object) -> Letter:
    usual = {
        "head": Letterhead(
            governing_body="UBND xã Ví Dụ",
            issuing_body="PHÒNG KINH TẾ",
            place="Ví Dụ",
            signer_title="Trưởng phòng",
            unit_name="Phòng Kinh tế",
        ),
        "form": LetterForm.EXTENSION,
        "title": "",
        "dated": date(2026, 11, 12),
        "code": "H36.12-261102-0007",
        "applicant": "Nguyễn Văn Ví Dụ",
        "address": "Thôn Mẫu",
        "phone": "0912345678",
        "received_at": None,
        "procedure": "Thủ tục Ví Dụ",
        "field": "Hộ tịch",
        "promised_on": date(2026, 11, 13),
        "new_date": date(2026, 11, 20),
        "reason": "Chờ ý kiến",
    }
    return Letter(**{**usual, **facts})


class TestWords:
    def test_the_office_says_it_in_its_own_words(self) -> None:
        text = text_of(TEXT_MESSAGE, facts_of(letter(), "07/PXL"))
        assert text == (
            "Phòng Kinh tế xin lỗi vì hồ sơ H36.12-261102-0007 không kịp ngày hẹn trả 13/11/2026. "
            "Ngày hẹn trả mới: 20/11/2026. Văn bản xin lỗi số 07/PXL được gửi riêng."
        )

    def test_there_is_nothing_personal_to_say(self) -> None:
        told = " ".join(facts_of(letter(), "07/PXL").values())
        for personal in ("Nguyễn", "Mẫu", "0912", "Chờ ý kiến"):
            assert personal not in told

    @pytest.mark.parametrize(
        ("words", "problem"),
        [
            ("Xem https://motcua.example", "liên kết"),
            ("Xem www.motcua", "liên kết"),
            ("Xem motcua.vidu.gov.vn nhé", "liên kết"),
            ("Bấm bit.ly/x", "liên kết"),
            ("Kính gửi {applicant}", "{applicant}"),
            ("Hồ sơ {code", "dấu ngoặc"),
            ("Hồ sơ {}", "{}"),
            ("x" * 401, "401 ký tự"),
        ],
    )
    def test_words_that_would_not_do_are_refused_with_the_configuration(
        self, tmp_path: Path, words: str, problem: str
    ) -> None:
        assert problem in words_problem(words)
        file = tmp_path / "config.toml"
        file.write_text(f'[office]\nname = "Xã Ví Dụ"\n[gateway]\ntext = "{words}"\n', encoding="utf-8")
        with pytest.raises(ConfigError, match=r"gateway\.text"):
            load(file)

    def test_facts_may_make_it_too_long_or_bring_a_link(self) -> None:
        facts = facts_of(letter(code="H" * 390), "07/PXL")
        with pytest.raises(LetterError, match="nhiều nhất 400"):
            text_of(TEXT_MESSAGE, facts)
        with pytest.raises(LetterError, match="liên kết"):
            data_of({"ma": "code"}, facts_of(letter(code="http://x"), ""))
        with pytest.raises(LetterError, match="nhiều nhất 400"):
            data_of({"a": "code", "b": "code"}, facts_of(letter(code="H" * 250), ""))

    @given(st.text(max_size=500))
    def test_what_is_let_through_can_be_sent(self, words: str) -> None:
        if words_problem(words):
            return
        try:
            text = text_of(words, dict.fromkeys(FACTS, "H1"))
        except LetterError:
            return
        assert len(text) <= LONGEST
        assert "http" not in text.lower() or "http:" not in text.lower()


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('url = "http://sms.example.com"', "gateway.url"),
        ('url = "http://localhost"', "gateway.url"),
        ('url = "ftp://10.0.0.1"', "gateway.url"),
        ('url = "https://"', "gateway.url"),
        ("", "gateway.url"),
        ('url = "https://zalo.example.com"\nkind = "zns"', "gateway.template_id"),
        ('url = "https://sms.example.com"\nparameters = { ten = "applicant" }', "gateway.parameters"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, table: str, key: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[office]\nname = "Xã Ví Dụ"\n{ONLY}[gateway]\n{table}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=key):
        load(file)


def test_an_sms_as_the_gateway_gets_it(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        desk = sending(
            tmp_path / "o",
            gateway.table(brand="XAVIDU", token_file="ma.txt", text="Ho so {code} hen lai {new_date}"),
            ONLY,
            people=[person("H1")],
        )
        (desk.folder / "ma.txt").write_text(f"{TOKEN}\n", encoding="utf-8")
        sign(desk, "H1")
        send(desk)
    assert gateway.taken == [
        {
            "phone": "84912345678",
            "brand": "XAVIDU",
            "message": "Ho so H1 hen lai 20/11/2026",
            "tracking_id": rows_of(desk)[MESSAGE].reference,
        }
    ]
    assert gateway.headers[0]["authorization"] == f"Bearer {TOKEN}"
    assert states_of(desk) == {"message": "sent", "print": "waiting"}
    assert outcomes(desk, "H1", MESSAGE) == ["accepted"]


def test_a_template_message_and_a_token_that_another_program_renews(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        parameters = {"ma_ho_so": "code", "ngay_hen": "new_date", "so": "number"}
        table = gateway.table("zns", template_id="7895417", parameters=parameters, token_file="ma.txt")
        desk = sending(tmp_path / "o", table, ONLY, people=[person("H1"), person("H2")])
        sign(desk, "H1", "H2")
        for code in ("H1", "H2"):
            (desk.folder / "ma.txt").write_text(f"{TOKEN}-{code}", encoding="utf-8")
            send(desk, code=code)
    assert gateway.taken[0] == {
        "phone": "84912345678",
        "template_id": "7895417",
        "template_data": {"ma_ho_so": "H1", "ngay_hen": "20/11/2026", "so": "01/PXL"},
        "tracking_id": rows_of(desk, "H1")[MESSAGE].reference,
    }
    assert [each["access_token"] for each in gateway.headers] == [f"{TOKEN}-H1", f"{TOKEN}-H2"]
    assert gateway.taken[0]["tracking_id"] != gateway.taken[1]["tracking_id"]


OK = b'{"error": 0}'


@pytest.mark.parametrize(
    ("status", "headers", "body", "state", "outcome", "told"),
    [
        (200, {}, b'{"error": 0, "data": {"msg_id": "abc-1"}}', "sent", "accepted", "abc-1"),
        (202, {}, b'{"error": "0", "id": 17}', "sent", "accepted", "17"),
        (200, {}, b'{"error": -108, "message": "phone 84912345678"}', "failed", "refused", "-108"),
        (200, {}, b'{"error": -144}', "waiting", "later", "-144"),
        (200, {}, b"<html>Xin chao</html>", "doubtful", "doubtful", "không hiểu được"),
        (200, {}, b"[]", "doubtful", "doubtful", "không hiểu được"),
        (200, {}, b'{"error": 0' + b" " * 70000 + b"}", "doubtful", "doubtful", "không hiểu được"),
        (204, {}, b"", "doubtful", "doubtful", "không hiểu được"),
        (302, {"Location": "http://127.0.0.1:9/"}, b"", "failed", "refused", "HTTP 302"),
        (400, {}, OK, "failed", "refused", "HTTP 400"),
        (401, {}, OK, "failed", "refused", "gateway.token"),
        (403, {}, OK, "failed", "refused", "quyền gửi"),
        (404, {}, OK, "failed", "refused", "gateway.url"),
        (422, {}, OK, "failed", "refused", "HTTP 422"),
        (408, {}, OK, "waiting", "later", "HTTP 408"),
        (429, {"Retry-After": "3600"}, OK, "waiting", "later", "HTTP 429"),
        (500, {}, OK, "waiting", "later", "HTTP 500"),
        (503, {}, OK, "waiting", "later", "HTTP 503"),
        (502, {}, OK, "doubtful", "doubtful", "HTTP 502"),
        (504, {}, OK, "doubtful", "doubtful", "HTTP 504"),
    ],
)
def test_each_answer(  # noqa: PLR0917  a table of answers
    tmp_path: Path, status: int, headers: dict[str, str], body: bytes, state: str, outcome: str, told: str
) -> None:
    with TextGateway() as gateway:
        gateway.answer = (status, headers, body)
        desk = sending(tmp_path / "o", gateway.table(), ONLY, people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        row = rows_of(desk)[MESSAGE]
        assert row.state.value == state
        assert outcomes(desk, "H1", MESSAGE) == [outcome]
        assert told in (row.problem or _answer(desk))
        assert "84912345678" not in row.problem
        if state in ("failed", "doubtful"):
            go_on(desk, NOW + timedelta(days=3))
            assert len(gateway.taken) == 1
    if status == 429:
        assert row.next_at == NOW + timedelta(hours=1)
    assert states_of(desk)["print"] == "waiting"


def _answer(desk: object) -> str:
    from outgoing import letter_of_dossier  # noqa: PLC0415

    from latewatch.store.letters.traces import delivery_traces  # noqa: PLC0415

    found = letter_of_dossier(desk, "H1")  # type: ignore[arg-type]
    with desk.open() as office, office.store.reading() as connection:  # type: ignore[attr-defined]
        traces = delivery_traces(connection, found.id)
    return next(each.attempts[-1].answer for each in traces if each.channel is MESSAGE)


def test_a_line_that_breaks_is_doubtful_and_not_sent_again(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        gateway.hangs_up = True
        desk = sending(tmp_path / "o", gateway.table(), ONLY, people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        go_on(desk, NOW + timedelta(days=3))
        assert len(gateway.taken) == 1
    assert states_of(desk) == {"message": "doubtful", "print": "waiting"}


def test_a_gateway_that_knows_repeats_is_asked_again_with_the_same_tracking_id(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        gateway.hangs_up = True
        table = gateway.table().rstrip() + "\nrepeats_safely = true\n"
        desk = sending(tmp_path / "o", table, ONLY, people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        assert states_of(desk)["message"] == "waiting"
        gateway.hangs_up = False
        go_on(desk, NOW + timedelta(minutes=10))
        first, second = gateway.taken
    assert first == second
    assert states_of(desk)["message"] == "sent"


def test_nobody_listens(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        pass
    desk = sending(tmp_path / "o", gateway.table(), ONLY, people=[person("H1")])
    sign(desk, "H1")
    send(desk)
    assert states_of(desk)["message"] == "waiting"
    assert outcomes(desk, "H1", MESSAGE) == ["later"]


def test_a_number_that_takes_no_message(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        desk = sending(tmp_path / "o", gateway.table(), ONLY, people=[person("H1", phone="024 3825 1234")])
        sign(desk, "H1")
        send(desk)
        assert gateway.taken == []
    assert states_of(desk) == {"message": "failed", "print": "waiting"}


@pytest.mark.parametrize("token", ["khóa-7", "a b 7", "a\nb 7"])
def test_a_token_that_fits_no_header_stops_before_anything_leaves(tmp_path: Path, token: str) -> None:
    with TextGateway() as gateway:
        desk = sending(tmp_path / "o", gateway.table(token_file="ma.txt"), ONLY, people=[person("H1")])
        (desk.folder / "ma.txt").write_text(token, encoding="utf-8")
        sign(desk, "H1")
        (handled,) = send(desk).handled
        assert gateway.taken == []
    assert "mã bí mật" in handled.problem
    assert token not in handled.problem
    assert rows_of(desk)[MESSAGE].attempts == 0


def test_tls_is_verified_against_the_authority_that_is_set(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    plain = TextGateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), plain.handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_address[1]}/gui"
        message = TextMessage("84912345678", "t-1", text="x")
        trusting = Gateway(url=url, kind="sms", token=str, ca_file=tmp_path / "ca.pem")
        with trusting.client() as client:
            assert trusting.hand_over(client, trusting.request(client, message)).startswith("mã 0")
        doubting = Gateway(url=url, kind="sms", token=str)
        with doubting.client() as client, pytest.raises(DeliveryError, match="ca_file") as caught:
            doubting.hand_over(client, doubting.request(client, message))
        assert not caught.value.passing
        assert not caught.value.doubtful
        assert len(plain.taken) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        plain.close()


def test_settings_of_the_line_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("không phải PEM", encoding="utf-8")
    gateway = Gateway(url="https://10.0.0.1", kind="sms", token=str, ca_file=tmp_path / "ca.pem")
    with pytest.raises(ConfigError, match="ca_file"):
        gateway.client()
    with pytest.raises(ConfigError, match="proxy"):
        Gateway(url="https://10.0.0.1", kind="sms", token=str, proxy="gopher://x").client()


def test_no_secret_in_what_is_shown() -> None:
    gateway = Gateway(url="https://ten:mat-khau@10.0.0.1/gui?key=1", kind="sms", token=lambda: TOKEN)
    assert gateway.where == "https://10.0.0.1"
    assert TOKEN not in repr(gateway)
    assert "84912345678" not in repr(TextMessage("84912345678", "t-1", text="x"))
