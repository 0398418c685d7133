"""What goes from one process to another arrives as it was."""

import pickle
from typing import Any

import pytest
from amounts import usually
from hypothesis import given, settings
from hypothesis import strategies as st

from latewatch.packed import Lines, Texts


def sent(what: Any) -> Any:
    return pickle.loads(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))  # noqa: S301  made here


@settings(max_examples=usually(100, 1_000), deadline=None)
@given(st.lists(st.sampled_from(["", "Đã xử lý xong", "a\nb", "\n", "a", "b"]) | st.text(max_size=3)))
def test_texts_arrive_as_they_were(texts: list[str]) -> None:
    assert sent(Texts(texts)) == texts
    assert sent(Texts(texts * 3)) == texts * 3


@pytest.mark.parametrize("different", [1, 2, 255, 256, 257, 600])
def test_texts_that_repeat_arrive_as_they_were(different: int) -> None:
    texts = [f"Thủ tục số {n % different}" for n in range(1_200)]
    assert sent(Texts(texts)) == texts


def test_texts_that_repeat_are_sent_once_each() -> None:
    texts = [f"Thủ tục số {n % 9}" for n in range(1_200)]
    assert len(pickle.dumps(Texts(texts))) < 1_200 + 9 * 50


def test_lines_arrive_as_they_were_and_once() -> None:
    lines = Lines("một\nhai\n\n".encode())
    before = pickle.dumps(lines)
    assert (len(lines), list(lines), lines.encoded[2:]) == (3, ["một", "hai", ""], [b""])
    assert pickle.dumps(lines) == before
    assert list(sent(lines)) == list(lines)
