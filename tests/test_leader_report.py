"""The month on two pages: always two, tagged, the figures of the tables in it, and nobody's name."""

import io
import json
import re
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from offices import Desk, desk_in, done, row
from overviews import figures, overview, province, standard
from pdf_pages import pages_of, text_of
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.cli.tally.trend import asked_month
from latewatch.domain.tally.comparison import Month
from latewatch.domain.tally.sentences import HOW_JUDGED, changed, to_do
from latewatch.domain.tally.stages import StageCounts
from latewatch.errors import SheetError
from latewatch.reports.leader import LeaderPrinter, five_figures

OFFICE = "Trung tâm Phục vụ hành chính công tỉnh Mẫu"
ORDINARY = overview(
    {"UBND xã Ví Dụ": figures(1200, 90, early=700, within=80, overdue=4), "Phòng Mẫu": figures(2, 1)},
    {"UBND xã Ví Dụ": figures(900, 20, early=500)},
    held_to=standard("95"),
    today={"UBND xã Ví Dụ": figures(overdue=7)},
    due_next={"UBND xã Ví Dụ": 70},
)
MONTHS = {
    "ordinary": ORDINARY,
    "one unit": overview({"UBND xã Ví Dụ": figures(3, 1)}),
    "nothing": overview({}),
    "with stages": overview(
        {"Sở Mẫu": figures(40)}, stages={"Sở Mẫu": StageCounts(stage_days=90, stage_days_over=5)}
    ),
    "124 units": province(),
    "8 units": province(3, units=8),
}


@pytest.fixture(scope="module")
def printer() -> LeaderPrinter:
    return LeaderPrinter()


@pytest.fixture(scope="module")
def ordinary(printer: LeaderPrinter) -> bytes:
    return printed(printer, "ordinary")


@cache
def printed(printer: LeaderPrinter, name: str) -> bytes:
    """Draw each month once: several tests look at it."""
    return printer.pdf(MONTHS[name], office_name=OFFICE)


@pytest.mark.parametrize("name", MONTHS)
def test_the_report_has_two_pages_and_all_its_sentences(name: str, printer: LeaderPrinter) -> None:
    month, pages = MONTHS[name], pages_of(printed(printer, name))
    assert [page.size for page in pages] == [(595, 842)] * 2
    for page in pages:
        assert page.boxes
        assert all(box.left > 0 and box.right < page.width for box in page.boxes)
    squeezed = re.sub(r"\s", "", text_of(pages))
    for line in (*changed(month), *to_do(month), HOW_JUDGED):
        assert re.sub(r"\s", "", line) in squeezed
    for each in five_figures(month):
        assert re.sub(r"\s", "", each["value"]) in squeezed


def test_the_five_figures_are_those_of_the_tables() -> None:
    assert [(each["name"], each["value"]) for each in five_figures(ORDINARY)] == [
        ("Tiếp nhận", "1.377"),
        ("Đã giải quyết", "1.293"),
        ("Đúng hạn trên đã giải quyết", "92,96 %"),
        ("Đang quá hạn", "7"),
        ("Thiếu, muộn văn bản xin lỗi", "95"),
    ]
    made = [each["made"] for each in five_figures(ORDINARY)]
    assert made[2] == "(trước hạn + đúng hạn) ÷ đã giải quyết × 100; cách đếm TT09-2026"
    assert made[3] == "lúc 08:00 ngày 16/10/2026; cuối kỳ: 4"


def test_without_data_there_is_no_rate() -> None:
    values = [each["value"] for each in five_figures(MONTHS["nothing"])]
    assert values == ["0", "0", "không có dữ liệu", "0", "0"]


def test_the_same_figures_give_the_same_bytes(printer: LeaderPrinter) -> None:
    name = "with stages"
    assert LeaderPrinter().pdf(MONTHS[name], office_name=OFFICE) == printed(printer, name)


def test_the_file_says_what_it_is_and_can_be_read_aloud(ordinary: bytes) -> None:
    with pikepdf.open(io.BytesIO(ordinary)) as pdf:
        assert str(pdf.Root.Lang) == "vi"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo["/Title"]) == "Báo cáo giải quyết thủ tục hành chính, Tháng 10 năm 2026"
        assert str(pdf.docinfo["/Author"]) == OFFICE
        tags = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        told = [str(each.Alt) for each in tags if each.S == "/Figure"]
        names = {str(each.S) for each in tags}
    assert len(told) == 3
    assert told[0].startswith("Tỷ lệ đúng hạn theo đơn vị (%), 2 đơn vị")
    assert {"/H1", "/H2", "/TH", "/TD", "/LI", "/Figure"} <= names


