"""Polling: what a file changes, and what it must not; what cannot be read is kept, said once, and cured."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from offices import NOW, SOURCE, UNITS, Desk, desk_in, done, row
from sqlalchemy import select

from latewatch.errors import StoreError
from latewatch.jobs.check import check_office
from latewatch.jobs.poll import PollResult, poll
from latewatch.store import schema

LATER = NOW + timedelta(hours=1)
FIRST = [row("H1", promised="12/11/2026"), row("H2", promised="13/11/2026"), row("H3")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


def numbers(result: PollResult) -> tuple[int, int, int, int, int]:
    intake = result.intake
    return intake.read, intake.new, intake.changed, intake.unchanged, intake.rejected


def statuses(desk: Desk) -> dict[str, tuple[str, int]]:
    """Return status and version of each stored dossier."""
    columns = schema.dossier.c
    with desk.open() as office, office.store.reading() as connection:
        found = connection.execute(
            select(columns.code, columns.status, columns.version).order_by(columns.code)
        )
        return {code: (status, version) for code, status, version in found}


def versions(desk: Desk) -> int:
    with desk.open() as office, office.store.reading() as connection:
        return len(connection.execute(select(schema.record_version.c.id)).all())


def failed_batches(desk: Desk) -> list[tuple[str, str]]:
    table = schema.batch.c
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(
            select(table.origin, table.state).where(table.state != "done").order_by(table.id)
        )
        return [(origin, state) for origin, state in rows]


def warnings(desk: Desk) -> str:
    with desk.open() as office:
        return "\n".join(finding.text for finding in check_office(office, LATER, None))


class TestFolder:
    @pytest.mark.parametrize("name", ["ngay-1.csv", "ngay-1.xlsx"])
    def test_the_same_file_twice_changes_nothing(self, desk: Desk, name: str) -> None:
        desk.export(name, FIRST)
        first = desk.poll()
        assert numbers(first) == (3, 3, 0, 0, 0)
        assert first.taken == [name]
        again = desk.poll(LATER)
        assert numbers(again) == (0, 0, 0, 0, 0)
        assert (again.taken, again.known) == ([], [name])
        assert versions(desk) == 3

    @pytest.mark.parametrize(
        ("rows", "options"),
        [
            pytest.param(FIRST, {"extra": {"Cập nhật nguồn": "12/11/2026 06:00"}}, id="a column nobody maps"),
            pytest.param(FIRST[::-1], {}, id="in another order"),
            pytest.param(FIRST, {"columns": ("received", "status", "code", "promised")}, id="fewer columns"),
        ],
    )
    def test_the_same_facts_in_another_file_change_nothing(
        self, desk: Desk, rows: list, options: dict
    ) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.poll()
        desk.export("ngay-2.csv", rows, **options)
        assert numbers(desk.poll(LATER)) == (3, 0, 0, 3, 0)
        assert versions(desk) == 3

    def test_the_same_facts_as_xlsx_change_nothing(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.export("ngay-1.xlsx", FIRST)
        assert numbers(desk.poll()) == (6, 3, 0, 3, 0)

    def test_a_newer_file_changes_what_differs(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.poll()
        desk.export("ngay-2.csv", [done("H1", "11/11/2026", promised="12/11/2026"), FIRST[1], row("H4")])
        assert numbers(desk.poll(LATER)) == (3, 1, 1, 1, 0)
        assert statuses(desk) == {
            "H1": ("done", 2),
            "H2": ("processing", 1),
            "H3": ("processing", 1),
            "H4": ("processing", 1),
        }

    def test_an_old_file_that_still_lies_there_undoes_nothing(self, desk: Desk) -> None:
        desk.export("z-cu.csv", [row("H1")])
        desk.export("a-moi.csv", [done("H1", "11/11/2026")])
        assert numbers(desk.poll()) == (2, 1, 1, 0, 0)  # in the order of their time, not of their names
        desk.poll(LATER)
        assert statuses(desk) == {"H1": ("done", 2)}

    def test_a_file_that_returns_to_what_it_held_is_taken(self, desk: Desk) -> None:
        for rows in ([row("H1")], [done("H1", "11/11/2026")], [row("H1")]):
            desk.export("xuat.csv", rows)
            desk.poll()
        assert statuses(desk) == {"H1": ("processing", 3)}

    def test_a_copy_of_an_old_file_undoes_nothing(self, desk: Desk) -> None:
        desk.export("cu.csv", [row("H1")])
        desk.poll()
        desk.export("moi.csv", [done("H1", "11/11/2026")])
        desk.poll()
        desk.export("ban-sao.csv", [row("H1")])
        assert numbers(desk.poll(LATER)) == (0, 0, 0, 0, 0)
        assert statuses(desk) == {"H1": ("done", 2)}

    def test_new_words_read_all_files_again_and_end_with_the_newest(self, desk: Desk) -> None:
        desk.export("cu.csv", [row("H1", status="Chờ chữ ký")])
        desk.export("moi.csv", [done("H1", "11/11/2026")])
        assert numbers(desk.poll())[4] == 1
        assert "từ lạ “Chờ chữ ký”" in warnings(desk)
        desk.configure(SOURCE.rstrip() + '\nstatus_words = { "Chờ chữ ký" = "processing" }\n', UNITS)
        assert numbers(desk.poll(LATER))[4] == 0
        assert statuses(desk)["H1"][0] == "done"
        assert "từ lạ" not in warnings(desk)

    def test_a_row_twice_word_for_word_is_one_dossier(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [FIRST[0], FIRST[0], FIRST[1]])
        assert numbers(desk.poll()) == (3, 2, 0, 1, 0)

    def test_rows_that_contradict_each_other_are_set_aside(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [FIRST[0]])
        desk.poll()
        desk.export("ngay-2.csv", [done("H1", "11/11/2026"), FIRST[0], FIRST[1]])
        assert numbers(desk.poll(LATER)) == (3, 1, 0, 0, 2)
        assert statuses(desk)["H1"] == ("processing", 1)
        assert "ngay-2.csv, dòng 3, cột “Mã hồ sơ”" in warnings(desk)

    def test_an_absent_column_is_warned_of_until_most_files_lack_it_and_erases_nothing(
        self, desk: Desk
    ) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.poll()
        fewer = ("code", "status", "received", "procedure", "field", "unit", "channel")
        desk.export("ngay-2.csv", FIRST, columns=fewer)
        result = desk.poll(LATER)
        assert result.warnings[0].startswith("ngay-2.csv: thiếu cột “")
        assert "“Ngày hẹn trả”" in result.warnings[0]
        assert result.warnings[0] in warnings(desk)
        assert numbers(result) == (3, 0, 0, 3, 0)
        for day, is_warned in ((3, True), (4, False)):
            desk.export(f"ngay-{day}.csv", [*FIRST, row(f"H{day}")], columns=fewer)
            assert ("thiếu cột" in str(desk.poll(LATER + timedelta(hours=day)).warnings)) is is_warned

    def test_an_empty_cell_erases(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.poll()
        desk.export("ngay-2.csv", [row("H1")])
        assert numbers(desk.poll(LATER)) == (1, 0, 1, 0, 0)
        with desk.open() as office, office.store.reading() as connection:
            column = schema.dossier.c.promised_at
            assert connection.execute(select(column).where(schema.dossier.c.code == "H1")).scalar() is None

    def test_a_file_still_growing_is_left_for_the_next_run(self, desk: Desk) -> None:
        desk.configure(SOURCE.replace("0.0", "0.4"), UNITS)
        path = desk.export("ngay-1.csv", FIRST)
        desk.export("ngay-0.csv", [row("H9")])
        whole = path.read_bytes()
        is_done = threading.Event()

        def grow() -> None:
            while not is_done.wait(0.02):
                path.write_bytes(path.read_bytes() + b"H4,")

        writer = threading.Thread(target=grow)
        writer.start()
        result = desk.poll()
        is_done.set()
        writer.join()
        assert (result.growing, result.taken) == (["ngay-1.csv"], ["ngay-0.csv"])
        path.write_bytes(whole)
        assert numbers(desk.poll(LATER)) == (3, 3, 0, 0, 0)


class TestFailures:
    def test_a_broken_file_stops_no_other_and_is_said_until_it_is_gone(self, desk: Desk) -> None:
        broken = desk.export("hong.xlsx", FIRST)
        broken.write_bytes(broken.read_bytes()[:200])
        desk.export("tot.csv", FIRST)
        for at in (NOW, NOW, LATER):
            result = desk.poll(at)
            assert len(result.problems) == 1
            assert "hong.xlsx" in result.problems[0]
        assert failed_batches(desk) == [("hong.xlsx", "failed")]
        assert result.problems[0] in warnings(desk)
        assert len(statuses(desk)) == 3
        broken.unlink()
        assert desk.poll(LATER).problems == []
        assert failed_batches(desk) == [("hong.xlsx", "cured")]
        assert "hong.xlsx" not in warnings(desk)

    def test_a_broken_file_that_was_mended_is_taken(self, desk: Desk) -> None:
        path = desk.export("ngay-1.csv", FIRST)
        whole = path.read_bytes()
        path.write_bytes(b"")
        assert desk.poll().problems != []
        path.write_bytes(whole)
        assert numbers(desk.poll(LATER)) == (3, 3, 0, 0, 0)
        assert failed_batches(desk) == [("ngay-1.csv", "cured")]

    def test_a_folder_that_is_not_there(self, desk: Desk) -> None:
        (desk.folder / "in").rmdir()
        problem = desk.poll().problems[0]
        assert "không có thư mục này" in problem
        assert warnings(desk).count("không có thư mục này") == 1
        desk.export("ngay-1.csv", FIRST)
        assert desk.poll(LATER).problems == []
        assert "không có thư mục này" not in warnings(desk)

    def test_a_folder_nobody_may_read(self, open_folder: Path, powerless: Callable) -> None:
        desk = desk_in(open_folder / "office")
        desk.poll()
        for path in open_folder.rglob("*"):
            path.chmod(0o777)
        (desk.folder / "in").chmod(0o000)
        with desk.open() as office, powerless():
            result = poll(office, office.settings.sources[0], NOW)
        assert "hãy cấp quyền đọc" in result.problems[0]

    def test_a_secret_that_is_missing_fails_its_source_alone(self, desk: Desk) -> None:
        web = '[[sources]]\nname = "web"\nurl = "http://127.0.0.1:9/x.csv"\ntoken_env = "LW_NO_SUCH"\n'
        desk.configure(web, SOURCE, UNITS)
        desk.export("ngay-1.csv", FIRST)
        assert numbers(desk.poll()) == (3, 3, 0, 0, 0)
        assert "LW_NO_SUCH" in warnings(desk)

    def test_a_full_disk_loses_nothing(self, desk: Desk, on_connect: Callable) -> None:
        desk.export("ngay-1.csv", FIRST)
        desk.poll()
        with sqlite3.connect(desk.folder / "latewatch.db") as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.close()
        desk.export("ngay-2.csv", [done(f"H{n}", "11/11/2026") for n in range(400)])
        make_room = on_connect(f"PRAGMA max_page_count = {pages + 8}")
        with pytest.raises(StoreError, match="đĩa đầy"):
            desk.poll(LATER)
        make_room()
        assert statuses(desk) == dict.fromkeys(("H1", "H2", "H3"), ("processing", 1))
        assert numbers(desk.poll(LATER)) == (400, 397, 3, 0, 0)

    def test_two_polls_at_once_take_a_file_once(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [row(f"H{n}") for n in range(200)])
        with desk.open():
            pass  # the database is there
        results: list[PollResult] = []
        threads = [threading.Thread(target=lambda: results.append(desk.poll())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(result.intake.new for result in results) == [0, 0, 200]
        assert versions(desk) == 200


class TestTwoSources:
    def test_both_are_kept_and_each_lays_its_columns_over(self, desk: Desk) -> None:
        second = SOURCE.replace("xuat-tep", "bao-cao").replace('"in"', '"in-2"')
        desk.configure(SOURCE, second, UNITS)
        desk.export("so.csv", [row("H1", promised="12/11/2026", applicant="Nguyễn Văn Ví Dụ")])
        desk.export(
            "bc.csv",
            [done("H1", "11/11/2026")],
            columns=("code", "status", "received", "finished"),
            into="in-2",
        )
        desk.poll()
        with desk.open() as office, office.store.reading() as connection:
            one = connection.execute(select(schema.dossier)).mappings().one()
        assert (one["version"], one["status"]) == (2, "done")
        assert one["applicant"] == "Nguyễn Văn Ví Dụ"
        assert one["promised_at"] is not None
        assert one["processed_at"] is not None
        desk.poll(LATER)
        assert versions(desk) == 2


class Server(ThreadingHTTPServer):
    """A web server with one file, its ETag, and what it was asked."""

    daemon_threads = True
    status: int = 200
    content: bytes = b""
    etag: str = '"1"'
    asked: ClassVar[list[tuple[str, str | None]]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        tag = self.headers.get("If-None-Match")
        self.server.asked.append((self.path, tag))
        status = 304 if tag == self.server.etag and self.server.status == 200 else self.server.status
        self.send_response(status)
        self.send_header("ETag", self.server.etag)
        body = b"" if status == 304 else self.server.content
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        made.asked = []
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


class TestAddress:
    @pytest.fixture
    def web(self, desk: Desk, server: Server) -> Desk:
        server.content = desk.export("x.csv", FIRST, into="elsewhere").read_bytes()
        self.point(desk, f"{server.url}/x.csv?key=bi-mat")
        return desk

    def point(self, desk: Desk, url: str, more: str = "") -> None:
        desk.configure(f'[[sources]]\nname = "web"\nurl = "{url}"\nretries = 0\n{more}', UNITS)

    def test_it_is_fetched_again_only_when_newer(self, web: Desk, server: Server) -> None:
        assert numbers(web.poll()) == (3, 3, 0, 0, 0)
        again = web.poll(LATER)
        assert (numbers(again), again.known) == ((0, 0, 0, 0, 0), ["web"])
        assert [tag for _, tag in server.asked] == [None, '"1"']

    def test_a_new_tag_on_the_same_bytes_changes_nothing(self, web: Desk, server: Server) -> None:
        web.poll()
        server.etag = '"2"'
        again = web.poll(LATER)
        assert (numbers(again), again.known) == ((0, 0, 0, 0, 0), ["x.csv"])

    def test_new_words_ask_for_the_whole_file_again(self, web: Desk, server: Server) -> None:
        web.poll()
        self.point(web, f"{server.url}/x.csv?key=bi-mat", 'status_words = { "Lạ" = "done" }\n')
        assert numbers(web.poll(LATER)) == (3, 0, 0, 3, 0)
        web.poll(LATER)
        assert [tag for _, tag in server.asked] == [None, None, '"1"']

    def test_another_address_does_not_inherit_the_tag(self, web: Desk, server: Server) -> None:
        web.poll()
        self.point(web, f"{server.url}/y.csv")
        web.poll(LATER)
        assert server.asked[-1] == ("/y.csv", None)

    def test_what_could_not_be_read_is_asked_for_again(self, web: Desk, server: Server) -> None:
        whole, server.content = server.content, b"<html>"
        assert len(web.poll().problems) == 1
        server.content = whole
        assert numbers(web.poll(LATER)) == (3, 3, 0, 0, 0)
        assert [tag for _, tag in server.asked] == [None, None]
        assert {state for _, state in failed_batches(web)} == {"cured"}

    def test_a_server_in_trouble_is_a_failure_until_it_answers(self, web: Desk, server: Server) -> None:
        server.status = 500
        assert "HTTP 500" in web.poll().problems[0]
        assert failed_batches(web) == [("web", "failed")]
        assert "HTTP 500" in warnings(web)
        server.status = 200
        assert numbers(web.poll(LATER)) == (3, 3, 0, 0, 0)
        assert failed_batches(web) == [("web", "cured")]

    def test_no_secret_of_the_address_is_stored(self, web: Desk, server: Server) -> None:
        web.poll()
        server.status = 500
        web.poll(LATER)
        with sqlite3.connect(web.folder / "latewatch.db") as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        assert "bi-mat" not in dump
