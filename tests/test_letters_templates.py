"""An office's own templates: what they may not do, in bounded time and memory, and what their check finds."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pdf_pages import pages_of
from PIL import Image
from test_letters_render import LETTER
from typer.testing import CliRunner, Result

from latewatch.cli.main import app
from latewatch.domain.letters.letter import LetterForm
from latewatch.errors import LetterError
from latewatch.letters.checking.apart import tried_apart
from latewatch.letters.checking.check import font_flaws
from latewatch.letters.checking.names import unknown_names
from latewatch.letters.checking.order import Flaw, Order, Tried
from latewatch.letters.checking.samples import samples
from latewatch.letters.checking.sheet import tried_sheet
from latewatch.letters.render import LetterPrinter
from latewatch.shipped import shipped

SHIPPED = shipped("templates", "letters")
HEAD = '<html lang="vi"><head><title>x</title></head><body>'


def draw(folder: Path, body: str, name: str = "tt03-2025.html") -> bytes:
    (folder / name).write_text(HEAD + body, encoding="utf-8")
    return LetterPrinter(folder).pdf(LETTER)


def check(folder: Path, **changes: Any) -> Tried:
    order = {"paper": "A4", "window_envelope": False, "lookup_url": "", "with_pdfs": False} | changes
    return tried_apart(Order(templates=folder, forms=(LetterForm.EXTENSION,), **order))


def own(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """The shipped template with something else in it, in the office's folder."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def told(flaws: Iterable[Flaw]) -> str:
    return "\n".join(f"{flaw.sample}: {flaw.problem}; {flaw.cure}" for flaw in flaws)


def problems(tried: Tried) -> str:
    return told(tried.flaws)


def seen_on(folder: Path, *names: str, paper: str = "A4", window: bool = False) -> str:
    """What two samples show to be wrong, or those of `names`, here and not in a process of its own."""
    printer = LetterPrinter(folder, paper=paper, window_envelope=window)
    few = [each for each in samples(LetterForm.EXTENSION) if each.name in (names or ("thuong", "ky-thay"))]
    is_roomy = not (paper == "A5" and window)
    return told(flaw for sample in few for flaw in tried_sheet(printer, sample, is_roomy=is_roomy)[0])


