"""The digest as it is read at half past seven: what stands in it, and what never does."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from worlds import CALENDAR, awaiting, case, doubt, ending, moment

from latewatch.domain.alarm import Alarm, AlarmKind
from latewatch.domain.digest import Counts, Digest, compose
from latewatch.domain.letters.life import LetterState
from latewatch.domain.standing import Case
from latewatch.errors import DeliveryError
from latewatch.notify.message import digest_message

SHEET = ("ho-so.xlsx", b"PK\x03\x04 ...")
OVERDUE = case("H99-1", due="2026-11-10", letter="2026-11-09")
NEW = case("H99-2", due="2026-11-11")
TODAY = case("H99-3", due="2026-11-12")
TOMORROW = case("H99-4", due="2026-11-13", draft="2026-11-12")
LATER = case("H99-5", due="2026-12-30")


def digest(
    *cases: Case,
    alarms: tuple[Alarm, ...] = (),
    needless: Sequence[tuple[Case, str]] = (),
    **changes: object,
) -> Digest:
    made = compose(
        cases,
        desk="Quầy một cửa",
        at=moment("2026-11-12T07:30"),  # type: ignore[arg-type]
        calendar=CALENDAR,
        due_soon_days=2,
        before=None,
        before_on=None,
        data_from=moment("2026-11-12T06:00"),
        alarms=alarms,
        needless=needless,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def message(made: Digest, to: tuple[str, ...] = ("phu-trach@example.com",)) -> EmailMessage:
    """The message as it arrives: written out and read back."""
    sent = digest_message(
        made, sender="latewatch@example.com", to=to, message_id="<1.latewatch@example.com>", attachment=SHEET
    )
    return message_from_bytes(sent.as_bytes(), policy=policy.default)  # type: ignore[return-value]


class Words(HTMLParser):
    """The words a reader of the HTML sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += f" {data}"


