"""Pictures: the same bytes for the same figures, readable in grey, whole at every size, and with their table."""

import csv
import io
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from overviews import FIELD, LONG, figures, overview, province, standard
from PIL import Image

from latewatch.disk import write_whole
from latewatch.domain.names import Level
from latewatch.domain.tally.overview import DAYS_LATE
from latewatch.domain.tally.ranking import Ranked, ranked
from latewatch.domain.tally.stages import StageCounts
from latewatch.jobs.leader import write_pictures
from latewatch.reports.pictures import pictures_of
from latewatch.reports.pictures.heat import MOST_FIELDS, MOST_UNITS, heat_picture
from latewatch.reports.pictures.months import days_late_picture, trend_picture
from latewatch.reports.pictures.page import page
from latewatch.reports.pictures.picture import png, svg, table_csv
from latewatch.reports.pictures.stages import MOST as MOST_STAGES
from latewatch.reports.pictures.stages import most_days, stages_picture
from latewatch.reports.pictures.theme import DARK, THEMES, Theme
from latewatch.reports.pictures.units import MOST, Gap, shown, units_picture

NAMES = ["don-vi", "muoi-hai-thang", "so-ngay-qua-han", "theo-chang", "linh-vuc-don-vi"]
SMALL = overview(
    {"UBND xã Ví Dụ": figures(60, 9, early=20, overdue=2), "Phòng Mẫu": figures(2, 1)},
    {"UBND xã Ví Dụ": figures(50, 3)},
    held_to=standard("95", **{"Phòng Mẫu": Level.COMMUNE}),
    stages={"Sở Mẫu": StageCounts(stage_days=30, stage_days_over=4)},
    cells={("Đất đai", "UBND xã Ví Dụ"): figures(60, 9), ("Hộ tịch", "Phòng Mẫu"): figures(0, 0, within=3)},
)
MONTHS = {"small": SMALL, "province": province(), "nothing": overview({})}


