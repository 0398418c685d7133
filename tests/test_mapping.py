"""`latewatch mapping suggest`: an unknown layout → a profile that reads it, without a name or a number in it."""

import json
import random
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exports import CORE, PRESET_A, PRESET_B, Rows, below, core, delimited, profile, read, workbook, xls, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import desk_in
from typer.testing import CliRunner
from worlds import moment

from latewatch.cli.main import app, run
from latewatch.domain.dossier import Status
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.sources.files.cells import key_of
from latewatch.sources.mapping.apart import propose_apart
from latewatch.sources.mapping.cells import Kind, kind_of
from latewatch.sources.mapping.proposal import Proposal, propose
from latewatch.sources.mapping.text import toml_of

NAME = "Nguyễn Văn Ví Dụ"
PHONE = "0900000001"
CARD = "001200000001"  # a number of an identity card
PERSONAL = re.compile("Nguyễn|Ví Dụ|vi-du|0900|9000|00120|02/03/1980|thôn")


def proposed(rows: Rows, **options: Any) -> Proposal:
    return propose("la.xlsx", xlsx(rows, **options), 10)


def fields(proposal: Proposal) -> dict[str, str]:
    """Heading → field, of the columns something speaks for."""
    return {
        guess.column.name: guess.field for guess in proposal.guesses if guess.certainty.value != "không rõ"
    }


def certainty(proposal: Proposal, heading: str) -> str:
    return next(guess.certainty.value for guess in proposal.guesses if guess.column.name == heading)


def decided(text: str, words: dict[str, str]) -> str:
    """The proposal after a person has said yes to what may be, and what the unknown words mean."""
    text = re.sub(r"^# (\w+ = \[.+\]  # có thể)", r"\1", text, flags=re.MULTILINE)
    for word, meaning in words.items():
        text = re.sub(rf'^# "{word}" = ".*?"', f'"{word}" = "{meaning}"', text, flags=re.MULTILINE)
    return text


def read_with(folder: Path, text: str, name: str, content: bytes) -> Reading:
    file = folder / "rieng.toml"
    file.write_text(text, encoding="utf-8")
    return read(content, name, profile=str(file))


def english(day: int) -> list[Any]:
    """A row of a system in English that writes months first, and money as 1.234,5."""
    state = ("Đang xử lý", "Chờ ký số", "Đã trả KQ")[day % 3]
    finished = f"11/{day + 5}/2026" if day % 3 == 2 else ""
    return [
        *(
            f"H36.12-2611{day:02d}-0007",
            NAME,
            "02/03/1980",
            CARD,
            state,
            f"11/{day}/2026",
            f"11/{day + 7}/2026",
        ),
        *(finished, PHONE, "1.234,5", "Đăng ký khai sinh"),
    ]


ENGLISH = [
    ["DossierCode", "Applicant Name", "Birth date", "ID No", "Dossier Status", "Received Date", "Due Date",
     "Finished", "Phone", "Fee", "Procedure name"],
    *map(english, range(1, 22)),
]  # fmt: skip


