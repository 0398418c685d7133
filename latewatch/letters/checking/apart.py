"""Templates tried in a process of their own: one that never ends, or eats the memory, harms nobody else."""

import io
import pickle
import subprocess
import sys

from latewatch.errors import LetterError
from latewatch.letters.checking.order import Flaw, Order, Tried

LONGEST_SECONDS = 240  # on the clock: for where processor time cannot be capped


def tried_apart(order: Order) -> Tried:
    """Try the templates. Raises LetterError where there is no such folder."""
    if order.templates is not None and not order.templates.is_dir():
        raise LetterError(f"{order.templates}: không có thư mục mẫu thư này; xem [letters] templates.")
    command = [sys.executable, "-m", "latewatch.letters.checking.process"]
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, input=pickle.dumps(order), capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
        said, ending = done.stdout, done.returncode
    except subprocess.TimeoutExpired as e:
        said, ending = e.stdout or b"", -24
    place, result = _read(said)
    return result or Tried(0, [_died(place, ending)], {})


def _read(said: bytes) -> tuple[str, Tried | None]:
    """Return the last sample that was begun, and the result if it came to one."""
    stream, place = io.BytesIO(said), ""
    while True:
        try:
            part = pickle.load(stream)  # noqa: S301  from the process that was started
        except (EOFError, pickle.UnpicklingError):
            return place, None
        if isinstance(part, Tried):
            return place, part
        place = part


def _died(place: str, ending: int) -> Flaw:
    form, _, sample = place.partition(", ")
    if ending in (-24, -9):  # SIGXCPU, and what follows it
        return Flaw(
            form, sample, "vẽ mãi không xong", "tìm vòng lặp, bảng hoặc macro không có điểm dừng trong mẫu"
        )
    cure = "tìm chỗ nhân đôi chuỗi, ảnh quá lớn trong mẫu"
    return Flaw(form, sample, "vẽ dở thì hết bộ nhớ hoặc gặp lỗi nặng", cure)
