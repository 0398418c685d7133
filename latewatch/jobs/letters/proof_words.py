"""The texts of a proof in Vietnamese: what it is, what became of a letter, how its due date came. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from latewatch.domain.account import interruptions
from latewatch.domain.differences import NOTHING, words
from latewatch.domain.letters.life import STATE_LABELS
from latewatch.domain.letters.sending import CHANNEL_LABELS, DELIVERY_LABELS, OUTCOME_LABELS, Outcome
from latewatch.domain.standing import LABELS
from latewatch.domain.telling import day_words, due_words, interruption_words, moment_words, rules_words
from latewatch.jobs.explain import Explanation
from latewatch.jobs.history import History, Said
from latewatch.jobs.letters.showing import LetterStory
from latewatch.store.letters.documents import DocumentKind
from latewatch.store.letters.life import LetterChange
from latewatch.store.letters.traces import DeliveryTrace

_DOCUMENTS = {DocumentKind.UNSIGNED: "bản chưa ký", DocumentKind.SIGNED: "bản đã ký"}
_WARNING = (
    "TỆP NÀY CÓ DỮ LIỆU CÁ NHÂN (họ tên, địa chỉ, điện thoại của người nộp).",
    "Chỉ giao cho người có thẩm quyền kiểm tra, xóa khi dùng xong",
    "(Luật 91/2025/QH15; Nghị định 118/2025/NĐ-CP, Điều 5 khoản 1 điểm d).",
)
_FILES = (
    ("noi-dung.json", "mọi điều dưới đây dưới dạng dữ liệu, để máy đọc"),
    ("giai-trinh-han.txt", "hạn của hồ sơ: từng ngày tính hay không tính, và vì sao"),
    ("lich-su-ho-so.txt", "mọi điều các nguồn từng ghi về hồ sơ, từng phiên bản"),
    ("van-ban-…/nhat-ky.txt", "từng bước của văn bản (ai, lúc nào, vì sao) và nhật ký gửi"),
    ("van-ban-…/chua-ky.pdf", "văn bản đã cấp số, như khi đưa đi ký"),
    ("van-ban-…/da-ky.pdf", "văn bản đã ký số (không có nếu ký trên giấy)"),
    ("van-ban-…/bao-cao-chu-ky.json", "kết quả kiểm tra chữ ký lúc nhận bản đã ký"),
    ("SHA256SUMS", "mã băm SHA-256 của từng tệp"),
)
_HOW = (
    "Kiểm tra từng tệp còn nguyên:",
    "  Linux:    sha256sum -c SHA256SUMS   (trong thư mục đã giải nén)",
    "  Windows:  certutil -hashfile TÊN-TỆP SHA256, so với dòng của tệp đó trong SHA256SUMS",
    "Kiểm tra chữ ký số: mở da-ky.pdf bằng phần mềm đọc PDF có kiểm tra chữ ký.",
    "Cùng dữ liệu thì lập lại tệp này ra đúng từng byte; hỏi nơi lập mã SHA-256 của cả tệp ZIP để so.",
)


def read_me(code: str, as_of: datetime, stories: Sequence[LetterStory], altered: Sequence[str]) -> str:
    """Return what a person reads first; what is `altered` is said right below the warning."""
    lines = [
        *_WARNING,
        "",
        *(f"!!! {name}: KHÔNG KHỚP mã băm đã lưu; tệp đã bị sửa trong cơ sở dữ liệu." for name in altered),
        *([""] if altered else []),
        f"Hồ sơ {code}: chứng cứ về văn bản xin lỗi, tính đến {_at(as_of)}",
        "(lần cuối có gì đó được ghi).",
        "",
        *(line for number, story in enumerate(stories, start=1) for line in _summary(number, story)),
        "Trong tệp này:",
        *(f"  {name}: {what}" for name, what in _FILES),
        "",
        *_HOW,
    ]
    return _text(lines)


def _summary(number: int, story: LetterStory) -> Iterator[str]:
    row = story.row
    called = f"số {row.number}, ngày {row.dated:%d/%m/%Y}" if row.number else "chưa có số"
    days = f"hạn {row.due_on:%d/%m/%Y}, hẹn lại {row.new_date:%d/%m/%Y}"
    yield f"van-ban-{number}: {called}, {STATE_LABELS[row.state]}; {days}"
    for document in story.documents:
        yield f"  {_DOCUMENTS[document.kind]}: SHA-256 {document.sha256}"
    yield ""


def sums_text(sums: Mapping[str, str]) -> str:
    """Return the sums as `sha256sum -c` reads them."""
    return _text(f"{each}  {name}" for name, each in sums.items())


def journal_text(story: LetterStory) -> str:
    """Return the steps of a letter and everything that was tried to send it."""
    lines = ["Các bước của văn bản", *(f"  {_step(change)}" for change in story.changes), "", "Nhật ký gửi"]
    for delivery in story.deliveries:
        lines += [f"  {_delivery(delivery)}", *(f"    {each}" for each in _attempts(delivery))]
    if not story.deliveries:
        lines.append("  chưa gửi bằng kênh nào")
    return _text(lines)


def _step(change: LetterChange) -> str:
    before = STATE_LABELS[change.before] if change.before else "mới"
    why = f": {change.why}" if change.why else ""
    return f"{_at(change.at)}  {before} → {STATE_LABELS[change.after]}, {change.by}{why}"


def _delivery(delivery: DeliveryTrace) -> str:
    reference = f", mã bên nhận {delivery.reference}" if delivery.reference else ""
    problem = f"; {delivery.problem}" if delivery.problem else ""
    return f"{CHANNEL_LABELS[delivery.channel]}: {DELIVERY_LABELS[delivery.state]}{reference}{problem}"


def _attempts(delivery: DeliveryTrace) -> Iterator[str]:
    for each in delivery.attempts:
        yield f"{_at(each.at)}  {OUTCOME_LABELS[Outcome(each.outcome)]}: {each.answer}"


def due_text(found: Explanation) -> str:
    """Return how the due date came about, day by day."""
    return _text(_due_lines(found))


def _due_lines(found: Explanation) -> Iterator[str]:
    deadline, account = found.case.deadline, found.account
    received, limit = account.facts.received_at, account.facts.limit
    yield f"Tiếp nhận: {moment_words(received) if received else 'không rõ'}"
    yield f"Thời hạn giải quyết: {limit.label if limit else 'không rõ'}"
    computed, promised = deadline.computed_on, deadline.promised_on
    yield f"Hạn theo quy định: {day_words(computed) if computed else 'không tính được'}"
    yield f"Ngày hẹn trả: {day_words(promised) if promised else 'nguồn không ghi'}"
    if deadline.due_at:
        yield f"Hạn đang dùng: {due_words(deadline.due_at)}"
    yield f"Quy tắc: {rules_words(account)}"
    yield from (f"Gián đoạn: {interruption_words(each)}" for each in interruptions(account))
    yield f"Lịch: {deadline.calendar_version or account.calendar.version}"
    yield f"Tình trạng: {LABELS[found.standing]}"
    yield ""
    for step in found.steps:
        counted = (
            f"ngày thứ {step.number}" if step.counted and step.number else "tính" if step.counted else "–"
        )
        yield f"{step.day:%d/%m/%Y}  {counted:>12}  {step.why}"


def history_text(found: History) -> str:
    """Return every version of the dossier's record, field by field."""
    return _text(line for each in found.versions for line in _version_lines(each))


def _version_lines(each: Said) -> Iterator[str]:
    past = each.past
    undone = f", đã hoàn tác bởi lô {past.undone_by}" if past.undone_by else ""
    where = past.place or past.origin or f"hoàn tác lô {past.undoes}"
    yield f"{past.version}. {_at(past.taken_at)}, nguồn {past.source}, lô {past.batch}: {where}{undone}"
    for change in each.changes:
        before, after = words(change, full=True)
        yield f"   {change.label}: {after if before == NOTHING else f'{before} → {after}'}"


def _text(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join([*lines, ""])


def _at(at: datetime) -> str:
    return f"{at:%H:%M %d/%m/%Y}"
