"""Frozen reports leave once: at their time, with their files, also where a run is killed while they leave."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope
from offices import NOW, SOURCE, Desk, Inbox, desk_in, done, mail_at, row
from typer.testing import CliRunner

from latewatch.app import delivery
from latewatch.cli.main import app
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.tally.rule import SHIPPED
from latewatch.errors import TallyError
from latewatch.jobs.assess import assess
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.reports.again import send_again
from latewatch.jobs.reports.freeze import Order, freeze, wanted
from latewatch.jobs.reports.mail import composed
from latewatch.jobs.reports.parcels import parcels
from latewatch.jobs.reports.sending import Sent, send_reports
from latewatch.notify.report_mail import MailPicture
from latewatch.store.reports.deliveries import claim, mark, sendings
from latewatch.store.reports.frozen import part

OCTOBER = period_of(2026, 10, Span.MONTH, Cutoff.FIFTEENTH)
UNITS = """
[[units]]
code = "PKT"
name = "Phòng Kinh tế"
report_to = ["pkt@example.com"]
"""
TO = '\n[reports]\nreport_to = ["lanh-dao@example.com", "vp@example.com"]\n'


class Letters(Inbox):
    """Keeps what it took, and kills who hands a message over, before or after it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.victim: subprocess.Popen[bytes] | None = None
        self.kills = ""

    def kill(self, when: str) -> None:
        if self.victim and self.kills == when:
            self.victim.kill()
            self.victim.wait()

    async def handle_MAIL(  # noqa: N802  aiosmtpd names it so
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        self.kill("before")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.kill("after")
        return answer


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = desk_in(tmp_path_factory.mktemp("sending") / "office")
    desk.configure(SOURCE, UNITS, TO)
    desk.export(
        "a.csv",
        [
            done("H1", "25/09/2026", "20/09/2026", promised="30/09/2026", applicant="Nguyễn Văn Ví Dụ"),
            done("H2", "05/10/2026", "20/09/2026", promised="30/09/2026"),
            row("H3", "01/10/2026", promised="12/10/2026"),
            done("H4", "25/09/2026", "20/09/2026", promised="30/09/2026", unit="Phòng Văn hóa"),
        ],
    )
    desk.poll()
    close(desk)
    return desk.folder


def close(desk: Desk, why: str = "") -> None:
    order = Order(by="Trần Thị Thí Dụ", why=why, supersedes=bool(why))
    with desk.open() as office:
        assess(office, NOW)
        freeze(office, wanted(office, OCTOBER, SHIPPED["TT09-2026"], (), ()), NOW, order)


@pytest.fixture
def box() -> Iterator[Letters]:
    with Letters() as box:
        yield box


@pytest.fixture
def desk(closed: Path, tmp_path: Path, box: Letters) -> Desk:
    shutil.copytree(closed, tmp_path / "office")
    desk = Desk(tmp_path / "office", files=1)
    desk.configure(SOURCE, UNITS, TO, mail_at(box.port))
    return desk


def send(desk: Desk, at: datetime = NOW) -> list[Sent]:
    with desk.open() as office:
        return send_reports(office, at, delivery(office.settings))


def told(desk: Desk, at: datetime = NOW) -> list[str]:
    with desk.open() as office:
        return [each.text for each in check_office(office, at, None) if each.about == "gửi báo cáo"]


def test_each_addressee_gets_the_frozen_files_once(desk: Desk, box: Letters) -> None:
    assert [(each.state, each.is_new) for each in send(desk)] == [("sent", True), ("sent", True)]
    assert [(each.state, each.is_new) for each in send(desk)] == [("sent", False), ("sent", False)]
    assert sorted(to for to, _ in box.messages) == [
        ["lanh-dao@example.com", "vp@example.com"],
        ["pkt@example.com"],
    ]
    mail = next(each for each in box.mails if "UBND xã Ví Dụ" in each["Subject"])
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    with desk.open() as office, office.store.reading() as connection:
        kept = {name: part(connection, 1, name) for name in ("xlsx", "pdf")}
    assert sorted(files) == [f"bieu-07a-20260915-20261014-TT09-2026.{kind}" for kind in ("pdf", "xlsx")]
    assert all(content == kept[name.rpartition(".")[2]] for name, content in files.items())
    text = mail.get_body(("plain",)).get_content()
    assert "Hồ sơ tiếp nhận, gồm cả kỳ trước chuyển sang: 4" in text
    assert "66,67 %" in text
    assert "Nguyễn Văn Ví Dụ" not in mail.as_string()


def test_the_mail_shows_pictures_with_their_tables(desk: Desk, box: Letters) -> None:
    """Inline PNG with words for who does not see them; what the report says of them is what was frozen."""
    send(desk)
    whole = next(each for each in box.mails if "UBND xã Ví Dụ" in each["Subject"])
    unit = next(each for each in box.mails if "Phòng Kinh tế" in each["Subject"])
    assert [list(pictures_in(each)) for each in (whole, unit)] == [
        ["don-vi.png", "muoi-hai-thang.png"],
        ["muoi-hai-thang.png"],
    ]
    html = whole.get_body(("related", "html")).get_body(("html",)).get_content()
    for each in pictures_in(whole).values():
        assert each.get_content().startswith(b"\x89PNG")
        assert f'src="cid:{each["Content-ID"].strip("<>")}"' in html
    assert 'alt="Tỷ lệ đúng hạn theo đơn vị (%), 2 đơn vị có hồ sơ đã giải quyết.' in html
    assert "<script" not in html
    assert "http" not in html
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html)
    at = cells.index("Phòng Kinh tế")
    assert cells[at : at + 4] == ["Phòng Kinh tế", "2", "1", "50,00"]
    at = cells.index("Tháng 10 năm 2026")
    assert cells[at : at + 5] == ["Tháng 10 năm 2026", "2", "0", "1", "66,67"]
    of_unit = unit.get_body(("plain",)).get_content()
    assert "Tháng 10 năm 2026: trước hạn 1; đúng hạn 0; quá hạn 1" in " ".join(of_unit.split())
    assert "Phòng Văn hóa" not in unit.as_string()


