"""`latewatch history`, `verify` and `import undo` from end to end: real files, what is read, exit codes."""

import json
import sqlite3
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, row
from typer.testing import CliRunner, Result

from latewatch.app import delivery
from latewatch.cli.main import app, run
from latewatch.jobs.digest import send_digests
from latewatch.jobs.history import history

AT = "2026-11-12T08:00"
NAME, PHONE = "Nguyễn Văn Ví Dụ", "0900000000"
PERSON = {"applicant": NAME, "phone": PHONE}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """H1 was reported, moved, and told of an event; H2 came with the second file."""
    made = desk_in(tmp_path / "office")
    made.configure(SOURCE, UNITS, EVENTS)
    (made.folder / "in" / "c").mkdir()
    made.export("a.csv", [row("H1", promised="12/11/2026", **PERSON)], extra={"CCCD": "001099000001"})
    made.poll("2026-11-10T08:00")
    second = [row("H1", promised="20/11/2026", applicant=NAME + " 2", phone=PHONE), row("H2")]
    made.export("b.csv", second, extra={"CCCD": "001099000001"})
    made.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "03/11/2026", "05/11/2026"])
    made.poll("2026-11-11T08:00")
    return made


def call(desk: Desk, *args: object) -> Result:
    return CliRunner().invoke(app, [*map(str, args), "--config", str(desk.folder / "config.toml")])


def said(desk: Desk, *args: object, exit_code: int = 0) -> str:
    result = call(desk, *args)
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result.output


def document(desk: Desk, *args: object, exit_code: int = 0):
    result = call(desk, *args, "--json")
    assert result.exit_code == exit_code, (result.output, result.exception)
    return json.loads(result.stdout)


def failed(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object):
    """Run the program as it is installed, to its error."""
    monkeypatch.setattr("sys.argv", ["latewatch", *map(str, args), "-c", str(desk.folder / "config.toml")])
    with pytest.raises(SystemExit) as ended:
        run()
    return ended.value.code, capsys.readouterr().err


