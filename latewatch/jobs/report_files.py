"""Tables of figures as files: the form as XLSX and as PDF."""

from pathlib import Path

from latewatch.disk import write_whole
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.table import Tally
from latewatch.jobs.office import Office
from latewatch.reports.sheets import write_form


def write_sheet(office: Office, result: Tally, form: Form, path: Path) -> None:
    """Write the table as XLSX. Raises StoreError."""
    write_form(LAYOUTS[form], result, office_name=office.settings.office.name, path=path)


def write_pdf(office: Office, result: Tally, form: Form, path: Path) -> None:
    """Write the table as PDF. Raises SheetError, and StoreError."""
    write_whole(path, form_pdf(office, result, form), setting="--pdf hoặc paths.reports")


def form_pdf(office: Office, result: Tally, form: Form) -> bytes:
    """Return the table as PDF, by the office's own template where it has one. Raises SheetError."""
    from latewatch.reports.form_printer import FormPrinter  # noqa: PLC0415  only who prints pays for it

    printer = FormPrinter(office.settings.letters.templates)
    return printer.pdf(LAYOUTS[form], result, office_name=office.settings.office.name)
