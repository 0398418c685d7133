"""Export B: the branch's report as CSV for a Vietnamese Excel: BOM, semicolons, dates as text."""

import csv
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from latewatch.demo.row import Keys, Row
from latewatch.domain.dossier import Channel, Dossier

KEYS = Keys(
    code="Mã hồ sơ",
    status="Trạng thái",
    received="Ngày nhận",
    promised="Ngày hẹn trả",
    finished="Ngày kết thúc xử lý",
)
CHANNEL_WORDS = {
    Channel.ONLINE_FULL: "Trực tuyến toàn trình",
    Channel.ONLINE_PARTIAL: "Trực tuyến một phần",
    Channel.POSTAL: "Bưu chính",
    Channel.DIRECT: "Trực tiếp",
}
DECOMPOSED_EVERY = 17  # every so many rows come from a machine that writes letters and marks apart (NFD)


def rows(dossiers: Iterable[Dossier]) -> list[Row]:
    return [_row(number, dossier) for number, dossier in enumerate(dossiers, start=1)]


def _row(number: int, dossier: Dossier) -> Row:
    row = {
        "STT": str(number),
        "Đơn vị tiếp nhận": dossier.receiving_unit,
        "Lĩnh vực": dossier.field,
        "Tên thủ tục hành chính": dossier.procedure,
        "Mã hồ sơ": dossier.code,
        "Trạng thái": dossier.status_text,
        "Địa chỉ": dossier.address,
        "Người nộp": dossier.applicant,
        "Chủ hồ sơ": dossier.applicant,
        "Ngày nộp hồ sơ": _date(dossier.submitted_at),
        "Ngày nhận": _date(dossier.received_at),
        "Ngày hẹn trả": _date(dossier.promised_at),
        "Ngày kết thúc xử lý": _date(dossier.processed_at),
        "Đơn vị/ cá nhân giải quyết": dossier.resolving_unit,
        "Hình thức nộp": CHANNEL_WORDS[dossier.channel] if dossier.channel else "",
    }
    if number % DECOMPOSED_EVERY:
        return dict(row)
    return {heading: unicodedata.normalize("NFD", text) for heading, text in row.items()}


def _date(moment: datetime | None) -> str:
    return f"{moment:%d/%m/%Y %H:%M}" if moment else ""


def write(file: Path, table: list[Row]) -> None:
    """Write the file; the same rows give the same bytes."""
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(table)