def pictures_in(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {each.get_filename(): each for each in mail.walk() if each["Content-ID"]}


def test_the_same_report_makes_the_same_message(desk: Desk) -> None:
    """Whatever came since: pictures and figures are those of the freezing."""
    found = []
    for _ in range(2):
        with desk.open() as office, office.store.reading() as connection:
            for parcel in parcels(office, connection, NOW):
                message = composed(office, connection, parcel, {})
                assert isinstance(message, EmailMessage)
                found.append(message.as_bytes())
        desk.export("b.csv", [done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")])
        desk.poll()
    assert found[:2] == found[2:]


def test_a_picture_of_many_units_does_not_make_the_mail_too_long() -> None:
    many = [(f"Đơn vị {number}", "1") for number in range(200)]
    picture = MailPicture(
        name="don-vi", title="T", alt="A", headings=("Đơn vị", "Xong"), rows=tuple(many), png=b""
    )
    assert (len(picture.shown), picture.more) == (60, 140)


def test_nothing_leaves_before_its_day(desk: Desk, box: Letters) -> None:
    early = datetime(2026, 10, 19, 7, 59, tzinfo=NOW.tzinfo)
    assert send(desk, early) == []
    assert len(send(desk, early + timedelta(minutes=1))) == 2
    assert len(box.mails) == 2


def test_what_failed_is_tried_again_later(desk: Desk, box: Letters) -> None:
    box.refused = {"pkt@example.com"}
    assert sorted(each.state for each in send(desk)) == ["sent", "waiting"]
    assert any("chưa gửi được, sẽ thử lại" in each for each in told(desk))
    box.refused = set()
    assert sorted((each.state, each.is_new) for each in send(desk)) == [("sent", False), ("waiting", False)]
    assert sorted(each.state for each in send(desk, NOW + timedelta(hours=1))) == ["sent", "sent"]
    assert len(box.mails) == 2
    assert told(desk) == []


def test_a_report_that_supersedes_one_that_left_says_so(desk: Desk, box: Letters) -> None:
    send(desk)
    close(desk, why="bổ sung hồ sơ")
    assert [(each.state, each.is_new) for each in send(desk)] == [("sent", True), ("sent", True)]
    assert [("thay thế" in each["Subject"]) for each in box.mails] == [False, False, True, True]
    assert len({each["Message-ID"] for each in box.mails}) == 4


@pytest.mark.parametrize(("kills", "taken"), [("before", 1), ("after", 2)])
def test_a_run_that_is_killed_sends_nothing_twice(desk: Desk, box: Letters, kills: str, taken: int) -> None:
    program = "from latewatch.cli.main import run; run()"
    words = ["reports", "send", "--at", f"{NOW:%Y-%m-%dT%H:%M}", "--config", str(desk.folder / "config.toml")]
    box.kills = kills
    box.victim = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL)
    assert box.victim.wait(120) == -9
    box.victim = None
    assert [each.state for each in send(desk, NOW + timedelta(hours=1))] == ["sending", "sent"]
    send(desk, NOW + timedelta(days=1))
    assert len(box.mails) == taken
    assert len({each["Message-ID"] for each in box.mails}) == taken
    assert ["latewatch reports send --again 1 --by TÊN" in each for each in told(desk)] == [True]
    again(desk, 1)
    assert len(box.mails) == taken + 1
    assert len({each["Message-ID"] for each in box.mails}) == 2  # a program that has it can tell
    assert told(desk) == []


def again(
    desk: Desk, number: int, at: datetime = NOW + timedelta(days=2), by: str = "Trần Thị Thí Dụ"
) -> Sent:
    with desk.open() as office:
        return send_again(office, number, at, delivery(office.settings), by)


class TestAgain:
    def test_only_a_person_has_a_doubtful_message_sent_again(self, desk: Desk, box: Letters) -> None:
        self.doubt(desk)
        with pytest.raises(TallyError, match="--by"):
            again(desk, 1, by=" ")
        assert again(desk, 1).state == "sent"
        assert len(box.mails) == 1
        with desk.open() as office, office.store.reading() as connection:
            kept = [(each.state, each.again_by) for each in sendings(connection)]
        assert kept == [("sent", "Trần Thị Thí Dụ")]
        with pytest.raises(TallyError, match=r"đã gửi lúc 08:00 14/11/2026.*tally frozen export"):
            again(desk, 1)

    def doubt(self, desk: Desk, state: str = "doubtful", problem: str = "") -> None:
        with desk.open() as office, office.store.writing() as connection:
            (parcel, *_) = parcels(office, connection, NOW)
            assert claim(connection, parcel.sending, NOW)
            if state != "sending":
                mark(connection, parcel.sending, state, "", problem, None)

    def test_what_may_be_leaving_just_now_waits(self, desk: Desk) -> None:
        self.doubt(desk, "sending")
        with pytest.raises(TallyError, match="đang gửi từ 08:00; chờ 10 phút"):
            again(desk, 1, NOW + timedelta(minutes=9))
        assert again(desk, 1, NOW + timedelta(minutes=10)).state == "sent"

    def test_what_was_refused_to_some_can_be_sent_to_all(self, desk: Desk, box: Letters) -> None:
        box.refused = {"vp@example.com"}
        assert [each.state for each in send(desk)] == ["sent", "sent"]
        assert ["sửa địa chỉ rồi gửi lại cho tất cả" in each for each in told(desk)] == [True]
        box.refused = set()
        assert again(desk, 1).state == "sent"
        assert [len(to) for to, _ in box.messages if "lanh-dao@example.com" in to] == [1, 2]
        assert told(desk) == []

    def test_what_has_not_left_and_what_is_superseded_is_refused(self, desk: Desk) -> None:
        with pytest.raises(TallyError, match="đến giờ sẽ tự gửi"):
            again(desk, 1)
        close(desk, why="bổ sung hồ sơ")
        with pytest.raises(TallyError, match=r"đã có bản thay thế.*số 3"):
            again(desk, 1)
        with pytest.raises(TallyError, match="Không có báo cáo đã chốt số 9"):
            again(desk, 9)

    def test_a_report_that_goes_to_nobody(self, desk: Desk) -> None:
        self.doubt(desk)
        desk.configure(SOURCE, UNITS)
        with pytest.raises(TallyError, match="không có người nhận"):
            again(desk, 1)

    def test_the_command(self, desk: Desk, box: Letters) -> None:
        self.doubt(desk)
        at = f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}"
        words = ["reports", "send", "--again", "1", "--by", "Trần Thị Thí Dụ", "--at", at]
        said = CliRunner().invoke(app, [*words, "--config", str(desk.folder / "config.toml")])
        assert "Tháng 10 năm 2026, cả cơ quan: đã gửi" in said.output
        assert len(box.mails) == 1


def test_the_calendar_and_the_preview_say_how_far_it_is(desk: Desk) -> None:
    def said(*words: str) -> str:
        at = ("--at", f"{NOW:%Y-%m-%dT%H:%M}", "--config", str(desk.folder / "config.toml"))
        return CliRunner().invoke(app, ["reports", *words, *at]).output

    shown = [line.split() for line in said("calendar").splitlines() if "2026" in line]
    states = {" ".join(each[:2]): " ".join(each) for each in shown}
    assert states["Tháng 8"].endswith("chưa chốt (đã qua hạn nộp)")
    assert "đã chốt 12/11/2026 (số 1, bản 1)" in states["Tháng 10"]
    assert states["Tháng 11"].endswith("chưa hết kỳ")
    assert "cả cơ quan: 07a (số 1), 2 người nhận, từ 08:00 19/10/2026" in said("send", "--dry-run")
    desk.configure(SOURCE)
    assert "report_to ở [reports]" in said("send", "--dry-run")


def test_check_and_the_digest_remind_of_what_is_due(desk: Desk) -> None:
    at = datetime(2026, 11, 17, 8, 0, tzinfo=NOW.tzinfo)
    with desk.open() as office:
        found = [each.text for each in check_office(office, at, None) if each.about == "báo cáo định kỳ"]
        (_, digest) = compose_digests(office, at)[0]
    assert len(found) == 1
    assert "Tháng 11 năm 2026, biểu 07a (chậm nhất 20/11/2026, còn 3 ngày làm việc): chưa chốt" in found[0]
    assert "latewatch tally freeze --month 2026-11 --cutoff 15-14" in found[0]
    assert found[0] in digest.warnings
