"""`latewatch letters list` and `show`."""

from datetime import date, datetime
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import LISTED, States, Unit
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.letters.fingerprint import in_groups
from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import PENDING, STATE_LABELS, LetterState, Move
from latewatch.domain.letters.next_step import NextStep
from latewatch.domain.letters.sending import CHANNEL_LABELS, DELIVERY_LABELS, OUTCOME_LABELS, Outcome
from latewatch.jobs.letters.listing import LetterRow, list_letters
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.showing import LetterStory, letter_stories
from latewatch.store.letters.documents import DocumentKind
from latewatch.store.letters.life import LetterChange
from latewatch.store.letters.traces import DeliveryTrace

NEXT_LABELS = {
    Move.REVISE: "ghi lý do",
    Move.REVIEW: "rà",
    Move.NUMBER: "cấp số",
    Move.SIGN: "ký",
    Move.SEND: "gửi",
    Move.CONFIRM: "xác nhận",
    Move.CANCEL: "hủy, hồ sơ không còn cần",
}

DOCUMENT_LABELS = {DocumentKind.UNSIGNED: "bản chưa ký", DocumentKind.SIGNED: "bản đã ký"}


@letters.command("list")
def list_command(
    unit: Unit = "",
    state: States = None,
    code: Annotated[str, typer.Option(metavar="MÃ-HỒ-SƠ", help="Mọi văn bản của hồ sơ này, cả đã hủy.")] = "",
    every: Annotated[bool, typer.Option("--all", help="In hết, không rút gọn danh sách dài.")] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê văn bản xin lỗi còn việc phải làm: đang ở bước nào, việc tiếp theo, chậm nhất khi nào."""
    now = instant(at)
    with open_office(config) as office:
        rows = list_letters(office, Selection(code, unit, tuple(state or ())), now)
    if as_json:
        terminal.show_json(rows)
        return
    most = len(rows) if every else LISTED
    headings = ("Mã hồ sơ", "Đơn vị", "Bước", "Số", "Hạn", "Hẹn lại", "Muộn", "Việc tiếp theo")
    cells = [_cells(row, now.date()) for row in rows[:most]]
    terminal.show_table(f"Văn bản xin lỗi: {len(rows)}", headings, cells, wraps=(1, 7))
    if len(rows) > most:
        terminal.say(f"… và {len(rows) - most} văn bản nữa; xem hết: latewatch letters list --all")


def _cells(row: LetterRow, today: date) -> tuple[str, ...]:
    return (
        row.code,
        row.unit,
        STATE_LABELS[row.state],
        row.number,
        f"{row.due_on:%d/%m/%Y}",
        f"{row.new_date:%d/%m/%Y}",
        late_word(row),
        next_words(row.next, today) if row.state is not LetterState.CANCELLED else "",
    )


def late_word(row: LetterRow) -> str:
    """Say whether it went out late, or is late already without having gone out."""
    if not row.is_late:
        return ""
    return "đã muộn" if row.state in PENDING else "gửi muộn"


def next_words(step: NextStep, today: date) -> str:
    what = NEXT_LABELS[step.move] if step.move else "trả kết quả"
    if step.until is None:
        return what
    overdue = " (đã qua)" if step.until < today else ""
    return f"{what}, chậm nhất {step.until:%d/%m/%Y}{overdue}"


@letters.command()
def show(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Hồ sơ có văn bản xin lỗi.")],
    full: Annotated[
        bool, typer.Option("--full", help="In cả dữ liệu cá nhân: họ tên, địa chỉ, số điện thoại.")
    ] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kể hết về văn bản xin lỗi của một hồ sơ: lời văn, từng bước, tệp, lần gửi. Che dữ liệu cá nhân."""
    now = instant(at)
    with open_office(config) as office:
        stories = letter_stories(office, code, now, full=full)
    if as_json:
        terminal.show_json(stories)
        return
    for number, story in enumerate(stories):
        if number:
            terminal.say()
        _show(story, now.date())


def _show(story: LetterStory, today: date) -> None:
    row = story.row
    number = f" số {row.number}" if row.number else ""
    late = f", {word}" if (word := late_word(row)) else ""
    terminal.say(f"Hồ sơ {row.code}: văn bản xin lỗi{number}, {STATE_LABELS[row.state]}{late}")
    if row.state is not LetterState.CANCELLED:
        terminal.say(f"  việc tiếp theo: {next_words(row.next, today)}")
    for label, text in _words(story):
        terminal.say(f"  {label}: {text}")
    terminal.say("  các bước:")
    for change in story.changes:
        terminal.say(f"    {_step(change)}")
    for document in story.documents:
        made = f"{document.size} byte, {_at(document.made_at)}"
        terminal.say(f"  {DOCUMENT_LABELS[document.kind]}: {made}, SHA-256 {document.sha256}")
    for delivery in story.deliveries:
        _show_delivery(delivery)


def _words(story: LetterStory) -> list[tuple[str, str]]:
    words, row = story.words, story.row
    head = words.head
    signer = f"KT. {head.signer_title}, {head.deputy_title}" if head.deputy_title else head.signer_title
    found = [
        ("lời văn", "đã cố định khi cấp số" if story.is_fixed else "theo hồ sơ hiện nay, còn sửa được"),
        ("ngày văn bản", f"{row.dated:%d/%m/%Y}"),
        ("kính gửi", _receiver(words)),
        ("thủ tục", words.procedure),
        ("lý do", words.reason or "(chưa ghi)"),
        ("hạn ban đầu", f"{row.due_on:%d/%m/%Y}"),
        ("hẹn lại", f"{row.new_date:%d/%m/%Y}"),
        ("vì sao ngày ấy", story.proposal),
        ("người ký", ", ".join(filter(None, (signer, head.signer_name)))),
        ("gửi ngày", f"{row.sent_on:%d/%m/%Y}" if row.sent_on else ""),
        ("mã kiểm tra", in_groups(story.check_code)),
    ]
    return [(label, text) for label, text in found if text]


def _receiver(words: Letter) -> str:
    return ", ".join(filter(None, (words.applicant, words.address, words.phone))) or "(không có tên)"


def _step(change: LetterChange) -> str:
    before = STATE_LABELS[change.before] if change.before else "mới"
    why = f": {change.why}" if change.why else ""
    return f"{_at(change.at)} {before} → {STATE_LABELS[change.after]}, {change.by}{why}"


def _show_delivery(delivery: DeliveryTrace) -> None:
    tried = f", thử lại từ {_at(delivery.next_at)}" if delivery.next_at else ""
    problem = f": {delivery.problem}" if delivery.problem else ""
    label = CHANNEL_LABELS[delivery.channel]
    terminal.say(f"  {label}: {DELIVERY_LABELS[delivery.state]}{tried}{problem}")
    for attempt in delivery.attempts:
        outcome = OUTCOME_LABELS[Outcome(attempt.outcome)]
        terminal.say(f"    {_at(attempt.at)} {outcome}{f': {attempt.answer}' if attempt.answer else ''}")


def _at(at: datetime) -> str:
    return f"{at:%H:%M %d/%m/%Y}"
