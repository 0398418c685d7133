"""The letter register as it is kept: where a year's numbers begin, and whether each stands there once."""

from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.letters.life import check_author
from latewatch.domain.letters.register import OFFICE_REGISTER, Keeper, register_problems
from latewatch.domain.names import tidy
from latewatch.errors import LetterError
from latewatch.jobs.letters.register import known_register, register_name
from latewatch.jobs.office import Office
from latewatch.store.letters.register import RegisterYear, given_numbers, register_years, start_register

MOST = 999_999  # a start number beyond it is a slip of the pen


def begin_register(  # noqa: PLR0917  what makes a start
    office: Office, register: str, year: int, first: int, now: datetime, by: str, why: str, *, dry_run: bool
) -> RegisterYear:
    """Let the numbers of a register's year begin at `first`: those before were given without latewatch.

    Raises LetterError where it gave a number already, and ConfigError where nobody keeps that register.
    """
    check_author(by)
    key = known_register(office, register)
    _check_start(office, key, year, first, now, why)
    start = RegisterYear(key, year, first, first - 1, tidy(by), tidy(why))
    opened = office.store.trying if dry_run else office.store.writing
    with opened() as connection:
        if not start_register(connection, start):
            last = next(e.last for e in register_years(connection) if (e.register, e.year) == (key, year))
            raise LetterError(
                f"Sổ {register_name(office, key)} năm {year} đã cấp đến số {last}; số bắt đầu chỉ đặt được "
                "khi chưa cấp số nào."
            )
    return start


def _check_start(office: Office, key: str, year: int, first: int, now: datetime, why: str) -> None:  # noqa: PLR0917
    if not 1 <= first <= MOST:
        raise LetterError(f"Số bắt đầu {first} phải từ 1 đến {MOST}.")
    if abs(year - now.year) > 1:
        raise LetterError(f"Năm {year} không phải năm nay, năm trước hay năm sau.")
    if not why.strip():
        raise LetterError("Đặt số bắt đầu phải nêu lý do (--why), ví dụ: tiếp sổ giấy đến số 117.")
    if key != OFFICE_REGISTER and office.settings.letters.register is Keeper.OFFICE:
        raise LetterError(
            f'Cơ quan dùng một sổ chung (letters.register = "office"); sổ của nó là {OFFICE_REGISTER}.'
        )


def broken_registers(office: Office, connection: Connection) -> list[str]:
    """Say which registers have gaps, doubles or dates that run back; nothing where all is in order."""
    years = {(each.register, each.year): each for each in register_years(connection)}
    given = given_numbers(connection)
    found = []
    for key in sorted({*years, *given}):
        numbers, kept = given.get(key, []), years.get(key)
        first = kept.first if kept else min(number for number, _ in numbers)
        last = kept.last if kept else max(number for number, _ in numbers)
        problems = register_problems(first, last, numbers)
        if kept is None:
            problems.append("không còn dòng ghi số đã cấp đến đâu")
        found += [f"sổ {register_name(office, key[0])} năm {key[1]}: {problem}" for problem in problems]
    return found


def check_registers(office: Office) -> list[str]:
    """Say what is wrong with the registers: each number from the first to the last stands once."""
    with office.store.reading() as connection:
        return broken_registers(office, connection)