class TestRoundTrip:
    """With the proposal in place the file is read."""

    def test_english_headings_months_first_and_money_with_a_comma(self, tmp_path: Path) -> None:
        content = delimited(ENGLISH, ";", "utf-8")
        proposal = propose("la.csv", content, 10)
        assert proposal.missing == []
        reading = read_with(
            tmp_path,
            decided(toml_of(proposal), {"Chờ ký số": "processing", "Đã trả KQ": "returned"}),
            "la.csv",
            content,
        )
        assert (len(reading.reported), reading.rejected, reading.warnings) == (21, [], [])
        first = reading.reported[0].facts
        assert (first["received_at"], first["promised_at"]) == (moment("2026-11-01"), moment("2026-11-08"))
        assert (first["status"], first["applicant"], first["phone"]) == (Status.PROCESSING, NAME, PHONE)
        assert first["procedure"] == "Đăng ký khai sinh"

    def test_a_header_merged_over_three_rows_below_no_banner(self, tmp_path: Path) -> None:
        rows = [
            ["Thông tin hồ sơ", None, None, "Thời gian", None, None, None],
            ["Mã", "Tình trạng", "Lĩnh vực", "Ngày", None, None, "Thời hạn"],
            [None, None, None, "vào sổ", "hẹn trả", "xong", None],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
            *(
                [f"G09.20-202611{n:02d}-00926{n:02d}", "Đang giải quyết", "Hộ tịch", date(2026, 11, 2),
                 date(2026, 11, 9), None, 5]
                for n in range(1, 20)
            ),
        ]  # fmt: skip
        merged = ["A1:C1", "D1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3"]
        content = xlsx(rows, merge=merged)
        proposal = propose("gop.xlsx", content, 10)
        assert proposal.lines == (2, 3)
        reading = read_with(tmp_path, decided(toml_of(proposal), {}), "gop.xlsx", content)
        assert (len(reading.reported), reading.rejected) == (19, [])
        facts = reading.reported[0].facts
        assert (facts["received_at"], facts["promised_at"]) == (moment("2026-11-02"), moment("2026-11-09"))
        assert (facts["field"], facts["time_limit"]) == ("Hộ tịch", TimeLimit(5, LimitUnit.WORKING_DAYS))

    def test_headings_of_a_program_without_spaces_and_accents(self, tmp_path: Path) -> None:
        rows = [
            ["STT", "so_ho_so", "TrangThaiHoSo", "NgayTiepNhan", "NgayHenTraKQ", "MaTTHC", "SoDienThoai", "LePhi"],
            *(
                [n, f"H00.01-261102-{n:04d}", "Yêu cầu bổ sung", f"0{n}-11-2026 08:30", f"1{n}-11-2026", "1.004080",
                 900000001.0, "1.234.567,5"]
                for n in range(1, 10)
            ),
        ]  # fmt: skip
        content = xls(rows)
        proposal = propose("cu.xls", content, 10)
        reading = read_with(tmp_path, decided(toml_of(proposal), {}), "cu.xls", content)
        assert (len(reading.reported), reading.rejected) == (9, [])
        facts = reading.reported[0].facts
        assert (facts["status"], facts["procedure_code"], facts["phone"]) == (
            Status.SUPPLEMENT,
            "1.004080",
            "0900000001",
        )
        assert facts["received_at"] == moment("2026-11-01T08:30")

    def test_a_list_of_events(self, tmp_path: Path) -> None:
        rows = [
            ["Mã HS", "Loại việc", "Start", "End", "Cơ quan"],
            *([f"H{n}", "Chặng", f"0{n}/11/2026", f"1{n}/11/2026", "Sở Xây dựng"] for n in range(1, 9)),
        ]
        content = xlsx(rows)
        proposal = propose("sk.xlsx", content, 10)
        assert proposal.based_on == "events"
        reading = read_with(tmp_path, decided(toml_of(proposal), {}), "sk.xlsx", content)
        assert (len(reading.reported), reading.rejected) == (8, [])

    @pytest.mark.parametrize("preset", [PRESET_A, PRESET_B], ids=["A", "B"])
    def test_a_known_layout_is_proposed_as_the_preset_reads_it(self, preset: Sequence[str]) -> None:
        rows = [["BÁO CÁO"], [], preset, *[below(preset, Ngày_hẹn_trả="09/11/2026")] * 5]
        shipped = profile().field_of
        found = fields(proposed(rows))
        assert found == {name: shipped[key_of(name)] for name in preset if key_of(name) in shipped}