class TestHistory:
    def test_every_version_with_time_batch_place_and_changes(self, desk: Desk) -> None:
        text = said(desk, "history", "H1")
        assert "Hồ sơ H1: 3 phiên bản\n" in text
        assert "1. 08:00 10/11/2026, nguồn xuat-tep, lô 1: a.csv, dòng 2\n" in text
        assert "   trạng thái: đang giải quyết\n" in text
        assert "2. 08:00 11/11/2026, nguồn xuat-tep, lô 2: b.csv, dòng 2\n" in text
        assert "   ngày hẹn trả: 12/11/2026 → 20/11/2026\n" in text
        assert "3. 08:00 11/11/2026, nguồn su-kien, lô 3: su-kien.csv, dòng 2\n" in text
        assert "   lần tạm dừng: yêu cầu bổ sung 03/11/2026–05/11/2026" in text

    def test_names_and_numbers_are_hidden_unless_all_is_asked_for(self, desk: Desk) -> None:
        for words in (["history", "H1"], ["history", "H1", "--raw"], ["history", "H1", "--raw", "--json"]):
            text = said(desk, *words)
            assert NAME not in text
            assert PHONE not in text
            assert "001099000001" not in text
            assert "(che)" in text
        text = said(desk, "history", "H1", "--full", "--raw")
        assert f"chủ hồ sơ: {NAME} → {NAME} 2\n" in text
        assert "CCCD: 001099000001\n" in text

    def test_the_raw_record_under_its_headings(self, desk: Desk) -> None:
        raw = document(desk, "history", "H1", "--raw")["versions"][0]["raw"]
        assert raw["Mã hồ sơ"] == "H1"
        assert raw["Ngày hẹn trả"] == "12/11/2026"
        assert {raw[name] for name in ("Chủ hồ sơ", "Số điện thoại", "CCCD")} == {"(che)"}
        events = document(desk, "history", "H1", "--raw")["versions"][2]["raw"]
        assert (events["Loại"], events["Từ"]) == ("Yêu cầu bổ sung", "03/11/2026")

    def test_keys(self, desk: Desk) -> None:
        found = document(desk, "history", "  H1 ")
        assert (found["code"], found["alive"], len(found["versions"])) == ("H1", True, 3)
        second = found["versions"][1]
        assert second["changes"] == {
            "promised_at": {"label": "ngày hẹn trả", "from": "12/11/2026", "to": "20/11/2026"},
            "applicant": {"label": "chủ hồ sơ", "from": "(che)", "to": "(che)"},
        }
        assert {name: second[name] for name in ("version", "batch", "source", "place")} == {
            "version": 2,
            "batch": 2,
            "source": "xuat-tep",
            "place": "b.csv, dòng 2",
        }
        assert (second["undoes"], second["undone_by"], second["taken_back"]) == (None, None, False)

    def test_what_was_taken_back_is_shown_as_such(self, desk: Desk) -> None:
        for number in (3, 2):
            said(
                desk, "import", "undo", number, "--by", "Trần Thị Thí Dụ", "--reason", "nhập nhầm", "--at", AT
            )
        text = said(desk, "history", "H1")
        assert "Hồ sơ H1: 5 phiên bản\n" in text
        assert "   đã hoàn tác: lô 5\n" in text
        assert "5. 08:00 12/11/2026, lô 5: hoàn tác lô 2 (Trần Thị Thí Dụ: nhập nhầm)\n" in text
        assert "   ngày hẹn trả: 20/11/2026 → 12/11/2026\n" in text

    def test_of_a_dossier_that_is_no_longer_alive(self, desk: Desk) -> None:
        for number in (3, 2):
            said(desk, "import", "undo", number, "--by", "A", "--reason", "B", "--at", AT)
        text = said(desk, "history", "H2")
        assert "Hồ sơ H2: 2 phiên bản, hiện không còn trong bảng hồ sơ\n" in text
        assert "hoàn tác lô 2 (A: B); hồ sơ do lô đó đưa vào nên rút khỏi bảng\n" in text
        found = document(desk, "history", "H2")
        assert (found["alive"], found["versions"][1]["taken_back"]) == (False, True)

    def test_a_code_nobody_told_of(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code, err = failed(desk, capsys, monkeypatch, "history", "H77")
        assert code == 1
        assert "Chưa nguồn nào ghi hồ sơ H77" in err

    def test_a_version_that_was_garbled_says_what_to_do(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tamper(desk, "UPDATE record_version SET facts = '{' WHERE code = 'H1' AND version = 1")
        code, err = failed(desk, capsys, monkeypatch, "history", "H1")
        assert code == 1
        assert "phiên bản 1 của hồ sơ H1 không còn đọc được; hãy chạy `latewatch verify`" in err

    @pytest.mark.parametrize(
        ("heading", "is_shown"),
        [
            pytest.param("Ngày hẹn trả", True, id="a heading of the profile"),
            pytest.param("Thời gian Ngày hẹn trả", True, id="under another one"),
            pytest.param("Chủ hồ sơ", False, id="a name"),
            pytest.param("Chủ hồ sơ Ngày hẹn trả", False, id="anything under a name"),
            pytest.param("Số CCCD", False, id="nobody knows what it is"),
            pytest.param("data.owner", False, id="a key of an interface"),
        ],
    )
    def test_raw_cells_are_shown_only_where_the_profile_knows_them(
        self, desk: Desk, heading: str, is_shown: bool
    ) -> None:
        tamper(
            desk, "UPDATE record_version SET layout = NULL, raw = ? WHERE id = 1", json.dumps({heading: "x"})
        )
        with desk.open() as office:
            raw = history(office, "H1").versions[0].raw
            full = history(office, "H1", full=True).versions[0].raw
        assert raw == [(heading, "x" if is_shown else "(che)")]
        assert full == [(heading, "x")]

    def test_a_record_of_an_interface_is_laid_out_flat(self, desk: Desk) -> None:
        record = {"id": 7, "owner": {"name": "A", "phones": ["1", None, ""]}, "done": False}
        tamper(desk, "UPDATE record_version SET layout = NULL, raw = ? WHERE id = 1", json.dumps(record))
        with desk.open() as office:
            raw = history(office, "H1", full=True).versions[0].raw
        assert raw == [("id", "7"), ("owner.name", "A"), ("owner.phones[1]", "1"), ("done", "False")]


def tamper(desk: Desk, statement: str, *values: object) -> None:
    with sqlite3.connect(desk.folder / "latewatch.db") as connection:
        connection.execute(statement, values)
    connection.close()


class TestVerify:
    def test_what_is_whole(self, desk: Desk) -> None:
        text = said(desk, "verify")
        assert "✓ 4 phiên bản, 3 lô, 2 hồ sơ: nguyên vẹn\n" in text
        assert "Niêm phong: lô 3, " in text
        found = document(desk, "verify")
        assert (found["whole"], found["versions"], found["batches"], found["dossiers"]) == (True, 4, 3, 2)
        assert found["seal"]["batch"] == 3

    def test_what_was_changed_is_named_with_what_to_do(self, desk: Desk) -> None:
        tamper(desk, "UPDATE record_version SET raw = '{}' WHERE code = 'H1' AND version = 2")
        tamper(desk, "UPDATE dossier SET step = 'Ký' WHERE code = 'H2'")
        text = said(desk, "verify", exit_code=1)
        assert "✗ hồ sơ H1, phiên bản 2 (lô 2): không khớp niêm phong" in text
        assert "✗ hồ sơ H2: bảng hồ sơ ghi khác phiên bản 1; bảng hồ sơ bị sửa" in text
        assert "khôi phục cơ sở dữ liệu từ bản sao lưu" in text
        found = document(desk, "verify", exit_code=1)
        assert [(each["damage"], each["code"]) for each in found["misfits"]] == [
            ("version", "H1"),
            ("edited", "H2"),
        ]

    def test_a_seal_that_was_noted(self, desk: Desk) -> None:
        noted = document(desk, "verify")["seal"]["seal"]
        for written in (noted, noted[:16], noted[:8].upper(), f"lô 3, {noted[:16]}", f" {noted[:12]}… "):
            assert "✓ niêm phong" in said(desk, "verify", "--seal", written)
        other = noted[:8].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
        assert "✗ không có niêm phong" in said(desk, "verify", "--seal", other, exit_code=1)
        assert document(desk, "verify", "--seal", noted[:8])["noted"] == {"seal": noted[:8], "batches": [3]}

    @pytest.mark.parametrize("wrong", ["1a2b3c4", "không phải", "1a2b3c4d5e6f7g", "…"])
    def test_what_cannot_be_a_seal_is_a_wrong_call(self, desk: Desk, wrong: str) -> None:
        assert "không phải niêm phong" in said(desk, "verify", "--seal", wrong, exit_code=2)

    def test_very_many_misfits_are_counted(self, desk: Desk) -> None:
        desk.export("c.csv", [row(f"N{n}") for n in range(250)])
        desk.poll(AT)
        tamper(desk, "UPDATE dossier SET step = 'Ký' WHERE code LIKE 'N%'")
        assert "✗ … và 50 chỗ nữa\n" in said(desk, "verify", exit_code=1)

    def test_the_digest_carries_the_seal(self, desk: Desk) -> None:
        with desk.open() as office:
            send_digests(office, NOW, delivery(office.settings))
        seal = document(desk, "verify")["seal"]["seal"][:16]
        (message,) = (desk.folder / "outbox").glob("*.eml")
        arrived = message_from_bytes(message.read_bytes(), policy=policy.default)
        for kind in ("plain", "html"):
            body = arrived.get_body((kind,))
            assert body is not None
            assert f"Niêm phong dữ liệu: lô 3, {seal}." in body.get_content()


class TestUndo:
    def test_list_and_undo_and_list_again(self, desk: Desk) -> None:
        found = document(desk, "import", "list")
        assert [(each["batch"], each["origin"], each["state"]) for each in found] == [
            (3, "su-kien.csv", "done"),
            (2, "b.csv", "done"),
            (1, "a.csv", "done"),
        ]
        assert [(each["new"], each["changed"]) for each in found] == [(0, 1), (1, 1), (1, 0)]
        done = document(desk, "import", "undo", 3, "--by", "A", "--reason", "B", "--at", AT)
        assert (done["undone"], done["batch"], done["restored"], done["removed"]) == (3, 4, 1, [])
        text = said(desk, "import", "undo", 2, "--by", " A ", "--reason", "nhập\nnhầm", "--at", AT)
        assert "Đã hoàn tác lô 2 (b.csv) bằng lô 5: 1 hồ sơ như trước, 1 hồ sơ rời khỏi bảng" in text
        text = said(desk, "import", "list")
        assert "đã hoàn tác (lô 5)" in text
        assert "hoàn tác: A, nhập nhầm" in text
        assert [each["batch"] for each in document(desk, "import", "list", "--limit", 2)] == [5, 4]
        assert [each["batch"] for each in document(desk, "import", "list", "--source", "su-kien")] == [3]
        assert document(desk, "verify")["whole"]

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(["3", "--reason", "B"], id="nobody"),
            pytest.param(["3", "--by", "A"], id="no reason"),
            pytest.param(["3", "--by", " ", "--reason", "B"], id="a blank"),
            pytest.param(["ba", "--by", "A", "--reason", "B"], id="no number"),
        ],
    )
    def test_a_wrong_call(self, desk: Desk, words: list[str]) -> None:
        said(desk, "import", "undo", *words, exit_code=2)

    def test_what_is_refused_says_why(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code, err = failed(desk, capsys, monkeypatch, "import", "undo", 1, "--by", "A", "--reason", "B")
        assert code == 1
        assert "lô 3 (su-kien.csv: 1 hồ sơ), lô 2 (b.csv: 1 hồ sơ)" in err
        code, err = failed(desk, capsys, monkeypatch, "import", "list", "--source", "khác")
        assert code == 1
        assert "Không có nguồn “khác”; các nguồn: xuat-tep, su-kien" in err

    def test_the_poll_leaves_the_file_alone_and_an_import_takes_it_again(self, desk: Desk) -> None:
        for number in (3, 2):
            said(desk, "import", "undo", number, "--by", "A", "--reason", "B", "--at", AT)
        desk.poll("2026-11-12T09:00")
        assert not document(desk, "history", "H2")["alive"]
        said(desk, "import", desk.folder / "in" / "b.csv", "--at", "2026-11-12T10:00")
        found = document(desk, "history", "H2")
        assert (found["alive"], [each["version"] for each in found["versions"]]) == (True, [1, 2, 3])
        assert document(desk, "history", "H1")["versions"][-1]["version"] == 6
        assert document(desk, "verify")["whole"]

    def test_a_finding_of_the_batch_is_closed(self, desk: Desk) -> None:
        """The promise of H1 moved after it had passed; the file that said so does not count any more."""
        desk.export("c.csv", [row("H1", promised="27/11/2026", **PERSON)])
        said(desk, "poll", "--at", "2026-11-23T08:00")
        (found,) = [each for each in document(desk, "findings") if each["evidence"]["seen"]["batch"] == 4]
        assert (found["code"], found["state"]) == ("H1", "open")
        done = document(desk, "import", "undo", 4, "--by", "A", "--reason", "B", "--at", "2026-11-23T09:00")
        assert done["findings_closed"] == 1
        closed = {each["number"]: each for each in document(desk, "findings", "--state", "closed")}
        step = closed[found["number"]]["steps"][-1]
        assert (step["after"], step["by"], step["why"]) == ("closed", "A", "lô đã hoàn tác")
