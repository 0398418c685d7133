"""`latewatch letters reasons`."""

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.domain.letters.reasons import catalogue


@letters.command()
def reasons(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Liệt kê lý do có sẵn cho văn bản xin lỗi: mã và câu ghi trong thư, cả của cơ quan."""
    with open_office(config) as office:
        own = office.settings.letters.reasons
    known = catalogue(own)
    if as_json:
        terminal.show_json([{"code": code, "text": known[code], "is_own": code in own} for code in known])
        return
    rows = [(code, text, "của cơ quan" if code in own else "có sẵn") for code, text in known.items()]
    terminal.show_table("Lý do ghi trong văn bản xin lỗi", ("Mã", "Câu ghi trong thư", ""), rows, wraps=(1,))
