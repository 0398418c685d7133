"""The month on two pages for the head of the office: five figures, three pictures, what changed, what to do.

No dossier and no person is named in it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from weasyprint.document import Document
from weasyprint.images import SVGImage

from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.tally.comparison import kept, newly_received
from latewatch.domain.tally.letters import LetterCounts
from latewatch.domain.tally.overview import Overview
from latewatch.domain.tally.sentences import HOW_JUDGED, changed, number, percent, to_do
from latewatch.errors import SheetError
from latewatch.paper.folders import FolderFetcher, Templates
from latewatch.paper.printer import TemplatePrinter
from latewatch.paper.wording import clean_text
from latewatch.reports.form_words import dates_line, rule_lines
from latewatch.reports.pictures.months import days_late_picture, trend_picture
from latewatch.reports.pictures.picture import Picture, svg
from latewatch.reports.pictures.stages import stages_picture
from latewatch.reports.pictures.units import units_picture
from latewatch.shipped import shipped

TEMPLATE, STYLE = "bao-cao-thang.html", "bao-cao-thang.css"
PAGES = 2
UNITS_DRAWN, STAGES_DRAWN = 14, 6
_SIZES = ("large", "medium", "small", "tiny")
_FORMULA = "(trước hạn + đúng hạn) ÷ đã giải quyết × 100"
_TAGGED: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}


class LeaderPrinter:
    """Prints the month's report. A file of the office's own folder wins over the shipped one of its name."""

    def __init__(self, office_templates: Path | None = None) -> None:
        if office_templates is not None and not office_templates.is_dir():
            raise SheetError(f"{office_templates}: không có thư mục mẫu này; xem [letters] templates.")
        self._folder = shipped("templates", "reports")
        folders = (office_templates, self._folder)
        self._printer = TemplatePrinter(Templates.of("mẫu báo cáo", SheetError, *folders), STYLE)

    def pdf(self, overview: Overview, *, office_name: str) -> bytes:
        """Return the report as PDF of exactly two pages; the same figures give the same bytes.

        Raises SheetError where an own template does not fit them.
        """
        chosen = _pictures(overview)
        facts = _content(overview, office_name, chosen)
        drawn = {_address(each): self._drawn(each) for each in chosen}
        for size in _SIZES:
            html = self._printer.html(TEMPLATE, size=size, **facts)
            pages = self._printer.laid_out(TEMPLATE, html, cache=dict(drawn), **_TAGGED)
            if len(pages.pages) == PAGES:
                return self._written(pages)
        raise SheetError(f"{TEMPLATE}: báo cáo không vừa {PAGES} trang; hãy rút gọn mẫu báo cáo của cơ quan.")

    def _drawn(self, picture: Picture) -> SVGImage:
        """Return a picture as the layout takes it: made here, so that no file is read for it."""
        tree = ElementTree.fromstring(svg(picture))  # noqa: S314  drawn just now, by ourselves
        return SVGImage(tree, None, FolderFetcher([self._folder]), None)

    def _written(self, pages: Document) -> bytes:
        return self._printer.written(TEMPLATE, pages, pdf_identifier=True, **_TAGGED)


def _address(picture: Picture) -> str:
    """Return what the template names as the source of a picture."""
    return f"latewatch:{picture.name}"


def _pictures(overview: Overview) -> list[Picture]:
    """Return the three pictures: where time goes by stage only where dossiers have stages."""
    has_stages = bool(overview.stages.rows)
    third = (
        stages_picture(overview.stages, STAGES_DRAWN) if has_stages else days_late_picture(overview.days_late)
    )
    return [units_picture(overview.units, UNITS_DRAWN), trend_picture(overview.comparison.trend), third]


def _content(overview: Overview, office_name: str, pictures: list[Picture]) -> dict[str, Any]:
    month = overview.month
    named, *choices = rule_lines(month.rule)
    return {
        "office": clean_text(office_name),
        "period": month.period.title,
        "dates": dates_line(month.period),
        "as_of": _moment(month.as_of),
        "today": _moment(overview.today.as_of),
        "dated": overview.today.as_of.date(),
        "figures": five_figures(overview),
        "pictures": [_shown(each) for each in pictures],
        "changed": [clean_text(each) for each in changed(overview)],
        "to_do": [clean_text(each) for each in to_do(overview)],
        "how_judged": HOW_JUDGED,
        "rule": named,
        "choices": choices,
    }


def _shown(picture: Picture) -> Mapping[str, str]:
    return {"address": _address(picture), "alt": clean_text(picture.alt), "name": picture.name}


def five_figures(overview: Overview) -> list[dict[str, str]]:
    """Return the figures at the top: what each is, its number, and how it is made."""
    total, letters, rule = overview.month.total, overview.letters.total, overview.month.rule
    today, until = overview.today.total, _moment(overview.today.as_of)
    assert isinstance(letters, LetterCounts)  # noqa: S101  the plan of letters makes them
    came = f"mới {number(newly_received(total))}, từ kỳ trước {number(total.carried)}"
    early_ones = f"trước hạn {number(total.early)}, quá hạn {number(total.late)}"
    bad_letters = letters.letter_missing + letters.letter_late
    owed = letters.letter_in_time + bad_letters
    return [
        _figure("Tiếp nhận", number(total.received), came),
        _figure("Đã giải quyết", number(total.resolved), early_ones),
        _figure("Đúng hạn trên đã giải quyết", percent(kept(total)), f"{_FORMULA}; cách đếm {rule.name}"),
        _figure("Đang quá hạn", number(today.overdue), f"lúc {until}; cuối kỳ: {number(total.overdue)}"),
        _figure(
            "Thiếu, muộn văn bản xin lỗi",
            number(bad_letters),
            f"chưa gửi {number(letters.letter_missing)}, gửi muộn {number(letters.letter_late)} "
            f"trên {number(owed)} hồ sơ phải xin lỗi",
        ),
    ]


def _figure(name: str, value: str, made: str) -> dict[str, str]:
    return {"name": name, "value": value, "made": made}


def _moment(at: datetime) -> str:
    if at.time() == END_OF_DAY:
        return f"hết ngày {at:%d/%m/%Y}"
    return f"{at:%H:%M ngày %d/%m/%Y}"