def parts(made: Digest) -> tuple[str, str]:
    """The text part as one line, and the words of the HTML part."""
    arrived = message(made)
    text, html = (arrived.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    return " ".join(text.split()), " ".join(Words(html).text.split())


class TestEnvelope:
    def test_headers(self) -> None:
        arrived = message(digest(NEW, TODAY), to=("mot@example.com", "hai@example.com", "mot@example.com"))
        assert arrived["Subject"] == "[Một cửa] 12/11: 1 trễ mới · 1 đang trễ · 1 đến hạn hôm nay"
        assert arrived["To"] == "mot@example.com, hai@example.com"
        assert arrived["Date"].datetime == moment("2026-11-12T07:30")
        assert arrived["Message-ID"] == "<1.latewatch@example.com>"
        assert arrived["Auto-Submitted"] == "auto-generated"

    def test_three_parts(self) -> None:
        kinds = [part.get_content_type() for part in message(digest(NEW)).walk() if not part.is_multipart()]
        assert kinds[:2] == ["text/plain", "text/html"]
        assert kinds[2].endswith("spreadsheetml.sheet")
        (sheet,) = message(digest(NEW)).iter_attachments()
        assert (sheet.get_filename(), sheet.get_content()) == SHEET

    def test_the_same_digest_gives_the_same_bytes(self) -> None:
        def once() -> bytes:
            return digest_message(
                digest(NEW),
                sender="a@example.com",
                to=["b@example.com"],
                message_id="<1@x>",
                attachment=SHEET,
            ).as_bytes()

        assert once() == once()

    def test_no_line_is_longer_than_mail_allows(self) -> None:
        long = replace(NEW, dossier=replace(NEW.dossier, procedure="Thủ tục dài " * 200))
        sent = digest_message(
            digest(long), sender="a@example.com", to=["b@example.com"], message_id="<1@x>", attachment=None
        )
        assert max(len(line) for line in sent.as_bytes().splitlines()) <= 998

    @pytest.mark.parametrize("desk", ["Quầy\r\nBcc: ai@example.com", "Quầy\nX: y"])
    def test_data_never_becomes_a_header(self, desk: str) -> None:
        arrived = message(digest(NEW, desk=desk))
        assert arrived["Bcc"] is None
        assert arrived["X"] is None

    @pytest.mark.parametrize("address", ["không phải địa chỉ", "a@example.com\nBcc: b@example.com", ""])
    def test_an_address_that_is_none_is_named_by_its_setting(self, address: str) -> None:
        with pytest.raises(DeliveryError, match="mail_to"):
            message(digest(NEW), to=(address,))


class TestContent:
    @pytest.mark.parametrize(
        ("state", "waits"),
        [
            (LetterState.DRAFT, "dự thảo"),
            (LetterState.REVIEWED, "chờ cấp số"),
            (LetterState.NUMBERED, "chờ ký"),
            (LetterState.SIGNED, "chờ gửi"),
        ],
    )
    def test_a_letter_nobody_has_says_who_waits_for_whom(self, state: LetterState, waits: str) -> None:
        for words in parts(digest(case("H99-1", due="2026-11-11", draft="2026-11-10", state=state))):
            assert "chờ ký, chờ gửi (1)" in words.lower()
            assert "Chờ ký: thủ trưởng đơn vị giải quyết." in words
            assert words.count(waits) >= 3, "newly late, worst, waiting"

    def test_a_letter_to_be_cancelled_says_why_and_how(self) -> None:
        done = case(
            "H99-1", due="2026-11-13", draft="2026-11-10", finished="2026-11-09", state=LetterState.SIGNED
        )
        made = digest(needless=[(done, "hồ sơ nay “trước hạn”")])
        for words in parts(made):
            assert "latewatch letters cancel" in words
            assert "hồ sơ nay “trước hạn”" in words
            assert "đã ký" in words
            assert "Mọi việc ổn" not in words

    def test_both_parts_say_the_same(self) -> None:
        for words in parts(digest(OVERDUE, NEW, TODAY, TOMORROW, LATER)):
            assert "Thứ Năm, 12/11/2026" in words
            for code in ("H99-1", "H99-2", "H99-3", "H99-4"):
                assert code in words
            assert "H99-5" not in words, "what is far from due is not the morning's matter"
            for state in (
                "trễ 2 ngày",
                "trễ 1 ngày",
                "đến hạn hôm nay",
                "còn hạn",
                "đã gửi",
                "dự thảo",
                "chưa",
            ):
                assert state in words
            assert "Thủ tục Ví Dụ" in words

    def test_blocks_stand_in_their_order(self) -> None:
        for words in parts(digest(OVERDUE, NEW, TODAY, TOMORROW)):
            lower = words.lower()
            places = [
                lower.index(title)
                for title in (
                    "văn bản xin lỗi phải gửi hôm nay",
                    "trễ mới (",
                    "đến hạn hôm nay và",
                    "trễ lâu nhất",
                )
            ]
            assert places == sorted(places)

    def test_names_of_people_are_in_no_part(self) -> None:
        assert OVERDUE.dossier.applicant
        for words in parts(digest(OVERDUE, NEW, TODAY)):
            assert OVERDUE.dossier.applicant not in words

    @pytest.mark.parametrize(
        ("before", "says"),
        [
            pytest.param(Counts(1, 1, 1, 0), "+1 so với 11/11", id="more overdue than before"),
            pytest.param(Counts(1, 5, 1, 0), "−3 so với 11/11", id="fewer"),
            pytest.param(Counts(1, 2, 1, 0), "không đổi so với 11/11", id="as many"),
        ],
    )
    def test_the_change_since_the_digest_before(self, before: Counts, says: str) -> None:
        for words in parts(digest(OVERDUE, NEW, TODAY, before=before, before_on=date(2026, 11, 11))):
            assert says in words

    def test_the_first_digest_compares_with_nothing(self) -> None:
        for words in parts(digest(OVERDUE)):
            assert "so với" not in words

    def test_more_than_twenty_are_cut_and_counted(self) -> None:
        many = [case(f"H99-{n:03}", due="2026-11-11") for n in range(23)]
        for words in parts(digest(*many)):
            assert "H99-019" in words
            assert "H99-020" not in words
            assert "… và 3 hồ sơ nữa: xem tệp đính kèm" in words

    def test_nothing_to_do_is_said_calmly(self) -> None:
        for words in parts(digest(LATER)):
            assert "mọi việc ổn" in words.lower()

    def test_warnings_are_listed(self) -> None:
        for words in parts(digest(LATER, warnings=("bao-cao.csv: 3 dòng bị gác lại",))):
            assert "bao-cao.csv: 3 dòng bị gác lại" in words
            assert "mọi việc ổn" not in words.lower()

    def test_markup_in_data_stays_text(self) -> None:
        odd = replace(
            NEW, dossier=replace(NEW.dossier, procedure="Cấp <b>phép</b> & {{ x }}"), unit="<script>"
        )
        html = message(digest(odd)).get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert "<script>" not in html
        assert "Cấp <b>phép</b> & {{ x }}" in Words(html).text

    def test_text_is_composed_and_fits_a_narrow_window(self) -> None:
        odd = replace(NEW, unit=unicodedata.normalize("NFD", "Sở Xây dựng"))
        text = message(digest(odd, TODAY)).get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "Sở Xây dựng" in text
        assert max(len(line) for line in text.splitlines()) <= 78


class TestInterrupted:
    def test_what_waits_to_be_closed_is_said_without_an_apology(self) -> None:
        for part in parts(digest(awaiting("H99-7", "2026-10-26", "2026-11-10"))):
            assert "ĐÓNG HỒ SƠ (1)" in part.upper()
            assert "Quá thời hạn bổ sung mà chưa bổ sung: đóng hồ sơ trên hệ thống một cửa" in part
            table = part[part.index("khoản 5") :]
            assert "Hạn bổ sung" in table
            assert "10/11" in table
            assert "từ 26/10" in table
            assert "Văn bản xin lỗi" not in table.partition("Không có hồ sơ nào ở mục")[0]

    def test_without_any_the_block_is_not_even_named(self) -> None:
        for part in parts(digest(NEW)):
            assert "bổ sung" not in part

    def test_it_is_not_all_well_while_one_waits(self) -> None:
        assert "Mọi việc ổn" not in parts(digest(awaiting("H99-7", "2026-10-26", "2026-11-10")))[0]

    def test_a_limit_in_hours_shows_its_clock_time(self) -> None:
        soon, late = ending(case("H99-8"), "2026-11-12T10:00"), ending(case("H99-9"), "2026-11-12T07:10")
        for part in parts(digest(soon, late, TODAY)):
            assert "10:00 12/11" in part
            assert "07:10 12/11" in part
            assert "trễ dưới 1 ngày" in part
            assert "23:59" not in part


class TestOldData:
    """No data, or old data, must never look like a morning without lateness."""

    def test_old_data_has_a_banner_in_place_of_a_false_zero(self) -> None:
        stale = digest(LATER, alarms=(doubt("2026-11-10T06:00"),))
        assert message(stale)["Subject"].startswith("[Một cửa] 12/11: DỮ LIỆU CŨ (từ 10/11)")
        for words in parts(stale):
            assert "DỮ LIỆU CŨ" in words
            assert "10/11/2026" in words
            assert "Việc cần làm: chạy latewatch poll." in words
            assert not re.search(r"\b0\b trễ", words)
            assert "mọi việc ổn" not in words.lower()

    def test_what_is_held_back_is_counted_with_its_reason_and_not_listed(self) -> None:
        for words in parts(digest(NEW, TODAY, TOMORROW, OVERDUE, alarms=(doubt("2026-11-10T06:00"),))):
            assert "Nguồn “xuat-tep”: quá 8 giờ làm việc." in words
            assert "Tạm chưa báo 1 hồ sơ trễ mới và 2 hồ sơ đến hạn hôm nay hoặc sắp đến hạn" in words
            assert "Việc cần làm: chạy latewatch poll." in words
            assert "Tạm chưa báo: xem lý do ở đầu bản tin." in words
            assert "trễ mới (" not in words.lower()
            assert "đến hạn hôm nay và trong 2 ngày" not in words.lower()

    def test_a_letter_is_shown_marked_as_resting_on_old_data(self) -> None:
        for words in parts(digest(TOMORROW, alarms=(doubt("2026-11-10T06:00"),))):
            assert "H99-4" in words
            assert "theo dữ liệu 10/11" in words
            assert "hãy xem hồ sơ trên hệ thống một cửa trước khi gửi" in words

    def test_a_file_that_shrank_is_called_incomplete_not_old(self) -> None:
        for words in parts(digest(NEW, alarms=(doubt("2026-11-11T06:00", AlarmKind.SHRUNK),))):
            assert "DỮ LIỆU THIẾU" in words
            assert "DỮ LIỆU CŨ" not in words
            assert "dữ liệu chưa đủ" in words

    def test_every_doubt_is_told_and_each_cure_once(self) -> None:
        both = (doubt("2026-11-10T06:00"), doubt("2026-11-10T06:00", source="bao-cao"))
        for words in parts(digest(NEW, alarms=both)):
            assert words.count("quá 8 giờ làm việc.") == 2
            assert words.count("chạy latewatch poll") == 1

    def test_with_good_data_there_is_no_mark(self) -> None:
        for words in parts(digest(TOMORROW, OVERDUE)):
            assert "theo dữ liệu" not in words

    def test_no_data_at_all(self) -> None:
        none = digest(data_from=None)
        assert message(none)["Subject"] == "[Một cửa] 12/11: CHƯA CÓ DỮ LIỆU"
        for words in parts(none):
            assert "CHƯA CÓ DỮ LIỆU" in words
            assert "không có nghĩa là không có hồ sơ trễ" in words


class TestHtml:
    def html(self) -> str:
        return message(digest(OVERDUE, NEW, TODAY)).get_body(("html",)).get_content()  # type: ignore[union-attr]

    def test_it_fetches_nothing_and_runs_nothing(self) -> None:
        assert not re.search(
            r"<script|<link|<img|<iframe|src=|@import|url\(|https?://(?!www\.w3\.org)", self.html()
        )

    def test_it_knows_the_dark(self) -> None:
        html = self.html()
        assert "prefers-color-scheme: dark" in html
        assert 'name="color-scheme"' in html
        assert "@media print" in html

    def test_it_says_its_language(self) -> None:
        assert '<html lang="vi"' in self.html()