class TestTheSandbox:
    @pytest.mark.parametrize(
        "wrong",
        [
            "{{ ''.__class__ }}",
            "{{ ''['__class__'] }}",
            "{{ ''|attr('__class__') }}",
            "{{ letter.__class__.__init__.__globals__ }}",
            "{{ self.__init__ }}",
            "{{ range.__globals__ }}",
            "{{ cycler.__init__.__globals__.os.system('true') }}",
            "{{ letter.head.__setattr__('place', 'x') }}",
            "{% set letter.code = 'x' %}{{ letter.code }}",
            "{% include '/etc/passwd' %}",
            "{% include '../../etc/passwd' %}",
            "{% import 'os' as os %}",
        ],
    )
    def test_it_reaches_neither_program_nor_machine(self, tmp_path: Path, wrong: str) -> None:
        with pytest.raises(LetterError, match=r"tt03-2025\.html"):
            draw(tmp_path, wrong)

    @pytest.mark.parametrize(
        "endless",
        [
            "{% for i in range(10**9) %}x{% endfor %}",
            "{% for i in range(1000000000) %}x{% endfor %}",
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
            "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}",
            "{% for i in range(9000) %}{% for j in letter.code %}{{ i }}{% endfor %}{% endfor %}",
            "<table>{% for i in range(100000) %}<tr><td>x</td></tr>{% endfor %}</table>",
            "{{ 'x' * 1000000000 }}",
            "{{ ['x'] * 1000000000 }}",
            "{{ 10 ** 10 ** 10 }}",
            "{{ '%1000000000d' % 1 }}",
            "{{ '{:>1000000000}'.format(1) }}",
            "{{ 'x'.center(1000000000) }}",
            "{{ 'x'.ljust(1000000000) }}",
            "{{ 'x'|center(1000000000) }}",
            "{{ lipsum(100000) }}",
            "{% include 'tt03-2025.html' %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% for i in range(15000) %}<p>{{ letter.procedure * 1 }}</p>{% endfor %}",
            "{% for i in range(11000) %}<p>x{% endfor %}",
            "".join(f'<p style="break-before: page">{page}</p>' for page in range(100)),
            "<div>" * 3000,
        ],
    )
    def test_what_never_ends_is_stopped(self, tmp_path: Path, endless: str) -> None:
        began = time.process_time()
        with pytest.raises(LetterError, match=r"tt03-2025\.html.*mẫu thư"):
            draw(tmp_path, endless)
        assert time.process_time() - began < 60, "no race: without a stop it takes hours"

    def test_a_loop_of_ordinary_length_is_nothing(self, tmp_path: Path) -> None:
        loop = "{% for i in range(100) %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}"
        assert draw(tmp_path, loop).startswith(b"%PDF")

    def test_the_limit_is_of_each_letter(self, tmp_path: Path) -> None:
        (tmp_path / "tt03-2025.html").write_text(
            HEAD + "{% for i in range(15000) %}{% endfor %}x", encoding="utf-8"
        )
        printer = LetterPrinter(tmp_path)
        assert printer.pdf(LETTER) == printer.pdf(LETTER)

    @pytest.mark.parametrize(
        "reaching",
        [
            '<img src="file:///etc/passwd">',
            '<img src="http://127.0.0.1:9/a.png">',
            '<img src="ftp://127.0.0.1/a.png">',
            '<img src="data:image/png;base64,AAAA">',
            '<link rel="attachment" href="file:///etc/passwd">',
            '<a rel="attachment" href="file:///etc/passwd">x</a>',
            '<object data="file:///etc/passwd"></object>',
            '<embed src="file:///etc/passwd">',
            '<style>@import "file:///etc/passwd";</style>',
            '<style>@font-face { font-family: x; src: url("file:///etc/passwd") } p { font-family: x }</style><p>x',
            '<style>p { list-style: url("http://127.0.0.1:9/a.png"); display: list-item }</style><p>x',
            '<svg><image href="file:///etc/passwd" width="9" height="9"/></svg>',
            '<base href="file:///etc/"><img src="passwd">',
            '<img src="link.png">',
            '<img src="noi/a.png">',
        ],
    )
    def test_it_reads_nothing_outside_its_folder(self, tmp_path: Path, reaching: str) -> None:
        folder, outside = tmp_path / "mau", tmp_path / "ngoai"
        folder.mkdir()
        outside.mkdir()
        Image.new("L", (9, 9)).save(outside / "a.png")
        (folder / "link.png").symlink_to(outside / "a.png")
        (folder / "noi").symlink_to(outside)
        with pytest.raises(LetterError, match="mẫu thư"):
            draw(folder, reaching)

    def test_a_template_that_is_a_link_out_is_refused(self, tmp_path: Path) -> None:
        folder = tmp_path / "mau"
        folder.mkdir()
        (tmp_path / "ngoai.html").write_text("bí mật", encoding="utf-8")
        (folder / "base.html").symlink_to(tmp_path / "ngoai.html")
        with pytest.raises(LetterError, match="liên kết dẫn ra ngoài"):
            LetterPrinter(folder).pdf(LETTER)

    @pytest.mark.parametrize(("side", "name"), [(6000, "a.png"), (14000, "a.png")])
    def test_a_picture_that_fills_the_memory_is_not_unpacked(
        self, tmp_path: Path, side: int, name: str
    ) -> None:
        Image.new("1", (side, side), 1).save(tmp_path / name)
        assert (tmp_path / name).stat().st_size < 1_000_000, "small as a file"
        with pytest.raises(LetterError, match="triệu điểm"):
            draw(tmp_path, f'<img src="{name}">')

    def test_a_picture_of_50_megabytes_is_refused(self, tmp_path: Path) -> None:
        with (tmp_path / "a.png").open("wb") as file:
            file.truncate(50_000_000)
        with pytest.raises(LetterError, match="lớn hơn 5 MB"):
            draw(tmp_path, '<img src="a.png">')

    def test_a_bomb_of_entities_is_harmless(self, tmp_path: Path) -> None:
        entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
        (tmp_path / "a.svg").write_text(
            f'<!DOCTYPE svg [<!ENTITY a0 "x">{entities}]>'
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a11;</text></svg>'
        )
        assert draw(tmp_path, '<img src="a.svg" alt="x">').startswith(b"%PDF")

    def test_a_style_sheet_that_imports_itself_ends(self, tmp_path: Path) -> None:
        (tmp_path / "a.css").write_text('@import "a.css"; p { color: black }')
        with pytest.raises(LetterError, match=r"tt03-2025\.html"):
            draw(tmp_path, '<link rel="stylesheet" href="a.css"><p>x')

    def test_an_error_tells_nothing_of_the_letter(self, tmp_path: Path) -> None:
        with pytest.raises(LetterError) as caught:
            draw(tmp_path, "{% include letter.applicant %}{{ letter.applicant|int / 0 }}")
        assert LETTER.phone not in str(caught.value)


