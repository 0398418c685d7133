"""What is owed for a dossier and what became of it, how early, when nobody needs it, and for which reasons."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from worlds import case, dossier, moment

from latewatch.domain.catalogue import CONFIGURED, Procedure
from latewatch.domain.dossier import Status
from latewatch.domain.letters.duty import (
    Appointment,
    Duties,
    Duty,
    count_duties,
    duty_of,
    refuse_another,
    why_cancel,
    why_needless,
)
from latewatch.domain.letters.lead import Leads
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.reasons import REASONS, catalogue, check_own, reason_of
from latewatch.domain.standing import is_expected_late, is_last_call, owes_letter
from latewatch.errors import LetterError

DUE = date(2026, 11, 12)


def at(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


class TestDuty:
    @pytest.mark.parametrize(
        ("facts", "instant", "duty"),
        [
            pytest.param({}, "2026-11-12T23:00", Duty.NOT_OWED, id="not late yet"),
            pytest.param({}, "2026-11-13T08:00", Duty.MISSING, id="overdue without a letter"),
            pytest.param({"draft": "2026-11-10"}, "2026-11-13T08:00", Duty.MISSING, id="a draft is no letter"),
            pytest.param({"letter": "2026-11-11"}, "2026-11-13T08:00", Duty.IN_TIME, id="the day before expiry"),
            pytest.param({"letter": "2026-11-12"}, "2026-11-13T08:00", Duty.LATE, id="the day of expiry"),
            pytest.param({"letter": "2026-11-20"}, "2026-11-20T08:00", Duty.LATE, id="after it"),
            pytest.param({"letter": "2026-11-20"}, "2026-11-19T08:00", Duty.MISSING, id="sent later than asked"),
            pytest.param({"recalled": "2026-11-11"}, "2026-11-13T08:00", Duty.MISSING, id="recalled"),
            pytest.param({"finished": "2026-11-13"}, "2026-11-20T08:00", Duty.MISSING, id="finished late"),
            pytest.param({"finished": "2026-11-13", "letter": "2026-11-11"}, "2026-11-20T08:00", Duty.IN_TIME, id="finished late, in time"),
            pytest.param({"finished": "2026-11-12", "letter": "2026-11-12"}, "2026-11-20T08:00", Duty.NOT_OWED, id="finished in time after all"),
            pytest.param({"status": Status.SUSPENDED}, "2026-11-20T08:00", Duty.NOT_OWED, id="suspended"),
            pytest.param({"due": None}, "2026-11-20T08:00", Duty.NOT_OWED, id="no due date"),
        ],
    )  # fmt: skip
    def test_of_one_dossier(self, facts: dict[str, str], instant: str, duty: Duty) -> None:
        assert duty_of(case(**{"due": DUE, **facts}), at(instant)) is duty  # type: ignore[arg-type]

    def test_the_parts_are_the_whole(self) -> None:
        cases = [
            case("H1"),
            case("H2", letter="2026-11-11"),
            case("H3", letter="2026-11-12"),
            case("H4", letter="2026-11-12", finished="2026-11-13"),
            case("H5", finished="2026-11-11"),
        ]
        assert count_duties(cases, at("2026-11-16T08:00")) == Duties(4, in_time=1, late=2, missing=1)


class TestLead:
    CODED = Procedure(code="1.000001", name="Thủ tục Mẫu", source=CONFIGURED)
    NAMED = Procedure(name="Thủ tục Ví Dụ", valid_from=date(2026, 7, 1), source=CONFIGURED)
    LEADS = Leads(1, [(CODED, 5), (NAMED, 3)])

    @pytest.mark.parametrize(
        ("facts", "lead"),
        [
            pytest.param({"procedure_code": "1.000001"}, 5, id="by code"),
            pytest.param({"procedure": "THỦ TỤC  MẪU"}, 5, id="by name, as names compare"),
            pytest.param({"procedure": "thu tuc vi du"}, 3, id="by name alone"),
            pytest.param({"procedure": "Thủ tục khác"}, 1, id="the office's"),
            pytest.param({"procedure": "thu tuc vi du", "received_at": moment("2026-06-30")}, 1, id="received before"),
            pytest.param({"procedure": "thu tuc vi du", "received_at": None}, 3, id="received nobody knows when"),
        ],
    )  # fmt: skip
    def test_the_procedures_own_else_the_offices(self, facts: dict[str, object], lead: int) -> None:
        bare = replace(dossier(), **{"procedure": "", **facts})  # type: ignore[arg-type]
        assert self.LEADS.of(bare) == lead
        assert self.LEADS.of(bare) == lead

    @pytest.mark.parametrize(
        ("lead", "instant", "expected", "last_call"),
        [
            pytest.param(3, "2026-11-06T08:00", False, False, id="four working days before"),
            pytest.param(3, "2026-11-09T08:00", True, False, id="three: drafted, and need not go yet"),
            pytest.param(3, "2026-11-11T08:00", True, True, id="the last day in time"),
            pytest.param(3, "2026-11-12T08:00", True, True, id="the day of expiry"),
            pytest.param(3, "2026-11-13T08:00", False, False, id="overdue"),
            pytest.param(0, "2026-11-11T08:00", False, False, id="no lead: not the day before"),
            pytest.param(0, "2026-11-12T08:00", True, True, id="no lead: the day itself"),
        ],
    )
    def test_it_says_when_a_letter_is_owed_and_the_rule_when_it_must_go(
        self, lead: int, instant: str, expected: bool, last_call: bool
    ) -> None:
        late = case(due=DUE, lead=lead)
        assert is_expected_late(late, at(instant)) is expected
        assert is_last_call(late, at(instant)) is last_call
        assert owes_letter(late, at(instant)) is (expected or instant > "2026-11-12T23")


class TestNeedless:
    @pytest.mark.parametrize(
        ("facts", "why"),
        [
            pytest.param({}, "", id="overdue"),
            pytest.param({"due": "2026-11-16"}, "", id="due on another day, soon"),
            pytest.param({"due": "2026-11-30"}, "hạn của hồ sơ nay là 30/11/2026, chưa đến lúc xin lỗi", id="out of reach"),
            pytest.param({"finished": "2026-11-11"}, "hồ sơ nay “trước hạn”", id="finished early"),
            pytest.param({"finished": "2026-11-12"}, "hồ sơ nay “đúng hạn”", id="finished on time"),
            pytest.param({"finished": "2026-11-13"}, "", id="finished late"),
            pytest.param({"status": Status.WITHDRAWN}, "hồ sơ nay “rút hồ sơ”", id="withdrawn"),
            pytest.param({"status": Status.SUSPENDED}, "hồ sơ nay “tạm dừng, chờ bổ sung”", id="suspended"),
        ],
    )  # fmt: skip
    def test_a_draft(self, facts: dict[str, str], why: str) -> None:
        assert why_needless(case(**{"due": DUE, **facts}), DUE, at("2026-11-13T08:00")) == why  # type: ignore[arg-type]

    def test_one_that_was_drafted_early_on_purpose_is_needed(self) -> None:
        assert why_needless(case(due="2026-11-30"), date(2026, 11, 30), at("2026-11-13T08:00")) == ""

    @pytest.mark.parametrize(
        ("facts", "why"),
        [
            pytest.param({}, "", id="overdue"),
            pytest.param({"finished": "2026-11-13"}, "hồ sơ đã xong ngày 13/11/2026, không còn gì để hẹn lại", id="finished late"),
            pytest.param({"finished": "2026-11-11"}, "hồ sơ nay “trước hạn”", id="finished early"),
            pytest.param({"due": "2026-11-16"}, "ngày hẹn lại 16/11/2026 không còn sau hạn hay ngày hẹn 16/11/2026", id="its date is the due day by now"),
        ],
    )  # fmt: skip
    def test_a_letter_with_a_number(self, facts: dict[str, str], why: str) -> None:
        late = case(**{"due": DUE, **facts})  # type: ignore[arg-type]
        assert why_cancel(late, DUE, date(2026, 11, 16), late.due_on, at("2026-11-13T08:00")) == why


class TestOnce:
    def first(self, state: LetterState, number: str = "07/PXL", sent: date | None = None) -> Appointment:
        return Appointment(state, date(2026, 11, 10), number, date(2026, 11, 19), sent)

    def test_the_first_is_no_second(self) -> None:
        refuse_another("H1", None)

    @pytest.mark.parametrize(
        ("first", "told"),
        [
            pytest.param((LetterState.DRAFT, ""), "văn bản xin lỗi ngày 10/11/2026, bước “nháp”", id="a draft"),
            pytest.param((LetterState.SIGNED,), "văn bản xin lỗi số 07/PXL ngày 10/11/2026, bước “đã ký”", id="signed"),
            pytest.param((LetterState.CANCELLED, "07/PXL", date(2026, 11, 11)), "số 07/PXL ngày 10/11/2026, đã gửi ngày 11/11/2026 rồi hủy nên lần hẹn lại đã dùng", id="recalled"),
        ],
    )  # fmt: skip
    def test_a_second_names_the_first(self, first: tuple[LetterState, ...], told: str) -> None:
        with pytest.raises(LetterError, match=r"không quá một lần.*Điều 19\.6.*letters show H1") as caught:
            refuse_another("H1", self.first(*first))  # type: ignore[arg-type]
        assert told in str(caught.value)
        assert "hẹn lại 19/11/2026" in str(caught.value)


OWN = {"mua-bao": "ảnh hưởng của mưa bão", "qua-tai": "nhiều hồ sơ"}


class TestReasons:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("cho-y-kien", REASONS["cho-y-kien"]),
            ("CHO_Y_KIEN", REASONS["cho-y-kien"]),
            ("mua-bao", "ảnh hưởng của mưa bão"),
            ("qua-tai", "nhiều hồ sơ"),
            ("chờ  ý kiến của Sở Mẫu", "chờ ý kiến của Sở Mẫu"),
            ("quá tải", "quá tải"),
            ("bão", "bão"),
            ("", ""),
        ],
    )
    def test_a_code_is_its_sentence_and_a_sentence_itself(self, text: str, says: str) -> None:
        assert reason_of(text, OWN) == says

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("qua-tia", "có phải “qua-tai” không?"),
            ("thucdia", "có phải “thuc-dia” không?"),
            ("mua-bai", "có phải “mua-bao” không?"),
            ("dong-dat", "các mã: qua-tai, cho-y-kien, thuc-dia, loi-he-thong, can-bo-nghi, khac, mua-bao"),
        ],
    )
    def test_what_is_nearly_a_code_or_can_only_be_one_is_refused(self, text: str, meant: str) -> None:
        with pytest.raises(LetterError, match="Không có mã lý do") as caught:
            reason_of(text, OWN)
        assert meant in str(caught.value)
        assert "latewatch letters reasons" in str(caught.value)

    def test_every_sentence_goes_on_after_a_colon(self) -> None:
        for sentence in catalogue({}).values():
            assert sentence[0].islower()
            assert not sentence.endswith(".")

    @pytest.mark.parametrize(("code", "sentence"), [("Mưa bão", "x"), ("mua bao", "x"), ("mua-bao", " ")])
    def test_an_own_reason_nobody_could_use_is_refused(self, code: str, sentence: str) -> None:
        with pytest.raises(LetterError, match="mã lý do"):
            check_own({code: sentence})
