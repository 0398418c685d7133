"""The outbox of letters: which channels, when, how often, what becomes of each; real servers on loopback."""

from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import NOW, mail_at
from outgoing import (
    CLERK,
    PDF,
    Mailbox,
    TextGateway,
    go_on,
    letter_of_dossier,
    outcomes,
    person,
    rows_of,
    send,
    sending,
    sign,
    states_of,
    ways_at,
)
from typer.testing import CliRunner

from latewatch import clock
from latewatch.cli.main import app
from latewatch.clock import VIETNAM
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.phone import masked_phone, normalised_phone
from latewatch.domain.letters.sending import (
    LetterChannel,
    Reach,
    carries_letter,
    next_allowed,
    next_try,
    planned,
)
from latewatch.errors import LetterError
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.letters.closing import cancel_letters
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.outbox import fill
from latewatch.jobs.letters.outbox_list import outbox
from latewatch.jobs.letters.sending import send_again
from latewatch.notify.composing import new_message
from latewatch.scheduler import send_waiting
from latewatch.store.letters.life import changes_of
from latewatch.store.letters.outbox import claim
from latewatch.store.letters.printed import note_print

EMAIL, MESSAGE, PRINT, DESK = (
    LetterChannel.EMAIL,
    LetterChannel.MESSAGE,
    LetterChannel.PRINT,
    LetterChannel.DESK,
)
BOTH = '[sending]\nchannels = ["email", "message"]\n'


def at(clock: str, day: int = 12) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


class TestPlan:
    @pytest.mark.parametrize(
        ("email", "phone", "signed", "channels"),
        [
            (True, True, True, [EMAIL, MESSAGE, DESK]),
            (True, False, True, [EMAIL, DESK]),
            (False, True, True, [MESSAGE, PRINT, DESK]),
            (False, False, True, [PRINT, DESK]),
            (True, True, False, [EMAIL, MESSAGE, PRINT, DESK]),
        ],
    )
    def test_what_carries_no_letter_is_joined_by_paper(
        self, email: bool, phone: bool, signed: bool, channels: list[LetterChannel]
    ) -> None:
        plan = planned(Reach(email, phone, signed), [EMAIL, MESSAGE], always_print=False, notify_desk=True)
        assert list(plan) == channels

    def test_the_settings_choose(self) -> None:
        reach = Reach(has_email=True, has_phone=True, is_signed_here=True)
        assert planned(reach, [MESSAGE], always_print=False, notify_desk=False) == (MESSAGE, PRINT)
        assert planned(reach, [EMAIL], always_print=True, notify_desk=False) == (EMAIL, PRINT)

    @given(
        st.booleans(), st.booleans(), st.booleans(), st.sets(st.sampled_from([EMAIL, MESSAGE])), st.booleans()
    )
    def test_each_plan_has_a_channel_that_carries_the_letter(
        self, email: bool, phone: bool, signed: bool, wanted: set[LetterChannel], desk: bool
    ) -> None:
        plan = planned(Reach(email, phone, signed), wanted, always_print=False, notify_desk=desk)
        assert any(carries_letter(channel, is_signed_here=signed) for channel in plan)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("clock", "allowed"),
        [
            ("19:59", at("19:59")),
            ("20:00", at("07:00", 13)),
            ("23:59", at("07:00", 13)),
            ("00:00", at("07:00")),
            ("06:59", at("07:00")),
            ("07:00", at("07:00")),
        ],
    )
    def test_across_midnight(self, clock: str, allowed: datetime) -> None:
        assert next_allowed(at(clock), time(20), time(7)) == allowed

    @pytest.mark.parametrize(
        ("clock", "allowed"), [("11:59", "11:59"), ("12:00", "13:30"), ("13:29", "13:30"), ("13:30", "13:30")]
    )
    def test_within_a_day(self, clock: str, allowed: str) -> None:
        assert next_allowed(at(clock), time(12), time(13, 30)) == at(allowed)

    def test_equal_ends_are_none(self) -> None:
        assert next_allowed(at("03:00"), time(7), time(7)) == at("03:00")

    @given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())  # noqa: DTZ001
    def test_never_earlier_never_quiet_within_a_day(self, moment: datetime, first: time, end: time) -> None:
        moment = moment.replace(tzinfo=VIETNAM)
        allowed = next_allowed(moment, first, end)
        assert moment <= allowed < moment + timedelta(days=1)
        assert next_allowed(allowed, first, end) == allowed


