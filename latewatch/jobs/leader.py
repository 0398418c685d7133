"""The month's report for the head of the office, and the pictures of the month, as files."""

from pathlib import Path

from latewatch.disk import write_whole
from latewatch.domain.tally.overview import Overview
from latewatch.jobs.office import Office


def leader_pdf(office: Office, overview: Overview) -> bytes:
    """Return the report as PDF, by the office's own template where it has one. Raises SheetError."""
    from latewatch.reports.leader import LeaderPrinter  # noqa: PLC0415  only who prints pays for it

    return LeaderPrinter(office.settings.letters.templates).pdf(
        overview, office_name=office.settings.office.name
    )


def write_leader(office: Office, overview: Overview, path: Path) -> None:
    """Write the report. Raises SheetError, and StoreError."""
    write_whole(path, leader_pdf(office, overview), setting="--pdf hoặc paths.reports")


def write_pictures(overview: Overview, folder: Path) -> list[Path]:
    """Write each picture as SVG for light and for dark screens, as PNG, its table as CSV, and a page of all.

    Raises StoreError.
    """
    from latewatch.reports.pictures import pictures_of  # noqa: PLC0415  only who draws pays for it
    from latewatch.reports.pictures.page import PAGE, dark_name, page  # noqa: PLC0415
    from latewatch.reports.pictures.picture import png, svg, table_csv  # noqa: PLC0415
    from latewatch.reports.pictures.theme import DARK  # noqa: PLC0415

    pictures, files = pictures_of(overview), {}
    for each in pictures:
        files[f"{each.name}.svg"] = svg(each)
        files[f"{dark_name(each)}.svg"] = svg(each, DARK)
        files[f"{each.name}.png"] = png(each)
        files[f"{each.name}.csv"] = table_csv(each)
    files[PAGE] = page(f"Hình của báo cáo: {overview.month.period.title}", pictures)
    for name, content in files.items():
        write_whole(folder / name, content, setting="--out hoặc paths.reports")
    return [folder / name for name in files]