class TestHeader:
    """Where the header is, though nobody says what it is called."""

    @pytest.mark.parametrize("above", [0, 1, 5], ids=["none", "one line", "five lines"])
    def test_lines_of_a_banner_are_no_header(self, above: int) -> None:
        rows = [*[["ỦY BAN NHÂN DÂN", None, "Kỳ: 11/2026"]] * above, ["Mã X", "Tình X", "Nhận X"]]
        rows += [[f"H36.12-261102-{n:04d}", "Đang xử lý", "02/11/2026"] for n in range(9)]
        proposal = proposed(rows)
        assert proposal.lines == (above + 1, above + 1)

    def test_a_table_without_a_header_is_refused_and_none_of_its_rows_is_told(self) -> None:
        rows = [[f"H36.12-261102-{n:04d}", NAME, "Đang xử lý", "02/11/2026", PHONE] for n in range(9)]
        with pytest.raises(
            SourceError, match="không thấy bảng nào: cần một dòng tiêu đề toàn chữ"
        ) as refused:
            proposed(rows)
        assert not PERSONAL.search(str(refused.value))

    @pytest.mark.parametrize("seed", range(300))
    def test_a_row_of_a_table_without_a_header_is_never_told_whatever_it_lacks(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        states = ("Đang xử lý", "Đã xử lý xong", "Chờ")
        wanted = rng.sample(range(8), rng.randint(2, 8))
        lack = rng.choice((0, 0.1, 0.3, 0.6))

        def cells(n: int) -> list[str]:
            whole = [str(n), f"H36.12-261102-{n:04d}", f"{NAME} {n % 7}", f"thôn Kín {n % 5}"]
            whole += [rng.choice(states), "02/11/2026", PHONE, "Hộ tịch"]
            return [whole[at] if rng.random() > lack else "" for at in sorted(wanted)]

        content = delimited([cells(n) for n in range(rng.randint(1, 40))])
        with suppress(SourceError):
            assert not PERSONAL.search(toml_of(propose("la.csv", content, 4)))

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param([], id="nothing"),
            pytest.param([["Mã hồ sơ", "Trạng thái", "Ngày nhận"]], id="headings alone"),
            pytest.param([[NAME, "thôn Mẫu", "Đang xử lý"]] * 9, id="texts alone"),
            pytest.param([["Mã hồ sơ", "02/11/2026"]] * 9, id="one column of a kind"),
        ],
    )
    def test_what_is_no_table_is_refused(self, rows: Rows) -> None:
        with pytest.raises(SourceError, match="không thấy bảng nào"):
            proposed(rows)

    def test_of_several_sheets_the_fullest_is_taken_and_the_others_are_named(self) -> None:
        few = [["Mã hồ sơ", "Ngày nhận", "Ghi chú"], *[["H1.1-261102-001", "02/11/2026", ""]] * 5]
        content = workbook({"Bìa": [["x"]], "Ít": few, "Hồ sơ": [CORE, *[core()] * 5]})
        proposal = propose("nhieu.xlsx", content, 10)
        assert (proposal.sheet, proposal.other_sheets) == ("Hồ sơ", ["Ít"])


SURE = {
    "a known heading above dates": ("Ngày nhận hồ sơ", "02/11/2026", "received_at", "chắc"),
    "a known heading above texts": ("Ngày nhận hồ sơ", "chưa rõ", "", "không rõ"),
    "a known heading of an empty column": ("Ngày hoàn thành", None, "processed_at", "chắc"),
    "a heading nearly known": ("Ngày hẹn trả cho dân", "09/11/2026", "promised_at", "có thể"),
    "short forms": ("Ngày hẹn trả KQ HS", "09/11/2026", "promised_at", "có thể"),
    "a limit in words under an odd heading": ("Định mức", "05 ngày làm việc", "time_limit", "có thể"),
    "small numbers under a heading of limits": ("Thời hạn", 15, "time_limit", "chắc"),
    "large numbers under a heading of limits": ("Thời hạn", "1.234,5", "", "không rõ"),
    "phones under an odd heading": ("Liên lạc", PHONE, "phone", "có thể"),
    "an address of e-mail": ("Liên lạc", "vi-du@example.com", "email", "có thể"),
    "a code of a procedure": ("Ký hiệu", "1.004080.000.00.00.H36", "procedure_code", "có thể"),
    "dates under an odd heading": ("Mốc 2", "02/11/2026", "", "không rõ"),
    "names under an odd heading": ("Cột bí ẩn", NAME, "", "không rõ"),
}