class TestTheCheck:
    @pytest.mark.parametrize(("paper", "window"), [("A5", False), ("A4", True), ("A5", True)])
    def test_the_shipped_templates_have_no_flaw_on_other_paper(
        self, tmp_path: Path, paper: str, window: bool
    ) -> None:
        names = [each.name for each in samples(LetterForm.EXTENSION)]
        assert seen_on(tmp_path, *names, paper=paper, window=window) == ""

    def test_paper_and_window_reach_the_other_process(self, tmp_path: Path) -> None:
        (tmp_path / "tt03-2025.html").write_text("<p>{{ paper }} {{ window_envelope }}", encoding="utf-8")
        tried = check(tmp_path, paper="A5", window_envelope=True, with_pdfs=True)
        (page,) = pages_of(tried.pdfs["tt03-2025-thuong.pdf"])
        assert page.text == "A5 True"

    @pytest.mark.parametrize(
        ("file", "old", "new", "says"),
        [
            ("base.html", "{{ letter.number|register_number }}", "12", "không thấy số, ký hiệu"),
            ("base.html", "{{ letter.dated|long_date }}", "ngày nay", "không thấy ngày ký"),
            ("base.html", "{{ letter.reason|sentence }}", "như đã biết", "không thấy lý do"),
            ("base.html", "{{ letter.applicant }}", "Ông/Bà", "không thấy người nhận"),
            ("base.html", '{{ head.signer_name }}', "", "không thấy họ tên người ký"),
            ("base.html", "KT. ", "", "không thấy chức vụ người ký"),
            ("base.html", "{{ check_code }}", "", "không thấy mã kiểm tra"),
            ("tt03-2025.html", "{{ letter.new_date|appointment }}", "sớm", "không thấy ngày hẹn lại"),
            ("tt03-2025.html", "{{ letter.promised_on|appointment }}", "", "không thấy ngày hẹn ban đầu"),
            ("base.html", '<div id="signing-room"></div>', "<br><br><br>", "không có chỗ cho chữ ký"),
            ("letter.css", "#signing-room { height: 25mm; }", "#signing-room { height: 180mm; }", "dài 2 trang"),
            ("letter.css", "p { margin: 0;", "p { margin: 0; white-space: nowrap;", "chữ tràn ra ngoài lề"),
            ("letter.css", ".recipients { width", ".recipients p { margin-left: -60mm } .recipients { width", "tràn"),
            ("letter.css", "h1 {", "h1 { height: 5pt; overflow: hidden;", "chữ bị cắt mất"),
            ("letter.css", "h1 {", "h1 { visibility: hidden } .body { display: none } h1 {", "không thấy lý do"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_found(self, tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
        assert says in seen_on(own(tmp_path, file, (old, new)))

    def test_a_sheet_without_a_flaw_shows_none(self, tmp_path: Path) -> None:
        assert seen_on(tmp_path) == ""

    def test_an_unknown_name_is_told_with_file_and_line(self, tmp_path: Path) -> None:
        folder = own(tmp_path, "tt03-2025.html", ("{{ letter.field }}", "{{ letter.linh_vuc }}"))
        line = next(
            number
            for number, text in enumerate((folder / "tt03-2025.html").read_text("utf-8").splitlines(), 1)
            if "linh_vuc" in text
        )
        assert f"{folder / 'tt03-2025.html'}, dòng {line}: không có biến “letter.linh_vuc”" in problems(
            check(folder)
        )

    def test_an_unknown_name_where_no_sample_comes_by(self, tmp_path: Path) -> None:
        hidden = "{% if letter.code == 'không bao giờ' %}{{ khong_co }}{{ head.khong_co }}{% endif %}</body>"
        found = unknown_names(own(tmp_path, "base.html", ("</body>", hidden)), LetterForm.EXTENSION)
        assert [unknown.name for unknown in found] == ["khong_co", "head.khong_co"]

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [("{% if %}", "sai cú pháp"), ("{{ letter.code|la }}", "sai cú pháp"), ("\udcff", "UTF-8")],
    )
    def test_a_template_that_cannot_be_read(self, tmp_path: Path, wrong: str, says: str) -> None:
        (tmp_path / "tt03-2025.html").write_bytes(wrong.encode("utf-8", "surrogateescape"))
        assert says in seen_on(tmp_path, "thuong")

    def test_a_font_that_lacks_letters(self, tmp_path: Path) -> None:
        folder = own(
            tmp_path,
            "letter.css",
            (".right { text-align", "b { font-family: 'Liberation Mono' } .right { text-align"),
        )
        assert "nhiều phông" in told(font_flaws(LetterPrinter(folder)))

    def test_one_that_eats_the_memory_ends_alone(self, tmp_path: Path) -> None:
        doubled = "{% set a = letter.procedure %}" + "{% set a = a ~ a %}" * 34
        folder = own(tmp_path, "base.html", ("</body>", f"{doubled}</body>"))
        (flaw,) = check(folder).flaws
        assert "hết bộ nhớ" in flaw.problem
        assert flaw.sample == "thư thường gặp"

    def test_one_that_never_ends_is_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("latewatch.letters.checking.apart.LONGEST_SECONDS", 5)
        twice = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}</body>"
        assert "vẽ mãi không xong" in problems(check(own(tmp_path, "base.html", ("</body>", twice))))


class TestTheCommand:
    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [Path(sys.executable).parent / "latewatch", "letters", "check-template", *arguments]
        environment = os.environ | {"COLUMNS": "200"}
        return subprocess.run(
            command, capture_output=True, text=True, cwd=folder, env=environment, check=False
        )

    def test_a_good_folder(self, tmp_path: Path) -> None:
        (tmp_path / "mau").mkdir()
        done = self.run(tmp_path, "mau", "--out", "xem", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["flaws"] == []
        assert (tmp_path / "xem" / "tt01-2018-ky-thay.pdf").read_bytes().startswith(b"%PDF")
        assert len(list((tmp_path / "xem").iterdir())) == json.loads(done.stdout)["sheets"] == 22

    def call(self, *arguments: str) -> Result:
        """Run it here: for where only what it answers is asked."""
        return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["letters", "check-template", *arguments])

    def test_one_form_with_the_settings_of_the_office(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A bad one ends with 1 and says what to do, once although every sample shows it."""
        (tmp_path / "config.toml").write_text(
            '[office]\nname = "Mẫu"\n[letters]\ntemplates = "mau"\npaper = "A5"\n', encoding="utf-8"
        )
        (tmp_path / "mau").mkdir()
        own(tmp_path / "mau", "tt01-2018.html", ("{{ letter.new_date|appointment }}", ""))
        monkeypatch.chdir(tmp_path)
        assert self.call("tt03-2025").exit_code == 0
        bad = self.call("tt01-2018")
        assert bad.exit_code == 1
        assert "tt01-2018, thư thường gặp: không thấy ngày hẹn lại" in " ".join(bad.stdout.split())
        assert bad.stdout.count("không thấy ngày hẹn lại") == 1
        assert "thêm vào mẫu" in bad.stdout

    def test_neither_form_nor_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        done = self.call("tt02-2020")
        assert done.exit_code == 2
        assert "tt03-2025" in done.stderr