@cache
def drawn_of(month: str, place: int) -> tuple[bytes, bytes]:
    """A picture as SVG and as PNG, drawn once."""
    picture = pictures_of(MONTHS[month])[place]
    return svg(picture), png(picture)


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what is written for a small month."""
    folder = tmp_path_factory.mktemp("anh") / "hinh"
    paths = write_pictures(SMALL, folder)
    assert set(paths) == set(folder.iterdir())
    return folder


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("place", range(5), ids=NAMES)
def test_a_picture_is_whole_and_says_what_it_shows(month: str, place: int) -> None:
    picture = pictures_of(MONTHS[month])[place]
    drawn, pixels = drawn_of(month, place)[0], image(drawn_of(month, place)[1])
    root = ElementTree.fromstring(drawn)  # noqa: S314  drawn just now
    assert picture.name == NAMES[place]
    assert (root.get("role"), root.get("aria-label")) == ("img", picture.alt)
    assert picture.title.partition("\n")[0] in drawn.decode()
    assert not re.search(rb"<dc:date>|matplotlib\.org/\"|/usr/|/home/", drawn)
    edges = [(0, 0, pixels.width, 2), (0, 0, 2, pixels.height)]
    edges += [(pixels.width - 2, 0, pixels.width, pixels.height)]
    edges += [(0, pixels.height - 2, pixels.width, pixels.height)]
    for edge in edges:  # nothing runs over the edge
        assert pixels.crop(edge).getcolors() == [
            (pixels.crop(edge).width * pixels.crop(edge).height, (255,) * 3)
        ]
    assert len(pixels.getcolors(10**6) or []) > 20  # something is drawn


@pytest.mark.parametrize("place", range(5), ids=NAMES)
def test_the_same_figures_give_the_same_bytes(written: Path, place: int) -> None:
    name = NAMES[place]
    light = [(written / f"{name}{end}").read_bytes() for end in (".svg", ".png")]
    assert light == list(drawn_of("small", place))
    assert (written / f"{name}-toi.svg").read_bytes() == svg(pictures_of(SMALL)[place], DARK)


def test_other_figures_give_another_picture() -> None:
    changed = overview({"UBND xã Ví Dụ": figures(61, 9)})
    assert svg(units_picture(changed.units)) != svg(units_picture(SMALL.units))


def test_no_data_is_said_and_not_drawn_as_nothing() -> None:
    for picture in pictures_of(MONTHS["nothing"]):
        assert picture.draw is None
        assert "không có" in picture.alt


def grey(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_lies_side_by_side_differs_in_grey(theme: Theme) -> None:
    for one, other in [(theme.early, theme.on_time), (theme.on_time, theme.late), (theme.plain, theme.late)]:
        assert one.hatch != other.hatch or abs(grey(one.colour) - grey(other.colour)) > 0.2
    for fill in (theme.early, theme.on_time, theme.late, theme.plain):  # a number on it can be read
        light, dark = sorted((grey(fill.colour), grey(fill.on_it)))
        assert dark - light > 0.3


def test_a_dark_picture_is_dark() -> None:
    picture = trend_picture(SMALL.comparison.trend)
    pixels = png(picture, DARK)
    assert png(picture, DARK) == pixels
    assert image(pixels).getpixel((1, 1)) == (0x16, 0x19, 0x1D)
    assert DARK.paper.encode() in svg(picture, DARK)
    assert DARK.paper.encode() not in svg(picture)


# Units


def test_of_many_units_best_and_worst_are_drawn_and_all_are_in_the_table() -> None:
    units = MONTHS["province"].units
    entries = shown(units)
    gaps = [each for each in entries if isinstance(each, Gap)]
    rated = [each for each in units if each.counts.resolved]
    assert len(entries) == MOST + 1
    assert [gap.count for gap in gaps] == [len(rated) - MOST]
    assert all(each.place for each in entries if isinstance(each, Ranked))  # nobody is shown up by chance
    rates = [each.kept.part / each.kept.whole for each in entries if isinstance(each, Ranked)]
    assert rates == sorted(rates, reverse=True)
    assert {row[0] for row in units_picture(units).rows} == {LONG.format(each) for each in range(1, 125)}


def test_small_units_are_named_together_where_few_are_ranked() -> None:
    rows = {f"Đơn vị {each}": figures(40 if each < 5 else 3, each % 2) for each in range(30)}
    entries = shown(overview(rows).units)
    assert [isinstance(each, Gap) for each in entries] == [False] * 5 + [True]
    assert entries[-1] == Gap(25, 25)


def test_the_table_of_units_says_rank_interval_and_target() -> None:
    rows = {row[0]: row[2:] for row in units_picture(SMALL.units).rows}
    assert rows == {
        "UBND xã Ví Dụ": (*("1/1", "69", "60", "86,96", "77,03 đến 92,98", "28,99", "95,00", "không đạt"),),
        "Phòng Mẫu": (
            *("không xếp hạng, ít hồ sơ", "3", "2", "66,67", "20,77 đến 93,85", "0,00"),
            *("95,00", "không đạt"),
        ),
    }


def test_few_dossiers_have_an_interval_and_many_none() -> None:
    units = ranked({"A": figures(20, 9)}, standard()), ranked({"A": figures(21, 9)}, standard())
    few, many = (svg(units_picture(each)) for each in units)
    assert few.count(b"LineCollection") == many.count(b"LineCollection") + 1


# Months, days late, stages, fields


def test_the_table_of_months_says_where_nothing_is_known() -> None:
    rows = trend_picture(SMALL.comparison.trend).rows
    assert rows[0] == ("Tháng 11 năm 2025", "0", "0", "0", "không có dữ liệu", "không có dữ liệu")
    assert rows[-1] == ("Tháng 10 năm 2026", "20", "42", "10", "86,11", "27,78")


def test_days_late_keep_their_order_and_empty_spans() -> None:
    rows = days_late_picture(SMALL.days_late).rows
    assert [row[0] for row in rows] == list(DAYS_LATE)
    assert [row[1] for row in rows] == ["0", "1", "2", "3", "4", "5", "6"]


def test_units_that_used_little_time_are_one_bar_and_nothing_is_lost() -> None:
    rows = {f"Đơn vị {each:02}": StageCounts(stage_days=each, stage_days_over=1) for each in range(1, 31)}
    days = most_days(rows)
    assert len(days) == MOST_STAGES
    assert list(days)[-1] == "19 đơn vị khác"
    assert sum(map(sum, days.values())) == sum(range(1, 31))
    assert sum(over for _, over in days.values()) == 30
    assert len(stages_picture(province().stages).rows) == 30


def test_an_empty_cell_is_not_drawn() -> None:
    cells = {("Đất đai", "A"): figures(60, 9), ("Hộ tịch", "B"): figures(40), ("Hộ tịch", "A"): figures(0, 0)}
    drawn = svg(heat_picture(cells)).decode()
    cells_drawn = re.findall(r'<g id="patch_\d+">\s*<path d="[^"]*"[^>]*stroke: #d0d0d0', drawn)
    assert len(cells_drawn) == 2
    row = next(row for row in heat_picture(cells).rows if row[:2] == ("Hộ tịch", "A"))
    assert row[2:] == ("0", "0", "không có dữ liệu")


def test_a_map_of_many_says_what_is_left_out() -> None:
    cells = {(FIELD.format(f), LONG.format(u)): figures(f + u) for f in range(1, 61) for u in range(1, 125)}
    picture = heat_picture(cells)
    left_out = f"{60 - MOST_FIELDS} lĩnh vực, {124 - MOST_UNITS} đơn vị ít hồ sơ hơn không vẽ"
    assert left_out in picture.title
    assert len(picture.rows) == 60 * 124


# Files


def test_a_name_is_text_wherever_it_comes(tmp_path: Path) -> None:
    wild = "=HYPERLINK(\"x\") <b>$x_1$ & 'Ví Dụ'"
    picture = units_picture(overview({wild: figures(40)}).units)
    cells = list(csv.reader(io.StringIO(table_csv(picture).decode("utf-8-sig"))))
    assert cells[1][0] == f"'{wild}"
    root = ElementTree.fromstring(svg(picture))  # noqa: S314  likewise
    assert root.get("aria-label") == picture.alt
    write_whole(tmp_path / "hinh.html", page("Hình <thử>", [picture]), setting="--out")
    text = (tmp_path / "hinh.html").read_text(encoding="utf-8")
    assert "<b>" not in text
    assert "&lt;b&gt;$x_1$ &amp; " in text


def test_every_picture_is_written_with_its_table_and_a_page_of_all(written: Path) -> None:
    expected = {f"{name}{end}" for name in NAMES for end in (".svg", "-toi.svg", ".png", ".csv")}
    assert {path.name for path in written.iterdir()} == expected | {"hinh.html"}
    text = (written / "hinh.html").read_text(encoding="utf-8")
    assert set(re.findall(r'(?:src|srcset)="([^"]+)"', text)) == {
        f"{name}{end}" for name in NAMES for end in (".svg", "-toi.svg")
    }