class TestFields:
    """Which field a column is, why, and how sure that is."""

    @pytest.mark.parametrize(("heading", "cell", "field", "sure"), SURE.values(), ids=SURE)
    def test_heading_and_content_decide_together(
        self, heading: str, cell: Any, field: str, sure: str
    ) -> None:
        rows = [["Mã hồ sơ", "Trạng thái", "Nhận lúc", heading]]
        rows += [[f"H36.12-261102-{n:04d}", "Đang xử lý", "01/11/2026", cell] for n in range(9)]
        proposal = proposed(rows)
        assert (fields(proposal).get(heading, ""), certainty(proposal, heading)) == (field, sure)

    def test_states_are_known_by_their_words(self) -> None:
        rows = [["Mã hồ sơ", "Cột bí ẩn", "Ngày nhận"], *(core(f"H{n}")[:3] for n in range(9))]
        proposal = proposed(rows)
        assert (fields(proposal)["Cột bí ẩn"], certainty(proposal, "Cột bí ẩn")) == ("status", "chắc")

    def test_codes_are_known_by_their_form(self) -> None:
        rows = [["Cột bí ẩn", "Trạng thái", "Ngày nhận"], *[core()[:3]] * 9]
        proposal = proposed(rows)
        assert (fields(proposal)["Cột bí ẩn"], certainty(proposal, "Cột bí ẩn")) == ("code", "có thể")
        assert proposal.missing == ["code"]

    def test_of_two_columns_that_could_as_well_be_it_a_person_chooses(self) -> None:
        rows = [["Mã hồ sơ", "Số biên nhận", "Trạng thái", "Ngày nhận"]]
        rows += [[f"H36.12-261102-{n:04d}", f"B{n:05d}", *core()[1:3]] for n in range(9)]
        proposal = proposed(rows)
        assert (certainty(proposal, "Mã hồ sơ"), certainty(proposal, "Số biên nhận")) == (
            "có thể",
            "không rõ",
        )
        assert proposal.missing == ["code"]
        text = toml_of(proposal)
        assert '# code = ["Mã hồ sơ"]  # có thể: tiêu đề đã biết, ô là mã, nhưng có cột khác cũng hợp' in text
        assert 'cột "Số biên nhận": tiêu đề đã biết, ô là mã, nhưng cột “Mã hồ sơ” cũng hợp' in text

    def test_what_is_missing_stands_there_to_be_filled_in(self) -> None:
        rows = [["Mã hồ sơ", "Mốc 1", "Mốc 2"], *[["H1.2-261102-0001", "02/11/2026", "09/11/2026"]] * 9]
        proposal = proposed(rows)
        assert proposal.missing == ["status", "received_at"]
        assert '# status = [""]  # thiếu: ghi tiêu đề của cột “Trạng thái hồ sơ”' in toml_of(proposal)


class TestWords:
    def test_states_are_counted_known_ones_named_and_others_left_to_fill_in(self) -> None:
        words = ["Đang xử lý"] * 5 + ["ĐANG XỬ LÝ"] + ["Đã trả KQ"] * 3 + ["Chờ ký số"] * 2
        rows = [CORE, *(core(f"H{n}", word) for n, word in enumerate(words))]
        lines = toml_of(proposed(rows)).partition("[status_words]")[2].split("\n")
        assert '# "Đang xử lý": 6 dòng, đã biết là processing' in lines
        assert '# "Đã trả KQ" = "returned"  # 3 dòng, gần giống một chữ đã biết là returned' in lines
        assert any(
            line.startswith('# "Chờ ký số" = ""  # 2 dòng, chưa biết; chọn trong: waiting') for line in lines
        )

    def test_words_of_the_channel_too(self) -> None:
        rows = [[*CORE, "Cách thức nộp"], *([*core(f"H{n}"), "Qua bồ câu"] for n in range(9))]
        assert proposed(rows).unknown_words == ["Qua bồ câu"]

    def test_a_column_of_names_is_no_column_of_states(self) -> None:
        rows = [["Mã hồ sơ", "Tình hình người nộp", "Ngày nhận"]]
        rows += [[f"H{n}", f"{NAME} {n}", "02/11/2026"] for n in range(100)]
        assert not PERSONAL.search(toml_of(proposed(rows)))