class TestRetries:
    def test_the_wait_doubles_until_it_was_often_enough(self) -> None:
        times = [next_try(NOW, n, tries=6, retry_minutes=10) for n in range(1, 7)]
        waits = [each and (each - NOW).total_seconds() / 60 for each in times]
        assert waits == [10, 20, 40, 80, 160, None]

    def test_what_is_asked_is_kept_to_where_it_is_longer(self) -> None:
        assert next_try(NOW, 1, tries=6, retry_minutes=10, retry_after=5) == NOW + timedelta(minutes=10)
        assert next_try(NOW, 1, tries=6, retry_minutes=10, retry_after=3600) == NOW + timedelta(hours=1)

    @given(st.integers(1, 49), st.integers(1, 10**6), st.floats(0, 1e12))
    def test_never_longer_than_a_day(self, attempts: int, minutes: int, asked: float) -> None:
        again = next_try(NOW, attempts, tries=50, retry_minutes=minutes, retry_after=asked)
        assert again is not None
        assert NOW < again <= NOW + timedelta(days=1)


class TestPhones:
    @pytest.mark.parametrize(
        "text",
        [
            "0912345678",
            "+84912345678",
            "84912345678",
            "0084912345678",
            "0912.345.678",
            "(+84) 912-345-678",
            "+84 0912345678",
        ],
    )
    def test_a_mobile_number_however_written(self, text: str) -> None:
        assert normalised_phone(text) == "84912345678"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "02438251234",
            "+84 24 3825 1234",
            "912345678",
            "0912345678/0987654321",
            "0912 345 678; 0987 654 321",
            "01234567890",
            "0999999999",
            "091234567",
            "09123456789",
            "+66912345678",
            "không có",
            "０９１２３４５６７８x",
        ],
    )
    def test_a_landline_several_numbers_and_junk_are_refused(self, text: str) -> None:
        assert normalised_phone(text) == ""

    @given(st.text())
    def test_a_number_is_eleven_digits_or_none(self, text: str) -> None:
        found = normalised_phone(text)
        assert found == "" or (
            len(found) == 11 and found.startswith("84") and found.isascii() and found.isdigit()
        )

    def test_a_masked_number_shows_three_digits(self) -> None:
        assert masked_phone("+84 912 345 678") == "…678"
        assert masked_phone("12") == "…"


