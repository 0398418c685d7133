"""`latewatch letters …` as people type it: from the draft to the register, one letter or many."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from offices import NOW, SOURCE, UNITS, Desk, desk_in, done, row
from sqlalchemy import insert
from sqlalchemy import text as sql
from typer.testing import CliRunner, Result

from latewatch.cli.letters import listing, selecting
from latewatch.cli.main import app
from latewatch.errors import ConfigError, LatewatchError, LetterError
from latewatch.jobs.letters.documents import unsigned_document
from latewatch.jobs.letters.draft import draft_letters
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema
from latewatch.store.letters.life import of_dossier, stored_letters

AT = "2026-11-12T08:00"
BY = ("--by", "Trần Thị Thí Dụ")
REASON = "chờ ý kiến của cơ quan phối hợp"
NAME = "Nguyễn Văn Ví Dụ"
LISTED = 5
SETTINGS = UNITS.replace('code = "PKT"', 'code = "PKT"\nletter_symbol = "PXL-PKT"').replace(
    'signer_title = "Trưởng phòng"', 'signer_title = "Trưởng phòng"\nsigner_name = "Lê Văn Mẫu"'
)


@pytest.fixture(scope="module")
def words_for_pdfs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.code}".encode())
        patch.delenv("LATEWATCH_BY", raising=False)
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, words_for_pdfs: None) -> Path:
    """Three late dossiers, drafted; the third is of another unit and gives no reason."""
    desk = desk_in(tmp_path_factory.mktemp("model") / "office")
    desk.configure(SOURCE, SETTINGS)
    desk.export("a.csv", [late("H1"), late("H2"), late("H3", unit="Phòng Văn hóa - Xã hội")])
    desk.poll()
    with desk.open() as office:
        for code, reason in (("H1", REASON), ("H2", REASON), ("H3", "")):
            draft_letters(office, NOW, code=code, reason=reason)
    return desk.folder


@pytest.fixture
def desk(model: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(model, tmp_path / "office")), files=1)


def late(code: str, **facts: str) -> dict[str, str]:
    return row(code, promised="13/11/2026", applicant=NAME, phone="0900000000", **facts)


def invoke(desk: Desk, *words: str, at: str = AT, env: dict[str, str] | None = None) -> Result:
    timed = () if "register" in words and "check" in words else ("--at", at)
    config = ("--config", str(desk.folder / "config.toml"))
    result = CliRunner().invoke(app, ["letters", *words, *timed, *config], env=env)
    if isinstance(result.exception, LatewatchError):
        raise result.exception
    return result


def run(desk: Desk, *words: str, exit_code: int = 0, **how: Any) -> str:
    result = invoke(desk, *words, **how)
    assert result.exit_code == exit_code, result.output
    return result.stdout + result.stderr


def run_json(desk: Desk, *words: str, exit_code: int = 0, **how: Any) -> Any:
    result = invoke(desk, *words, "--json", **how)
    assert result.exit_code == exit_code, result.output
    return json.loads(result.stdout)


def states(desk: Desk) -> dict[str, str]:
    every = [word for state in ("draft", "reviewed", "numbered", "sent", "confirmed", "cancelled")
             for word in ("--state", state)]  # fmt: skip
    return {each["code"]: each["state"] for each in run_json(desk, "list", *every)}


class TestChoosing:
    def test_one_dossier_or_a_filter_and_never_all_by_mistake(self, desk: Desk) -> None:
        for words in (("review",), ("cancel", "--why", "thử"), ("number",), ("confirm", "--why", "thử")):
            assert "hãy ghi mã hồ sơ" in squeezed(run(desk, *words, *BY, exit_code=2))
        assert "bỏ --unit" in squeezed(run(desk, "review", "H1", "--unit", "PKT", *BY, exit_code=2))
        assert set(states(desk).values()) == {"draft"}

    def test_who_does_it_is_asked_for_or_taken_from_the_environment(self, desk: Desk) -> None:
        assert "--by" in run(desk, "review", "H1", exit_code=2)
        run(desk, "review", "H1", env={"LATEWATCH_BY": "Lê Văn Mẫu"})
        assert run_json(desk, "show", "H1")[0]["changes"][-1]["by"] == "Lê Văn Mẫu"
        with pytest.raises(LetterError, match="--by TÊN"):
            run(desk, "review", "H2", "--by", " ")

    def test_a_unit_nobody_has(self, desk: Desk) -> None:
        for words in (("list",), ("review", *BY)):
            with pytest.raises(ConfigError, match="không có đơn vị “PXX”"):
                run(desk, *words, "--unit", "PXX")

    def test_a_filter_without_letters_is_done_at_once(self, desk: Desk) -> None:
        assert run(desk, "number", "--unit", "PKT", *BY) == "Đã ghi: 0 văn bản.\n"

    def test_new_date_and_number_are_for_one_dossier(self, desk: Desk) -> None:
        assert "--new-date" in run(
            desk, "revise", "--unit", "PKT", "--new-date", "2026-11-25", *BY, exit_code=2
        )
        assert "--number" in run(desk, "issue", "--unit", "PKT", "--number", "7", *BY, exit_code=2)


def squeezed(text: str) -> str:
    """Return what a box of several lines says in one."""
    return " ".join(text.replace("│", " ").split())


def test_a_filter_goes_on_past_refusals_names_them_and_exits_with_1(desk: Desk) -> None:
    text = run(desk, "review", "--state", "draft", *BY, exit_code=1)
    assert "Đã ghi: 2 văn bản" in text
    assert "✗ H3: Văn bản xin lỗi chưa nêu lý do (NĐ 118/2025/NĐ-CP, Điều 19.6)" in text
    assert states(desk) == {"H1": "reviewed", "H2": "reviewed", "H3": "draft"}
    (refused,) = run_json(desk, "review", "--state", "draft", *BY, exit_code=1)
    assert (refused["code"], refused["before"], refused["after"]) == ("H3", "draft", "draft")
    assert "letters revise" in refused["problem"]


def test_a_trial_writes_nothing(desk: Desk) -> None:
    for words in (
        ("review", "--unit", "PKT"),
        ("revise", "H1", "--reason", "hồ sơ chờ xác minh thực địa"),
        ("cancel", "--state", "draft", "--why", "thử"),
        ("issue", "--unit", "PKT"),
        ("issue", "H1"),
        ("register", "start", "--register", "PKT", "--year", "2026", "--first", "9", "--why", "thử"),
    ):
        assert "Chạy thử, chưa ghi gì" in run(desk, *words, *BY, "--dry-run")
    assert set(states(desk).values()) == {"draft"}
    run(desk, "review", "H1", *BY)
    (tried,) = run_json(desk, "number", "H1", *BY, "--dry-run")
    assert (tried["number"], tried["after"]) == ("01/PXL-PKT", "numbered")
    assert states(desk)["H1"] == "reviewed"


def test_the_whole_way_to_the_register(desk: Desk) -> None:
    run(desk, "review", "--unit", "PKT", *BY)
    text = run(desk, "number", "--unit", "PKT", *BY)
    assert all(words in text for words in ("đã rà → đã cấp số", "01/PXL-PKT", "02/PXL-PKT"))
    run(desk, "cancel", "H2", "--why", "sai tên đơn vị", *BY)
    text = run(desk, "register")
    assert "Sổ của Phòng Kinh tế, năm 2026" in text
    assert "HỦY 12/11/2026: sai tên đơn vị (Trần Thị Thí Dụ)" in text
    assert "Lê Văn Mẫu" in text  # who signs
    assert NAME not in text
    assert NAME in run(desk, "register", "--full")
    assert "đủ số, không trùng" in run(desk, "register", "check")
    (book,) = run_json(desk, "register", "--from", "2026-11-01", "--to", "30/11/2026", "--register", "PKT")
    assert [each["shown_number"] for each in book["entries"]] == ["01/PXL-PKT", "02/PXL-PKT"]
    assert NAME not in json.dumps(book, ensure_ascii=False)
    assert "Không có văn bản nào" in run(desk, "register", "--year", "2025")


def test_the_register_as_a_workbook(desk: Desk, tmp_path: Path) -> None:
    run(desk, "review", "H1", *BY)
    run(desk, "number", "H1", *BY)
    path = tmp_path / "so" / "so.xlsx"
    assert "1 văn bản, có tên người nhận" in run(desk, "register", "--xlsx", str(path))
    (sheet,) = openpyxl.load_workbook(path).worksheets
    assert NAME in str([cell.value for line in sheet.iter_rows() for cell in line])
    found = invoke(desk, "register", "--xlsx", str(path), "--json")
    assert NAME not in found.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2026-11-01"),
        ("--year", "2026", "--from", "2026-11-01", "--to", "2026-11-02"),
        ("--from", "2026-11-02", "--to", "2026-11-01"),
    ],
)
def test_a_span_that_cannot_be_meant(desk: Desk, words: tuple[str, ...]) -> None:
    run(desk, "register", *words, exit_code=2)


def test_a_register_that_goes_on_from_paper(desk: Desk) -> None:
    start = ("register", "start", "--register", "PKT", "--year", "2026", "--first", "118")
    assert "Missing option '--why'" in run(desk, *start, *BY, exit_code=2)
    text = run(desk, *start, "--why", "tiếp sổ giấy", *BY)
    assert text == "Sổ PKT năm 2026 bắt đầu từ số 118.\n"
    run(desk, "review", "H1", *BY)
    assert run_json(desk, "number", "H1", *BY)[0]["number"] == "118/PXL-PKT"
    assert "Sổ bắt đầu từ số 118: tiếp sổ giấy (Trần Thị Thí Dụ)." in run(desk, "register")
    with pytest.raises(LetterError, match="đã cấp đến số 118"):
        run(desk, *start, "--why", "lần nữa", *BY)


def test_a_broken_register_is_named_and_exits_with_1(desk: Desk) -> None:
    run(desk, "review", "--unit", "PKT", *BY)
    run(desk, "number", "--unit", "PKT", *BY)
    with desk.open() as office, office.store.writing() as connection:
        connection.execute(sql("UPDATE letter SET number = 7 WHERE number = 2"))
    assert "✗ sổ Phòng Kinh tế năm 2026: thiếu số 2" in run(desk, "register", "check", exit_code=1)
    assert run_json(desk, "register", "check", exit_code=1) == [
        "sổ Phòng Kinh tế năm 2026: thiếu số 2",
        "sổ Phòng Kinh tế năm 2026: số ngoài khoảng 1-2 7",
    ]


class TestListAndShow:
    def test_what_to_do_next_and_until_when(self, desk: Desk) -> None:
        run(desk, "review", "H1", *BY)
        text = run(desk, "list")
        assert "Văn bản xin lỗi: 3" in text
        assert "cấp số, chậm nhất 12/11/2026" in text
        assert "ghi lý do, chậm nhất 12/11/2026" in text
        assert NAME not in text
        later = run(desk, "list", "--unit", "PVH", at="2026-11-13T08:00")
        assert "đã muộn" in later
        assert "chậm nhất 12/11/2026 (đã qua)" in later
        assert "H1" not in later

    def test_as_a_document_for_programs(self, desk: Desk) -> None:
        run(desk, "review", "H1", *BY)
        (first,) = run_json(desk, "list", "--state", "reviewed")
        assert first["next"] == {"move": "number", "until": "2026-11-12"}
        assert (first["code"], first["due_on"], first["is_late"]) == ("H1", "2026-11-13", False)

    def test_a_finished_dossier_s_letter_is_to_be_cancelled(self, desk: Desk) -> None:
        desk.export("b.csv", [done("H1", "12/11/2026 07:00", promised="13/11/2026", applicant=NAME)])
        desk.poll()
        assert "hủy, hồ sơ không còn cần" in run(desk, "list")
        with pytest.raises(LetterError, match="letters cancel --why"):
            run(desk, "review", "H1", *BY)

    def test_a_long_list_is_cut_for_a_reader_who_may_ask_for_all(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selecting, "LISTED", LISTED)
        monkeypatch.setattr(listing, "LISTED", LISTED)
        desk.export("b.csv", [late(f"M{n:02}") for n in range(LISTED)])
        desk.poll()
        with desk.open() as office:
            draft_letters(office, NOW, reason=REASON)
        assert "… và 3 văn bản nữa; xem hết: latewatch letters list --all" in run(desk, "list")
        assert f"M{LISTED - 1:02}" in run(desk, "list", "--all")
        assert "… và 2 văn bản nữa" in run(desk, "review", "--unit", "PKT", *BY)

    def test_everything_of_one_letter_names_hidden_unless_asked(self, desk: Desk) -> None:
        run(desk, "review", "H1", "--why", "đã đối chiếu", *BY)
        run(desk, "number", "H1", *BY)
        text = run(desk, "show", "H1")
        for words in (
            "văn bản xin lỗi số 01/PXL-PKT, đã cấp số",
            "việc tiếp theo: ký, chậm nhất 12/11/2026",
            "kính gửi: (che)",
            REASON,
            "08:00 12/11/2026 nháp → đã rà, Trần Thị Thí Dụ: đã đối chiếu",
            "người ký: Trưởng phòng, Lê Văn Mẫu",
            "mã kiểm tra: ",
        ):
            assert words in text
        assert NAME not in text
        assert f"kính gửi: {NAME}, 0900000000" in run(desk, "show", "H1", "--full")
        assert NAME not in json.dumps(run_json(desk, "show", "H1"), ensure_ascii=False)

    def test_its_documents_by_hash_and_every_attempt_to_send_it(self, desk: Desk) -> None:
        run(desk, "review", "H1", *BY)
        run(desk, "number", "H1", *BY)
        with desk.open() as office:
            with office.store.reading() as connection:
                letter = next(stored_letters(connection, of_dossier("H1")))
            document = unsigned_document(office, letter, NOW)
            with office.store.writing() as connection:
                sent = {"letter_id": letter.id, "channel": "email", "state": "failed", "attempts": 1}
                told = {"reference": "<1@vi-du>", "problem": "địa chỉ không có", "queued_by": "thử"}
                row = insert(schema.delivery).values(**sent, **told, queued_at=NOW)
                delivery = connection.execute(row.returning(schema.delivery.c.id)).scalar_one()
                attempt = {"delivery_id": delivery, "at": NOW, "outcome": "refused", "answer": "550 5.1.1"}
                connection.execute(insert(schema.delivery_attempt).values(**attempt))
        text = run(desk, "show", "H1")
        for words in (
            f"bản chưa ký: {len(document.content)} byte, 08:00 12/11/2026, SHA-256 {document.sha256}",
            "thư điện tử: không gửi được: địa chỉ không có",
            "08:00 12/11/2026 bị từ chối: 550 5.1.1",
        ):
            assert words in text
        (story,) = run_json(desk, "show", "H1")
        assert story["documents"][0]["sha256"] == document.sha256
        assert story["deliveries"][0]["attempts"][0]["answer"] == "550 5.1.1"

    def test_all_letters_a_dossier_ever_had(self, desk: Desk) -> None:
        run(desk, "cancel", "H1", "--why", "soạn nhầm", *BY)
        with desk.open() as office:
            draft_letters(office, NOW, code="H1", reason=REASON)
        assert [each["row"]["state"] for each in run_json(desk, "show", "H1")] == ["cancelled", "draft"]
        assert [each["state"] for each in run_json(desk, "list", "--code", "H1")] == ["cancelled", "draft"]
        assert "nháp → đã hủy, Trần Thị Thí Dụ: soạn nhầm" in run(desk, "show", "H1")
        with pytest.raises(LetterError, match="H7 không có văn bản xin lỗi; soạn"):
            run(desk, "show", "H7")


class TestRevise:
    def test_other_words_for_a_reviewed_letter(self, desk: Desk) -> None:
        run(desk, "review", "H1", *BY)
        run(desk, "revise", "H1", "--reason", "thuc-dia", "--new-date", "25/11/2026", *BY)
        (story,) = run_json(desk, "show", "H1")
        assert story["row"]["state"] == "draft"
        assert story["words"]["new_date"] == "2026-11-25"
        assert "thực địa" in story["words"]["reason"]

    def test_a_code_that_was_mistyped_is_refused_with_the_nearest(self, desk: Desk) -> None:
        with pytest.raises(LetterError, match="có phải “thuc-dia”"):
            run(desk, "revise", "H1", "--reason", "thuc-dai", *BY)


class TestEnds:
    def test_issued_elsewhere_and_confirmed(self, desk: Desk) -> None:
        text = run(desk, "issue", "H1", "--number", "21/PKT", *BY, at="2026-11-13T09:00")
        assert "H1: văn bản xin lỗi phát hành ngày 13/11/2026" in text
        assert "Gửi muộn: H1" in text
        assert "Missing option '--why'" in run(desk, "confirm", "H1", *BY, exit_code=2)
        run(desk, "confirm", "H1", "--why", "gọi điện", *BY, at="2026-11-13T10:00")
        (story,) = run_json(desk, "show", "H1")
        assert (story["row"]["state"], story["row"]["number"]) == ("confirmed", "21/PKT")

    def test_by_filter(self, desk: Desk) -> None:
        moved = run_json(desk, "issue", "--unit", "PKT", "--dated", "2026-11-12", *BY)
        assert [(each["code"], each["after"], each["is_late"]) for each in moved] == [
            ("H1", "sent", False),
            ("H2", "sent", False),
        ]

    def test_cancelled_after_it_was_sent_the_appointment_is_used_up(self, desk: Desk) -> None:
        run(desk, "issue", "H1", *BY)
        text = run(desk, "cancel", "H1", "--why", "gửi nhầm người", *BY)
        assert "Đã gửi rồi mới hủy: H1. Lần hẹn lại của hồ sơ coi như đã dùng" in text
        with pytest.raises(LetterError, match="không quá một lần"):
            run(desk, "draft", "--code", "H1")
