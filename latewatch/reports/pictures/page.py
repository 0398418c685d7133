"""One page with every picture and its table, for a browser: light or dark as the reader's screen is."""

from collections.abc import Sequence
from html import escape

from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.theme import DARK

PAGE = "hinh.html"
_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-family: "Liberation Sans", sans-serif; }
img { width: 100%; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.2rem 0.6rem; border: 1px solid #888; text-align: left; vertical-align: top; }
"""


def dark_name(picture: Picture) -> str:
    return f"{picture.name}-{DARK.name}"


def page(title: str, pictures: Sequence[Picture]) -> bytes:
    """Return the page that shows the SVG files beside it."""
    shown = "\n".join(map(_section, pictures))
    head = f'<!doctype html>\n<html lang="vi">\n<meta charset="utf-8">\n<title>{escape(title)}</title>'
    return f"{head}\n<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n{shown}\n</html>\n".encode()


def _section(picture: Picture) -> str:
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in picture.headings)
    rows = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in picture.rows
    )
    return (
        '<figure>\n<picture>\n<source media="(prefers-color-scheme: dark)" '
        f'srcset="{dark_name(picture)}.svg">\n'
        f'<img src="{picture.name}.svg" alt="{escape(picture.alt)}">\n</picture>\n'
        f"<details>\n<summary>Bảng số liệu của hình</summary>\n<table>\n<tr>{heads}</tr>\n{rows}\n</table>\n"
        "</details>\n</figure>"
    )