def test_an_email_with_the_signed_letter_makes_it_sent(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1"), person("H2")])
        sign(desk, "H1", "H2")
        send(desk, code="H1")
        (mail,) = box.to("h1@example.com")
        (notice,) = box.to("quay-1@example.com")
    letter = letter_of_dossier(desk, "H1")
    assert (letter.state, letter.sent_on) == (LetterState.SENT, NOW.date())
    assert states_of(desk, "H1") == {"email": "sent", "desk": "sent"}
    assert states_of(desk, "H2") == {}
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == PDF
    assert attached.get_filename() == "van-ban-xin-loi-H1.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == rows_of(desk, "H1")[EMAIL].reference
    assert mail["Subject"] == "Văn bản xin lỗi và hẹn lại ngày trả kết quả hồ sơ H1"
    assert notice["Subject"] == "[Một cửa] Hẹn lại hồ sơ H1: 20/11/2026"
    assert list(notice.iter_attachments()) == []
    with desk.open() as office, office.store.reading() as connection:
        step = changes_of(connection, letter.id)[-1]
    assert (step.by, step.why, step.at) == (CLERK, "thư điện tử", NOW)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_mails_say_what_matters_and_nothing_personal(tmp_path: Path, kind: str) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        texts = [_text(each, kind) for each in box.mails]
    letter, notice = texts
    for each in ("H1", "13/11/2026", "Thứ Sáu, 20/11/2026", "01/PXL", "Phòng Kinh tế"):
        assert each in letter
        assert each in notice
    for each in ("Thủ tục Ví Dụ", "Chờ ý kiến cơ quan phối hợp", "Quầy số 1"):
        assert each in notice
    for text in texts:
        for personal in ("Nguyễn", "0912", "345 678", "h1@example.com", "http"):
            assert personal not in text


def _text(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs", "P"]), max_size=200))
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    """The library's own folding loses spaces between encoded words."""
    made = new_message(
        sender="a@example.com", to=["b@example.com"], called="x", subject=text, at=NOW, message_id="<x@y>"
    )
    raw = made.as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert " ".join(str(_parsed(raw)["Subject"]).split()) == " ".join(str(made["Subject"]).split())


def _parsed(raw: bytes) -> EmailMessage:
    from email import message_from_bytes, policy  # noqa: PLC0415

    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_without_an_address_the_letter_waits_for_print(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1", email="", phone="")])
        sign(desk, "H1")
        send(desk)
    assert states_of(desk) == {"print": "waiting", "desk": "sent"}
    assert letter_of_dossier(desk, "H1").state is LetterState.SIGNED, "told to the desk alone it is not sent"
    with desk.open() as office, office.store.writing() as connection:
        note_print(connection, rows_of(desk)[PRINT].letter_id, NOW, "in", by=CLERK, goes_out=True)
    assert states_of(desk)["print"] == "sent"


def test_without_a_mail_server_nothing_is_taken_for_sent(tmp_path: Path) -> None:
    desk = sending(tmp_path / "o", people=[person("H1")])
    sign(desk, "H1")
    send(desk)
    assert states_of(desk) == {"print": "waiting", "desk": "sent"}
    assert [each.name[:8] for each in (desk.folder / "outbox").iterdir()] == ["bao-quay"]


def test_what_was_signed_on_paper_follows_on_paper(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1", on_paper=True)
        send(desk)
        (mail,) = box.to("h1@example.com")
    assert "Bản giấy có chữ ký sẽ được gửi" in _text(mail, "plain")
    assert states_of(desk) == {"email": "sent", "print": "waiting", "desk": "sent"}
    assert letter_of_dossier(desk, "H1").state is LetterState.SIGNED


def test_sent_twice_it_leaves_once(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        for _ in range(3):
            send(desk)
            go_on(desk, NOW)
        send(desk, code="H1")
        assert len(box.mails) == 2


def test_a_letter_that_is_not_signed_is_refused_with_the_rule(tmp_path: Path) -> None:
    desk = sending(tmp_path / "o", people=[person("H1")])
    with pytest.raises(LetterError, match="chỉ gửi văn bản đã ký"):
        send(desk, code="H1")
    assert send(desk).queued == []
    with pytest.raises(LetterError, match="không có văn bản xin lỗi"):
        send(desk, code="H9")


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    desk = sending(tmp_path / "o", people=[person("H1")])
    sign(desk, "H1")
    with desk.open() as office:
        (each,) = fill(office, Selection(), NOW, by=CLERK, dry_run=True)
    assert each.channels == (PRINT, DESK)
    assert states_of(desk) == {}


def test_at_night_persons_are_left_in_peace_and_the_desk_is_told(tmp_path: Path) -> None:
    with Mailbox() as box, TextGateway() as gateway:
        tables = (mail_at(box.port), gateway.table(), BOTH)
        desk = sending(tmp_path / "o", *tables, people=[person("H1")])
        sign(desk, "H1")
        send(desk, at("21:30"))
        assert states_of(desk) == {"email": "waiting", "message": "waiting", "desk": "sent"}
        assert {rows_of(desk)[each].next_at for each in (EMAIL, MESSAGE)} == {at("07:00", 13)}
        go_on(desk, at("06:59", 13))
        assert (len(box.mails), len(gateway.taken)) == (1, 0)
        go_on(desk, at("07:00", 13))
        assert (len(box.mails), len(gateway.taken)) == (2, 1)
    assert letter_of_dossier(desk, "H1").sent_on == at("07:00", 13).date()


def test_a_busy_server_is_tried_again_and_then_paper_follows(tmp_path: Path) -> None:
    with Mailbox() as box:
        box.answers["h1@example.com"] = "451 4.7.1 greylisted"
        desk = sending(tmp_path / "o", mail_at(box.port), "[sending]\ntries = 3\n", people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        assert rows_of(desk)[EMAIL].next_at == NOW + timedelta(minutes=10)
        assert go_on(desk, NOW + timedelta(minutes=9)) == []
        go_on(desk, NOW + timedelta(minutes=10))
        assert rows_of(desk)[EMAIL].next_at == NOW + timedelta(minutes=30)
        go_on(desk, NOW + timedelta(minutes=30))
    assert states_of(desk) == {"email": "failed", "desk": "sent", "print": "waiting"}
    assert outcomes(desk, "H1", EMAIL) == ["later", "later", "later"]
    assert "đã thử 3 lần" in rows_of(desk)[EMAIL].problem
    assert letter_of_dossier(desk, "H1").state is LetterState.SIGNED


def test_a_server_that_was_busy_takes_it_later(tmp_path: Path) -> None:
    with Mailbox() as box:
        box.answers["h1@example.com"] = "450 4.2.0 busy"
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        box.answers.clear()
        go_on(desk, NOW + timedelta(minutes=10))
        assert len(box.to("h1@example.com")) == 1
    assert outcomes(desk, "H1", EMAIL) == ["later", "accepted"]
    assert letter_of_dossier(desk, "H1").state is LetterState.SENT


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_a_refusal_is_not_tried_again_and_paper_follows(tmp_path: Path, where: str) -> None:
    with Mailbox() as box:
        if where == "recipient":
            box.answers["h1@example.com"] = "550 5.1.1 no such user h1@example.com"
        else:
            box.final = "554 5.7.1 spam"
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        assert go_on(desk, NOW + timedelta(days=2)) == []
    assert states_of(desk)["email"] == "failed"
    assert states_of(desk)["print"] == "waiting"
    assert outcomes(desk, "H1", EMAIL) == ["refused"]
    assert "h1@example.com" not in rows_of(desk)[EMAIL].problem


def test_a_connection_that_breaks_after_the_message_is_doubtful(tmp_path: Path) -> None:
    """The server has the whole message, and dies before it can say so."""
    with Mailbox() as box:
        box.cuts = True
        desk = sending(
            tmp_path / "o", mail_at(box.port), "[sending]\nnotify_desk = false\n", people=[person("H1")]
        )
        sign(desk, "H1")
        send(desk)
        later = go_on(desk, NOW + timedelta(days=1))
    assert later == []
    assert states_of(desk) == {"email": "doubtful", "print": "waiting"}
    assert outcomes(desk, "H1", EMAIL) == ["doubtful"]


def test_a_connection_that_breaks_before_it_is_only_tried_again(tmp_path: Path) -> None:
    with Mailbox() as box:
        port = box.port
    desk = sending(tmp_path / "o", mail_at(port), people=[person("H1")])
    sign(desk, "H1")
    handled = send(desk).handled
    assert [each.state.value for each in handled] == ["waiting", "waiting"]
    assert outcomes(desk, "H1", EMAIL) == ["later"]


def test_a_server_that_is_down_costs_three_tries_and_no_more(tmp_path: Path) -> None:
    with Mailbox() as box:
        port = box.port
    codes = [f"H{n}" for n in range(1, 8)]
    desk = sending(
        tmp_path / "o", mail_at(port), "[sending]\nnotify_desk = false\n", people=[*map(person, codes)]
    )
    sign(desk, *codes)
    assert len(send(desk).handled) == 3
    assert [rows_of(desk, code)[EMAIL].attempts for code in codes] == [1, 1, 1, 0, 0, 0, 0]


def test_addresses_that_are_none_stop_nobody_else(tmp_path: Path) -> None:
    people = [person(f"H{n}", email="khong-co") for n in range(1, 6)] + [person("H6")]
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=people)
        sign(desk, *(f"H{n}" for n in range(1, 7)))
        send(desk)
        assert len(box.to("h6@example.com")) == 1
    assert states_of(desk, "H1") == {"email": "failed", "desk": "sent", "print": "waiting"}


def test_a_missing_password_stops_the_mail_and_not_the_text_message(tmp_path: Path) -> None:
    with TextGateway() as gateway:
        mail = mail_at(9) + 'username = "u"\npassword_file = "khong-co.txt"\n'
        desk = sending(tmp_path / "o", mail, gateway.table(), BOTH, people=[person("H1")])
        sign(desk, "H1")
        handled = send(desk).handled
        assert len(gateway.taken) == 1
    assert states_of(desk) == {"email": "waiting", "message": "sent", "desk": "waiting"}
    assert rows_of(desk)[EMAIL].attempts == 0
    assert any("mail.password_file" in each.problem for each in handled)


def test_a_desk_without_an_address_is_named(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        config = desk.folder / "config.toml"
        text = config.read_text(encoding="utf-8").replace('mail_to = ["quay-1@example.com"]', "")
        config.write_text(text, encoding="utf-8")
        sign(desk, "H1")
        send(desk)
    assert states_of(desk) == {"email": "sent", "desk": "failed"}
    assert "mail_to" in rows_of(desk)[DESK].problem


def test_a_cancelled_letter_leaves_nothing_waiting(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(
            tmp_path / "o", mail_at(box.port), "[sending]\nalways_print = true\n", people=[person("H1")]
        )
        sign(desk, "H1")
        send(desk, at("22:00"))
        with desk.open() as office:
            cancel_letters(office, Selection(code="H1"), NOW, by=CLERK, why="nhầm hồ sơ")
            row = rows_of(desk)[EMAIL]
            with office.store.writing() as connection:
                assert not claim(connection, row.id, at("08:00", 13)), "nobody can claim it any more"
        go_on(desk, at("08:00", 13))
        assert box.to("h1@example.com") == []
    assert states_of(desk) == {"email": "needless", "print": "needless", "desk": "sent"}


def test_a_dossier_that_was_finished_meanwhile_gets_no_apology(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk, at("22:00"))
        ended = person("H1", status="Đã xử lý xong", finished="12/11/2026")
        desk.export("xong.csv", [ended])
        desk.poll(at("07:30", 13))
        go_on(desk, at("08:00", 13))
        assert box.to("h1@example.com") == []
    assert states_of(desk)["email"] == "needless"


def test_a_claim_nobody_settled_is_doubtful_and_never_sent_again(tmp_path: Path) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        with desk.open() as office:
            fill(office, Selection(), NOW, by=CLERK)
            with office.store.writing() as connection:
                assert claim(connection, rows_of(desk)[EMAIL].id, NOW)
                assert not claim(connection, rows_of(desk)[EMAIL].id, NOW), "it is another's"
        go_on(desk, NOW + timedelta(minutes=29))
        assert states_of(desk) == {"email": "sending", "desk": "sent"}
        go_on(desk, NOW + timedelta(minutes=31))
        go_on(desk, NOW + timedelta(days=3))
        assert box.to("h1@example.com") == []
    assert states_of(desk) == {"email": "doubtful", "desk": "sent", "print": "waiting"}


def test_a_person_may_decide_to_send_it_again(tmp_path: Path) -> None:
    with Mailbox() as box:
        box.answers["h1@example.com"] = "550 5.1.1 unknown"
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk)
        box.answers.clear()
        with desk.open() as office:
            with pytest.raises(LetterError, match="nêu lý do"):
                send_again(office, ways_at(office, NOW), "H1", by=CLERK, why=" ")
            send_again(office, ways_at(office, NOW), "H1", by=CLERK, why="hộp thư đã mở lại")
            with pytest.raises(LetterError, match="không có lần gửi nào hỏng"):
                send_again(office, ways_at(office, NOW), "H1", by=CLERK, why="lần nữa")
        assert len(box.to("h1@example.com")) == 1
    assert outcomes(desk, "H1", EMAIL) == ["refused", "again", "accepted"]


def test_what_needs_somebody_is_told_until_paper_has_gone(tmp_path: Path) -> None:
    with Mailbox() as box:
        box.answers["h1@example.com"] = "550 5.1.1 unknown"
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1"), person("H2")])
        sign(desk, "H1", "H2")
        send(desk)
    assert _warnings(desk) == [
        "thư điện tử: 1 văn bản không gửi được; xem: latewatch letters outbox --state failed"
    ]
    with desk.open() as office:
        digests = {each.code: digest for each, digest in compose_digests(office, NOW)}
        assert any("1 văn bản không gửi được" in each for each in digests["quay-1"].warnings)
        assert not any("văn bản không gửi được" in each for each in digests["quay-2"].warnings)
        (row,) = outbox(office, [rows_of(desk, "H1")[EMAIL].state])
        with office.store.writing() as connection:
            note_print(connection, rows_of(desk, "H1")[EMAIL].letter_id, NOW, "in", by=CLERK, goes_out=True)
    assert (row.code, row.to) == ("H1", "h…@example.com")
    assert _warnings(desk) == []


def _warnings(desk: object) -> list[str]:
    with desk.open() as office:  # type: ignore[attr-defined]
        return [each.text for each in check_office(office, NOW, None) if each.about == "gửi văn bản xin lỗi"]


def test_from_the_command_line(tmp_path: Path) -> None:
    with Mailbox() as box:
        people = [person("H1"), person("H2", email="")]
        desk = sending(tmp_path / "o", mail_at(box.port), people=people)
        sign(desk, "H1", "H2")
        here = ["--config", str(desk.folder / "config.toml")]
        runner = CliRunner()

        def run(*words: str) -> tuple[int, str]:
            result = runner.invoke(app, ["letters", *words, *here])
            return result.exit_code, result.output

        by = ["--by", CLERK, "--at", "2026-11-12T08:00"]
        code, text = run("send", "--unit", "PKT", "--dry-run", *by)
        assert (code, box.mails) == (0, [])
        assert "Chạy thử" in text
        code, text = run("send", "--unit", "PKT", *by)
        assert code == 0, text
        assert "H1: thư điện tử đã gửi" in text
        code, text = run("outbox")
        assert "bản in" in text
        assert "Nguyễn" not in text
        assert "h1@" not in text
        assert run("send", "H1", "--unit", "PKT", *by)[0] == 2
        assert run("send", "--again", *by)[0] == 2
        assert len(box.mails) == 3


def test_the_program_that_runs_all_the_time_sends_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Mailbox() as box:
        desk = sending(tmp_path / "o", mail_at(box.port), people=[person("H1")])
        sign(desk, "H1")
        send(desk, at("21:00"))
        for now, mails in ((at("23:00"), 0), (at("07:05", 13), 1), (at("07:10", 13), 1)):
            monkeypatch.setattr(clock, "now", lambda now=now: now)
            with desk.open() as office, caplog.at_level("INFO"):
                send_waiting(office, now)
            assert len(box.to("h1@example.com")) == mails
    told = " ".join(each.getMessage() for each in caplog.records if each.name == "latewatch")
    assert "letter of H1: email sent" in told
    assert "example.com" not in told
