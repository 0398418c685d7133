"""Letters drawn on several processes: the same as on one, in order, few at a time; whatever ends is told."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from test_letters_render import LETTER, LONG

from latewatch.config import Letters
from latewatch.domain.letters.letter import Letter, LetterForm
from latewatch.errors import LetterError
from latewatch.letters.many import AHEAD, drawn_apart
from latewatch.letters.render import LetterPrinter

SETTINGS = Letters()
PROCESSES = 2


def letters(count: int) -> Iterator[Letter]:
    for number in range(1, count + 1):
        form = list(LetterForm)[number % 2]
        yield replace(LETTER, form=form, code=f"H99-{number:04}", number=number)


def children(of: int) -> list[int]:
    """The drawing processes that process `of` started and that still run."""
    tasks = Path(f"/proc/{of}/task").glob("*/children")
    started = [int(pid) for task in tasks for pid in task.read_text().split()]
    return [pid for pid in started if "drawing_process" in Path(f"/proc/{pid}/cmdline").read_text()]


class TestTheLetters:
    def test_are_those_of_one_printer_in_their_order(self) -> None:
        alone = LetterPrinter()
        wanted = [*letters(7), LONG, *letters(2)]
        assert list(drawn_apart(SETTINGS, wanted, PROCESSES)) == [alone.pdf(letter) for letter in wanted]

    def test_few_are_on_their_way_and_who_wants_no_more_leaves_no_process_behind(self) -> None:
        taken = 0

        def counted() -> Iterator[Letter]:
            nonlocal taken
            for letter in letters(1000):
                taken += 1
                yield letter

        with closing(drawn_apart(SETTINGS, counted(), PROCESSES)) as pdfs:
            for given, _ in enumerate(pdfs, 1):
                assert taken - given < PROCESSES * AHEAD
                if given == 6:
                    break
            assert len(children(os.getpid())) == PROCESSES
        assert children(os.getpid()) == []

    def test_of_the_office_s_own_templates_a_wrong_one_is_told_as_by_one_printer(
        self, tmp_path: Path
    ) -> None:
        sound, wrong = (f"{form.value}.html" for form in LetterForm)
        (tmp_path / sound).write_text("<p>Thư riêng {{ letter.code }}</p>", encoding="utf-8")
        (tmp_path / wrong).write_text("{{ letter.so }}", encoding="utf-8")
        both = [replace(LETTER, form=form) for form in LetterForm]
        alone = LetterPrinter(tmp_path)
        with pytest.raises(LetterError) as told:
            alone.pdf(both[1])
        pdf, apart = drawn_apart(Letters(templates=tmp_path), both, 1)
        assert pdf == alone.pdf(both[0])
        assert isinstance(apart, LetterError)
        assert str(apart) == str(told.value)

    def test_none_at_all(self) -> None:
        assert list(drawn_apart(SETTINGS, [], PROCESSES)) == []


class TestWhatGoesWrong:
    def test_an_error_of_the_program_names_the_letter_and_no_person(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = replace(LETTER, form="x")  # type: ignore[arg-type]
        told, drawn = drawn_apart(SETTINGS, [wrong, LETTER], 1)
        assert LETTER.code in str(told)
        assert isinstance(drawn, bytes)
        assert "AttributeError" in caplog.text
        assert LETTER.applicant not in caplog.text

    def test_a_process_that_dies_names_the_letter_it_had_and_another_goes_on(self) -> None:
        with closing(drawn_apart(SETTINGS, letters(6), 1)) as pdfs:
            assert isinstance(next(pdfs), bytes)
            (pid,) = children(os.getpid())
            os.kill(pid, signal.SIGKILL)
            *others, last = pdfs
        (told,) = [each for each in others if isinstance(each, LetterError)]
        assert re.search(r"H99-000[2-5]: .*dừng giữa chừng \(mã -9\)", str(told))
        assert last == LetterPrinter().pdf(list(letters(6))[-1])


PROGRAM = """
from latewatch.letters.many import drawn_apart
from test_letters_many import SETTINGS, letters
for pdf in drawn_apart(SETTINGS, letters(100_000), 2):
    print(len(pdf), flush=True)
"""


class TestWhoEndsIt:
    @pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
    def test_all_of_it_ends(self, name: str) -> None:
        """Ctrl+C reaches each process of the terminal; a kill only the one that wants the letters."""
        program = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROGRAM)],
            cwd=Path(__file__).parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with program:
            try:
                assert program.stdout
                assert int(program.stdout.readline() or 0) > 1000
                started = children(program.pid)
                assert len(started) == 2
                if name == "SIGINT":
                    os.killpg(program.pid, signal.SIGINT)
                else:
                    program.kill()
                _, said = program.communicate(timeout=60)
            finally:
                program.kill()
        assert program.returncode == -signal.Signals[name]
        assert "LetterError" not in said
        assert all(is_gone(pid) for pid in started)


def is_gone(pid: int) -> bool:
    """Wait until a process is over, at most a minute."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False
