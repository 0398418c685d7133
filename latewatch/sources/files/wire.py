"""How parts of a reading go from one process to another."""

import pickle
from typing import IO, Any


def send(pipe: IO[bytes], kind: str, content: Any = None) -> None:
    """Write one message: a part of a reading, or how it ended."""
    pickle.dump((kind, content), pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[str, Any]:
    """Read one message. Raises EOFError and UnpicklingError where there is none, or half of one."""
    message: tuple[str, Any] = pickle.load(pipe)  # noqa: S301  between a process and the one it started
    return message
