"""The workbooks latewatch writes: the forms, the rows behind a digest."""

from pathlib import Path

from latewatch.disk import write_whole
from latewatch.domain.digest import Digest
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.table import Tally
from latewatch.reports import digests, official, workbook

SETTING = "--xlsx hoặc paths.reports"  # what chooses where a sheet is written


def digest_workbook(digest: Digest) -> bytes:
    """Return every row of every block of `digest`, one sheet a block, codes only."""
    title = f"Hồ sơ cần chú ý, {digest.at:%d/%m/%Y}"
    return workbook.build(lambda book: digests.draw(book, digest), title=title, created=digest.at)


def form_workbook(layout: Layout, tally: Tally, *, office_name: str) -> bytes:
    """Return the table in the layout of its form: one sheet, its sums live."""
    return workbook.build(
        lambda book: official.draw(book, layout, tally, office_name),
        title=f"{layout.sheet}, {tally.period.title}",
        created=tally.as_of,
    )


def write_form(layout: Layout, tally: Tally, *, office_name: str, path: Path) -> None:
    """Write the table as XLSX. Raises StoreError."""
    write_whole(path, form_workbook(layout, tally, office_name=office_name), setting=SETTING)