DATES = {
    "only months first can be": (["11/25/2026"] * 6 + ["11/12/2026"] * 6, "month first"),
    "days first": (["25/11/2026"] * 6 + ["12/11/2026"] * 6, None),
    "either way": (["11/12/2026"] * 12, None),
    "real dates": ([date(2026, 11, 25)] * 12, None),
}


@pytest.mark.parametrize(("dates", "order"), DATES.values(), ids=DATES)
def test_the_order_of_dates_is_proposed_from_evidence_only(dates: list[Any], order: str | None) -> None:
    rows = [CORE, *(core(f"H{n}", "Đang xử lý", each, "") for n, each in enumerate(dates))]
    proposal = proposed(rows)
    assert (proposal.date_order, proposal.date_doubts) == (order, [])


def test_columns_that_contradict_each_other_propose_no_order() -> None:
    rows = [CORE, *(core(f"H{n}", "Đang xử lý", "11/25/2026", "25/11/2026") for n in range(9))]
    proposal = proposed(rows)
    assert proposal.date_order is None
    assert "# date_order: có cột ghi tháng trước ngày, có cột ghi ngày trước tháng" in toml_of(proposal)


def test_nothing_personal_is_shown() -> None:
    text = toml_of(propose("la.csv", delimited(ENGLISH, ";", "utf-8"), 10))
    assert not PERSONAL.search(text)
    assert "H36.12-261101-0007" in text  # a code may be shown
    assert "11/1/2026" in text  # a date of the dossier too


FORMS = {
    "31/02/2026": Kind.DATE,
    "02/11/26": Kind.DATE,
    "2026-11-02T08:30:15.000+0700": Kind.DATE,
    "20261102083015": Kind.DATE,
    "H36.12-261102-0007": Kind.CODE,
    "000.00.53.H48-220921-0099": Kind.CODE,
    "G09.20-20260609-0092637": Kind.CODE,
    "1.004080": Kind.PROCEDURE,
    "1.004080.000.00.00.H36": Kind.PROCEDURE,
    "1.234,5": Kind.NUMBER,
    "1.234.567,50": Kind.NUMBER,
    "12": Kind.NUMBER,
    "0900 000 001": Kind.PHONE,
    "+84900000001": Kind.PHONE,
    "vi-du@example.com": Kind.EMAIL,
    "05 ngày làm việc": Kind.LIMIT,
    "Đang xử lý": Kind.TEXT,
    "Số 1, thôn Mẫu": Kind.TEXT,
    "received_at": Kind.TEXT,
    "": Kind.EMPTY,
}


@pytest.mark.parametrize(("text", "kind"), FORMS.items(), ids=FORMS)
def test_what_a_cell_looks_like(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind
    assert kind_of(unicodedata.normalize("NFD", text)) is kind


ANY = st.one_of(
    st.sampled_from(["", "Mã hồ sơ", "Trạng thái", "Ngày nhận", "02/11/2026", "H36.12-261102-0007", "x"]),
    st.text(max_size=12),
    st.floats(),
    st.dates(),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(ANY, max_size=6), max_size=9))
def test_whatever_is_proposed_is_a_file_that_says_so(grid: list[list[Any]]) -> None:
    good = [core(f"H36.12-261102-{n:04d}") for n in range(6)]
    try:
        proposal = propose("la.csv", delimited([*grid, CORE, *good], encoding="utf-16"), 10)
    except SourceError as e:
        assert "hãy" in str(e)  # noqa: PT017
    else:
        tomllib.loads(toml_of(proposal))


