"""The composition root: settings → wired parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from latewatch.calendars.load import load_calendars
from latewatch.config import Settings, catalogued, load, secret
from latewatch.domain.catalogue import Catalogue
from latewatch.domain.names import DeskName, Roster, UnitName
from latewatch.jobs.office import Office
from latewatch.notify.delivery import Delivery, Outbox, SmtpServer
from latewatch.sources.profile import load_profile
from latewatch.store.database import open_store

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter

ONLY_DESK = "mot-cua"


@contextmanager
def open_office(config: Path) -> Iterator[Office]:
    """Read `config`, wire the parts, and close the database at the end. Raises LatewatchError."""
    settings = load(config)
    profiles = {source.name: load_profile(source) for source in settings.sources}
    store = open_store(settings.paths.database)
    try:
        yield Office(
            settings=settings,
            store=store,
            calendars=load_calendars(settings.calendar.folder),
            catalogue=Catalogue(map(catalogued, settings.procedures)),
            roster=roster(settings),
            profiles=profiles,
            printer=_printer(settings),
        )
    finally:
        store.close()


def _printer(settings: Settings) -> Callable[[], LetterPrinter]:
    """Return the maker of the one printer. Loading what it draws with takes longer than most commands."""

    @cache
    def made() -> LetterPrinter:
        from latewatch.letters.render import LetterPrinter  # noqa: PLC0415  only who prints pays for it

        return LetterPrinter(settings.letters.templates)

    return made


def roster(settings: Settings) -> Roster:
    """Return the units and desks; an office that names no desk has one."""
    units = [UnitName(unit.code, unit.name, unit.aliases) for unit in settings.units]
    desks = [DeskName(desk.code, desk.name, desk.aliases, desk.units) for desk in settings.desks]
    return Roster(units, desks or [DeskName(ONLY_DESK, settings.office.desk_name)])


def delivery(settings: Settings) -> Delivery:
    """Return the way messages leave: the SMTP server, or the outbox folder where none is set."""
    mail = settings.mail
    if not mail.host:
        return Outbox(settings.paths.outbox)
    return smtp_server(settings)


def smtp_server(settings: Settings) -> SmtpServer:
    mail = settings.mail
    return SmtpServer(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=secret("mail.password", mail.password_file, mail.password_env),
        timeout_seconds=mail.timeout_seconds,
        ca_file=mail.ca_file,
    )
