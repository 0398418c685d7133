"""Notes: what is told of a file in the text that stands beside it, once it was taken or could not be read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from latewatch.domain.record import Rejected
from latewatch.domain.telling import day_moment_words
from latewatch.sources.filing import CORRECTION, FAILED
from latewatch.store.batches import Known
from latewatch.store.outcomes import Outcome

LISTED = 20  # rows and warnings of each kind


def taken_note(
    file: str, outcome: Outcome, rejected: Sequence[Rejected], before: Known | None, *, is_correctable: bool
) -> str:
    """Return the note beside a file that was taken by the batch of `outcome`."""
    counts = (
        f"{outcome.read} dòng đã đọc: {outcome.new} mới, {outcome.changed} thay đổi, "
        f"{outcome.unchanged} như cũ, {outcome.rejected} bị gác lại"
    )
    lines = [
        f"Tệp:      {file}",
        f"Nguồn:    {outcome.source}",
        f"Lấy lúc:  {day_moment_words(outcome.taken_at)} (lô {outcome.id})",
        f"Kết quả:  {counts}",
        *_again(file, outcome, before),
        *_listed("Cảnh báo", outcome.warnings),
        *_listed("Dòng bị gác lại", [each.told for each in rejected]),
        *(_cure(rejected, is_correctable=is_correctable) if outcome.state == "done" else ()),
    ]
    return "\n".join([*lines, ""])


def _again(file: str, outcome: Outcome, before: Known | None) -> Iterator[str]:
    if outcome.state == "undone":
        yield ""
        yield (
            f"Nội dung này đã lấy ở lô {outcome.id} và lô đó đã bị hoàn tác, nên không tự nhập lại. "
            f"Muốn nhập lại: latewatch import {file}"
        )
    elif before and before.origin != file:
        yield ""
        yield f"Tệp giống hệt {outcome.origin} đã lấy ở lô {outcome.id}: không có gì mới, không nhập lại."


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield f"{title} ({len(texts)}):"
        yield from (f"- {text}" for text in texts[:LISTED])
    if len(texts) > LISTED:
        yield f"… và {len(texts) - LISTED} nữa"


def _cure(rejected: Sequence[Rejected], *, is_correctable: bool) -> Iterator[str]:
    if not rejected:
        return
    yield ""
    yield "Việc cần làm:"
    if not is_correctable:
        yield "Sửa các chỗ đã nêu ở nơi xuất tệp rồi xuất lại. Các dòng khác đã được nhận."
        return
    yield f"1. Mở tệp cùng tên có đuôi {CORRECTION}: mỗi dòng có lý do ở cột đầu, ô phải sửa được tô màu."
    yield "2. Sửa trong tệp đó, và ở hệ thống một cửa để lần xuất sau không sai lại; dòng không cần thì xóa."
    yield "3. Đặt tệp đã sửa trở lại thư mục nhận, hoặc chạy: latewatch import TỆP"
    yield "Các dòng khác đã được nhận, không phải nhập lại."


def failed_note(file: str, source: str, problem: str, at: datetime) -> str:
    """Return the note beside a file that could not be read."""
    lines = [
        f"Tệp:      {file}",
        f"Nguồn:    {source}",
        f"Đọc lúc:  {day_moment_words(at)}",
        "Kết quả:  không đọc được, chưa nhập dòng nào",
        f"Lý do:    {problem}",
        "",
        "Việc cần làm:",
        "1. Sửa tệp hoặc xuất lại (cột lạ: khai trong tệp cấu hình), rồi đặt tệp trở lại thư mục nhận.",
        f"2. Xóa tệp này khỏi {FAILED}/: latewatch check còn nhắc chừng nào tệp còn ở đây.",
        "",
    ]
    return "\n".join(lines)
