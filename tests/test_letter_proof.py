"""The proof of a dossier's letters: unpacked, each hash checked, each row held against the store."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from offices import NOW, Desk, mail_at
from outgoing import (
    CLERK,
    PDF,
    Mailbox,
    go_on,
    letter_of_dossier,
    person,
    rows_of,
    send,
    sending,
    sign,
)
from sqlalchemy import update
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.errors import LetterError
from latewatch.jobs.letters.closing import confirm_letters
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.proof import export_proof
from latewatch.store import schema
from latewatch.store.letters.life import changes_of
from latewatch.store.letters.traces import delivery_traces

LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A letter that was tried twice, sent and confirmed; one that lies in the outbox; a dossier without any."""
    with Mailbox() as box:
        people = [person("H1"), person("H2", email=""), person("H3")]
        desk = sending(tmp_path_factory.mktemp("office") / "o", mail_at(box.port), people=people)
        sign(desk, "H1", "H2")
        box.answers["h1@example.com"] = "451 4.7.1 busy"
        send(desk)
        box.answers.clear()
        go_on(desk, NOW + timedelta(minutes=10))
    with desk.open() as opened:
        when = NOW + timedelta(hours=3)
        confirm_letters(opened, Selection(code="H1"), when, by=CLERK, why="ký nhận tại quầy")
    return desk


def unpacked(desk: Desk, code: str, out: Path, at: object = LATER) -> dict[str, bytes]:
    with desk.open() as opened:
        made = export_proof(opened, code, out, at)  # type: ignore[arg-type]
    content = out.read_bytes()
    assert hashlib.sha256(content).hexdigest() == made.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_hash_holds_and_each_file_has_one(office: Desk, tmp_path: Path) -> None:
    files = unpacked(office, "H1", tmp_path / "h1.zip")
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert sums == {name: hashlib.sha256(files[name]).hexdigest() for name in sums}
    assert files["van-ban-1/da-ky.pdf"] == PDF
    assert next(iter(files)) == "DOC-TRUOC.txt"


def test_as_the_paper_says_it_is_checked(office: Desk, tmp_path: Path) -> None:
    unpacked(office, "H1", tmp_path / "h1.zip")
    shutil.unpack_archive(tmp_path / "h1.zip", tmp_path / "ra")
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], check=False, cwd=tmp_path / "ra", capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    (tmp_path / "ra" / "van-ban-1" / "da-ky.pdf").write_bytes(PDF + b"x")
    again = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], check=False, cwd=tmp_path / "ra", capture_output=True, text=True
    )
    assert again.returncode == 1


def test_its_rows_are_those_of_the_store(office: Desk, tmp_path: Path) -> None:
    files = unpacked(office, "H1", tmp_path / "h1.zip")
    (told,) = json.loads(files["noi-dung.json"])["letters"]
    letter = letter_of_dossier(office, "H1")
    with office.open() as opened, opened.store.reading() as connection:
        changes, traces = changes_of(connection, letter.id), delivery_traces(connection, letter.id)
    assert [(each["after"], each["by"], each["why"], each["at"]) for each in told["steps"]] == [
        (each.after.value, each.by, each.why, each.at.isoformat()) for each in changes
    ]
    assert told["confirmation"]["why"] == "ký nhận tại quầy"
    sent = {each["channel"]: each for each in told["deliveries"]}
    assert [(each["outcome"], each["answer"]) for each in sent["email"]["attempts"]] == [
        (each.outcome, each.answer) for trace in traces if trace.channel == "email" for each in trace.attempts
    ]
    assert [each["outcome"] for each in sent["email"]["attempts"]] == ["later", "accepted"]
    assert {each["kind"]: each["sha256"] for each in told["documents"]} == {
        kind: hashlib.sha256(files[f"van-ban-1/{name}.pdf"]).hexdigest()
        for kind, name in (("signed", "da-ky"), ("unsigned", "chua-ky"))
    }
    assert json.loads(files["van-ban-1/bao-cao-chu-ky.json"]) == {"signatures": []}
    assert told["words"]["applicant"] == "Nguyễn Văn Ví Dụ"
    journal = files["van-ban-1/nhat-ky.txt"].decode()
    for words in ("đã ký → đã gửi/đã in", "ký nhận tại quầy", "chưa nhận: ", "bên nhận đã tiếp nhận"):
        assert words in journal
    assert rows_of(office, "H1")["email"].reference in journal  # type: ignore[index]


def test_it_explains_the_due_date_and_tells_the_history(office: Desk, tmp_path: Path) -> None:
    files = unpacked(office, "H1", tmp_path / "h1.zip")
    assert "Hạn đang dùng: hết ngày thứ Sáu 13/11/2026" in files["giai-trinh-han.txt"].decode()
    assert "Nguyễn Văn Ví Dụ" in files["lich-su-ho-so.txt"].decode()
    assert len(json.loads(files["noi-dung.json"])["history"]) == 1
    first, *_ = files["DOC-TRUOC.txt"].decode().splitlines()
    assert first.startswith("TỆP NÀY CÓ DỮ LIỆU CÁ NHÂN")


def test_the_same_facts_give_the_same_bytes_on_any_day(office: Desk, tmp_path: Path) -> None:
    unpacked(office, "H1", tmp_path / "a.zip", LATER)
    unpacked(office, "H1", tmp_path / "b.zip", LATER + timedelta(days=40))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_was_not_sent_yet_says_so(office: Desk, tmp_path: Path) -> None:
    files = unpacked(office, "H2", tmp_path / "h2.zip")
    assert "bản in: chờ gửi" in files["van-ban-1/nhat-ky.txt"].decode()
    assert json.loads(files["noi-dung.json"])["letters"][0]["confirmation"] is None
    draft = unpacked(office, "H3", tmp_path / "h3.zip")
    assert not any(name.endswith(".pdf") for name in draft)
    assert "chưa có số, nháp" in draft["DOC-TRUOC.txt"].decode()


def test_a_dossier_without_letters_is_refused(office: Desk, tmp_path: Path) -> None:
    with office.open() as opened, pytest.raises(LetterError, match="không có văn bản xin lỗi"):
        export_proof(opened, "H9", tmp_path / "h9.zip", NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_was_altered_in_the_store_is_named(tmp_path: Path) -> None:
    desk = sending(tmp_path / "o", people=[person("H1")])
    sign(desk, "H1")
    with desk.open() as opened, opened.store.writing() as connection:
        signed = schema.letter_document.c.kind == "signed"
        connection.execute(update(schema.letter_document).where(signed).values(content=PDF + b"x"))
    words = ["letters", "dossier", "H1", "--out", str(tmp_path / "h1.zip")]
    done = CliRunner().invoke(app, [*words, "--config", str(desk.folder / "config.toml")])
    assert done.exit_code == 1
    assert "không khớp" in done.output
    with zipfile.ZipFile(tmp_path / "h1.zip") as archive:
        assert "KHÔNG KHỚP" in archive.read("DOC-TRUOC.txt").decode()


def test_from_the_command_line(office: Desk, tmp_path: Path) -> None:
    words = ["letters", "dossier", "H1", "--out", str(tmp_path / "h1.zip")]
    done = CliRunner().invoke(app, [*words, "--config", str(office.folder / "config.toml")])
    assert done.exit_code == 0, done.output
    assert hashlib.sha256((tmp_path / "h1.zip").read_bytes()).hexdigest() in done.output
    assert "dữ liệu cá nhân" in done.output
    assert "Nguyễn" not in done.output