def test_stages_are_drawn_where_dossiers_have_them(printer: LeaderPrinter) -> None:
    with pikepdf.open(io.BytesIO(printed(printer, "with stages"))) as pdf:
        told = [
            str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
        ]
    assert any(each.startswith("Hồ sơ liên thông") for each in told)


def test_an_own_template_that_is_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bao-cao-thang.html").write_text("<p>{{ office }}" * 400, encoding="utf-8")
    with pytest.raises(SheetError, match="báo cáo không vừa 2 trang"):
        LeaderPrinter(tmp_path).pdf(MONTHS["nothing"], office_name=OFFICE)


def test_an_own_style_wins(tmp_path: Path, printer: LeaderPrinter) -> None:
    (tmp_path / "bao-cao-thang.css").write_text("@page { size: A4; margin: 9mm } img { height: 60mm }")
    name = "with stages"
    assert LeaderPrinter(tmp_path).pdf(MONTHS[name], office_name=OFFICE) != printed(printer, name)


def test_a_name_from_data_is_no_markup(printer: LeaderPrinter) -> None:
    wild = "<script>{{ 7*7 }}</script> & Mẫu"
    pdf = printer.pdf(overview({wild: figures(40)}, today={wild: figures(overdue=3)}), office_name=OFFICE)
    assert "<script>{{ 7*7 }}</script> & Mẫu (3)" in text_of(pages_of(pdf))


# The commands


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = desk_in(tmp_path_factory.mktemp("office"), '[counting]\ndue = "promised"\n')
    rows = [
        done(
            f"H00.01-2610-{each:04}",
            f"{12 if each < 5 else 6:02}/10/2026",
            received="01/10/2026",
            promised="08/10/2026",
            applicant="Trần Thị Ví Dụ",
            phone="0900000000",
        )
        for each in range(40)
    ]
    rows.append(row("H00.01-2610-9999", received="02/10/2026", promised="09/10/2026"))
    desk.export("a.csv", rows)
    desk.poll()
    return desk


def run(desk: Desk, *words_: str) -> str:
    where = ["--config", str(desk.folder / "config.toml"), "--at", "2026-11-12T08:00"]
    result = CliRunner().invoke(app, [*words_, *where], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_report_names_no_dossier_and_no_person(office: Desk) -> None:
    file = office.folder / "thang.pdf"
    run(office, "reports", "leader", "--month", "2026-10", "--pdf", str(file))
    text = text_of(pages_of(file))
    assert "UBND xã Ví Dụ" in text
    assert "Đang quá hạn 1" in text or "đang quá hạn" in text
    for secret in ("H00.01", "Trần Thị", "0900000000"):
        assert secret not in text


def test_trend_says_the_same_as_json_and_on_the_screen(office: Desk) -> None:
    document = json.loads(run(office, "tally", "trend", "--month", "2026-10", "--json"))
    month = document["trend"][-1]
    assert (month["resolved"], month["on_time"]["part"], month["on_time"]["percent"]) == (40, 35, 87.5)
    assert document["trend"][0]["on_time"]["percent"] is None
    assert document["trend"][0]["on_time"]["shown"] == "không có dữ liệu"
    assert [(each["unit"], each["place"], each["among"]) for each in document["units"]] == [
        ("Phòng Kinh tế", 1, 1)
    ]
    assert document["overdue_now"]["count"] == 1
    shown = run(office, "tally", "trend", "--month", "2026-10")
    for line in (*document["changed"], *document["to_do"], "87,50 %", "không có dữ liệu"):
        assert line in shown


def test_pictures_are_written_where_asked(office: Desk) -> None:
    out = office.folder / "hinh"
    shown = run(office, "tally", "pictures", "--month", "2026-10", "--out", str(out))
    assert len(list(out.iterdir())) == 21
    assert f"Đã ghi 21 tệp vào {out}; xem: {out / 'hinh.html'}" in shown.replace("\n", "")


@pytest.mark.parametrize("name", ["2026", "2026-Q4", "10-2026", "2026-13", ""])
def test_only_a_month_is_a_month(name: str, office: Desk) -> None:
    words_ = ["tally", "trend", "--month", name, "--config", str(office.folder / "config.toml")]
    assert CliRunner().invoke(app, words_).exit_code == 2


def test_a_month_is_read() -> None:
    assert asked_month("2026-10") == Month(2026, 10)
