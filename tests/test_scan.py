"""A long sheet is looked through by two: what they find is what one finds."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from amounts import usually
from exports import CORE, core, profile, sheet_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_plain_rows import tables

from latewatch.sources.files import scan as scanning
from latewatch.sources.files.beside import beside
from latewatch.sources.files.header import find_header
from latewatch.sources.files.scan import Scan, scan

Table = list[list[Any]]


def looked(table: Table, *, by_two: bool, pick: Callable[[list[str]], list[str]], room: int = 10**6) -> Scan:
    """Look through the rows of `table`; those that `pick` takes of their fingerprints are known."""
    sheet = replace(sheet_of("S", table), length=len(table))
    header = find_header("a", sheet, profile())
    assert header
    known = {*pick(scan(sheet, header, profile(), {"-"}).looked.digests), "-"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "MANY", 0 if by_two else len(table) + 1)
        patch.setattr(scanning, "PAGE", 3)
        patch.setattr(scanning, "CAN_SHARE", True)
        return scan(sheet, header, profile(), known, room)


@settings(max_examples=usually(30, 300), deadline=None)
@given(tables(), st.integers(1, 4), st.sampled_from([10**6, 20, 0]))
def test_two_find_what_one_finds(table: Table, step: int, room: int) -> None:
    def every(digests: list[str]) -> list[str]:
        return digests[::step]

    one = looked(table, by_two=False, pick=every, room=room)
    two = looked(table, by_two=True, pick=every, room=room)
    assert (two.codes, two.looked.digests, two.verdicts) == (one.codes, one.looked.digests, one.verdicts)
    assert two.looked.seen == one.looked.seen
    assert two.looked.kept == one.looked.kept
    if one.looked.kept is not None:
        assert two.looked.room == one.looked.room


def test_the_order_of_a_date_shown_in_one_half_counts_for_both() -> None:
    rows = [core(f"H{n}", promised=f"{'11/25' if n > 20 else '11/12'}/2026") for n in range(40)]
    found = looked([list(CORE), *rows], by_two=True, pick=lambda _: [])
    assert found.verdicts["promised_at"].note
    assert found.verdicts == looked([list(CORE), *rows], by_two=False, pick=lambda _: []).verdicts


def test_what_a_fork_got_not_to_its_end_is_done_here() -> None:
    here = os.getpid()

    def work() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    with beside(work) as result:
        assert result() == "done"


def test_what_is_wrong_in_a_fork_is_said_here() -> None:
    with beside(lambda: 1 / 0) as result, pytest.raises(ZeroDivisionError):
        result()


def test_a_fork_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    told = tmp_path / "number"

    def wait_for_ever() -> None:
        (tmp_path / "new").write_text(str(os.getpid()))
        (tmp_path / "new").rename(told)
        signal.pause()

    with beside(wait_for_ever):
        while not told.exists():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


def test_what_a_fork_found_comes_back() -> None:
    with beside(lambda: ["x" * 1_000_000, os.getpid()]) as result:
        text, number = result()
    assert len(text) == 1_000_000
    assert number != os.getpid()
