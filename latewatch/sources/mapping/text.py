"""A proposed profile as the TOML an office keeps: what is sure is set, what is not waits behind a #."""

import json
from collections.abc import Iterator, Sequence

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.record import EventKind
from latewatch.sources.mapping.fields import Certainty, Guess
from latewatch.sources.mapping.proposal import Proposal, examples
from latewatch.sources.mapping.words import Word

_MEANINGS = {"status_words": Status, "channel_words": Channel, "event_words": EventKind}


def toml_of(proposal: Proposal) -> str:
    """Return the file: valid as it stands, whole once a person has decided on the lines behind a #."""
    lines = [*_head(proposal), *_headings(proposal)]
    for table, words in proposal.words.items():
        lines += ["", f"[{table}]", *(_word(word, table) for word in words)]
    return "\n".join(lines) + "\n"


def _head(proposal: Proposal) -> Iterator[str]:
    sheet = f", trang tính “{proposal.sheet}”" if proposal.sheet else ""
    first, last = proposal.lines
    rows = f"dòng {first}" if first == last else f"dòng {first} đến {last}"
    yield f"# Mẫu đọc đề xuất từ tệp “{proposal.file}”{sheet}, tiêu đề ở {rows}."
    yield "# Dòng không có # ở đầu là chắc."
    yield "# Dòng có # là chưa chắc: đúng thì bỏ dấu #, sai thì xóa, thiếu thì điền."
    if proposal.missing:
        yield f"# CÒN THIẾU trường bắt buộc: {', '.join(proposal.missing)}. Chưa đủ thì tệp chưa đọc được."
    yield ""
    yield f"based_on = {_quoted(proposal.based_on)}"
    if proposal.date_order:
        yield f"date_order = {_quoted(proposal.date_order)}  # có ô chỉ có thể là tháng trước ngày"
    yield from (f"# date_order: {doubt}" for doubt in proposal.date_doubts)
    yield ""


def _headings(proposal: Proposal) -> Iterator[str]:
    yield "[headings]"
    unknown = [guess for guess in proposal.guesses if guess.certainty is Certainty.UNKNOWN]
    for guess in proposal.guesses:
        if guess not in unknown:
            yield _line(guess)
    for field in proposal.missing:
        if not any(guess.field == field and guess not in unknown for guess in proposal.guesses):
            yield f'# {field} = [""]  # thiếu: ghi tiêu đề của cột “{proposal.names[field]}”'
    for guess in unknown:
        yield f"# Không rõ: cột {_quoted(guess.column.name)}: {guess.why}"


def _line(guess: Guess) -> str:
    shown = examples(guess)
    example = f"; ví dụ {', '.join(shown)}" if shown else ""
    line = f"{guess.field} = [{_quoted(guess.column.name)}]  # {guess.certainty}: {guess.why}{example}"
    return line if guess.certainty is Certainty.SURE else f"# {line}"


def _word(word: Word, table: str) -> str:
    if word.meaning:
        return f"# {_quoted(word.text)}: {word.number} dòng, đã biết là {word.meaning}"
    near = f" gần giống một chữ đã biết là {word.near}" if word.near else ""
    choices = near or f" chưa biết; chọn trong: {', '.join(_MEANINGS[table])}"
    return f"# {_quoted(word.text)} = {_quoted(word.near)}  # {word.number} dòng,{choices}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def document_of(proposal: Proposal) -> dict[str, object]:
    """Return the proposal for programs, the file's text in it."""
    return {
        "file": proposal.file,
        "sheet": proposal.sheet,
        "header_rows": list(proposal.lines),
        "based_on": proposal.based_on,
        "date_order": proposal.date_order,
        "date_doubts": proposal.date_doubts,
        "columns": [_column(guess) for guess in proposal.guesses],
        "words": {table: _words(words) for table, words in proposal.words.items()},
        "missing": proposal.missing,
        "other_sheets": proposal.other_sheets,
        "toml": toml_of(proposal),
    }


def _column(guess: Guess) -> dict[str, object]:
    return {
        "column": guess.column.index + 1,
        "heading": guess.column.name,
        "field": guess.field or None,
        "certainty": guess.certainty,
        "why": guess.why,
        "holds": guess.column.kind,
        "examples": examples(guess),
    }


def _words(words: Sequence[Word]) -> list[dict[str, object]]:
    return [
        {"word": each.text, "rows": each.number, "meaning": each.meaning or None, "near": each.near or None}
        for each in words
    ]