class TestApart:
    """A file that is not what it seems ends its reader, and nobody else."""

    def test_a_good_file(self, tmp_path: Path) -> None:
        path = tmp_path / "la.xlsx"
        path.write_bytes(xlsx(ENGLISH))
        assert propose_apart(path, 10, 2048).missing == []

    def test_what_is_no_table_is_refused_as_it_is_beside(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_text("xin chào\n", encoding="utf-8")
        with pytest.raises(SourceError, match=r"^x\.csv: không thấy bảng nào"):
            propose_apart(path, 10, 2048)

    def test_one_that_takes_more_memory_than_it_may(self, tmp_path: Path) -> None:
        path = tmp_path / "to.csv"
        path.write_bytes(b'"' + b"x" * (80 << 20) + b'",1\n')
        with pytest.raises(SourceError, match=r"to\.csv: đọc tệp cần hơn 200 MB bộ nhớ"):
            propose_apart(path, 100, 200)


class TestCommand:
    """As it is typed."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "la.csv"
        path.write_bytes(delimited(ENGLISH, ";", "utf-8"))
        return path

    def test_the_proposal_is_printed_as_the_file_it_would_be(self, file: Path) -> None:
        result = CliRunner().invoke(app, ["mapping", "suggest", str(file)])
        assert result.exit_code == 0, result.output
        assert tomllib.loads(result.stdout)["based_on"] == "desk-export"
        assert "2 chữ chưa biết nghĩa; hãy điền" in result.stderr
        assert not PERSONAL.search(result.output)

    def test_it_is_written_used_and_polled(self, file: Path, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office")
        out = desk.folder / "mau" / "rieng.toml"
        config = str(desk.folder / "config.toml")
        result = CliRunner().invoke(
            app, ["mapping", "suggest", str(file), "--out", str(out), "--config", config]
        )
        assert result.exit_code == 0, result.output
        assert 'profile = "mau/rieng.toml"' in result.stdout
        assert not PERSONAL.search(result.output)
        text = decided(out.read_text(encoding="utf-8"), {"Chờ ký số": "processing", "Đã trả KQ": "returned"})
        out.write_text(text, encoding="utf-8")
        desk.configure(
            '[[sources]]\nname = "xuat-tep"\nfolder = "in"\nsettle_seconds = 0.0\nprofile = "mau/rieng.toml"\n'
        )
        (desk.folder / "in" / "la.csv").write_bytes(file.read_bytes())
        polled = desk.poll()
        assert (polled.intake.new, polled.intake.rejected, polled.problems) == (21, 0, [])

    def test_for_programs(self, file: Path) -> None:
        result = CliRunner().invoke(app, ["mapping", "suggest", str(file), "--json"])
        document = json.loads(result.stdout)
        assert (document["missing"], document["date_order"], document["header_rows"]) == (
            [],
            "month first",
            [1, 1],
        )
        code = document["columns"][0]
        assert (code["field"], code["certainty"], code["examples"]) == (
            "code",
            "chắc",
            ["H36.12-261101-0007"],
        )
        assert {"word": "Chờ ký số", "rows": 7, "meaning": None, "near": None} in document["words"][
            "status_words"
        ]
        assert not PERSONAL.search(result.output)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            pytest.param(["khong-co.csv"], "không có tệp", id="no such file"),
            pytest.param(["la.csv", "--out", "la.csv"], "đã có; chọn tên khác", id="over another file"),
            pytest.param(["la.csv", "--out", "mau.txt"], "phải có đuôi .toml", id="no TOML"),
        ],
    )
    def test_a_slip_is_refused(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
    ) -> None:
        monkeypatch.chdir(file.parent)
        result = CliRunner().invoke(app, ["mapping", "suggest", *arguments])
        assert result.exit_code == 2
        assert words in " ".join(result.output.replace("│", " ").split())

    def test_what_is_no_table_ends_with_1_and_its_cure(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "x.csv").write_text("xin chào\n", encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["latewatch", "mapping", "suggest", str(tmp_path / "x.csv")])
        with pytest.raises(SystemExit) as ended:
            run()
        assert ended.value.code == 1
        assert "x.csv: không thấy bảng nào" in capsys.readouterr().err
