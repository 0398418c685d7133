"""The composition root: settings → wired parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from latewatch.calendars.edits import from_document
from latewatch.calendars.load import load_calendars
from latewatch.config import Settings, Source, catalogued, load, secret
from latewatch.domain.edits import Edits, edited
from latewatch.domain.layers import Calendars
from latewatch.domain.letters.lead import Leads
from latewatch.domain.letters.letter import Letterhead
from latewatch.domain.names import DeskName, Roster, UnitName
from latewatch.jobs.letters.parcels import Ways
from latewatch.jobs.office import Office
from latewatch.jobs.procedures import catalogue_of
from latewatch.letters.making import letter_printer
from latewatch.notify.delivery import Delivery, Outbox, SmtpServer
from latewatch.notify.gateway import Gateway
from latewatch.sources.interfaces import check_origin
from latewatch.sources.profiles.profile import Profile, load_profile
from latewatch.store.calendars import newest_version
from latewatch.store.database import Store, open_store

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter
    from latewatch.reports.due_printer import DueSheetPrinter

ONLY_DESK = "mot-cua"


@contextmanager
def open_office(config: Path) -> Iterator[Office]:
    """Read `config`, wire the parts, and close the database at the end. Raises LatewatchError."""
    settings = load(config)
    profiles = {source.name: _profile(source) for source in settings.sources}
    store = open_store(settings.paths.database)
    try:
        files = load_calendars(settings.calendar.folder)
        number, edits = stored_edits(store)
        with store.reading() as connection:
            catalogue = catalogue_of(settings, connection)
        yield Office(
            settings=settings,
            store=store,
            calendars=edited(files, edits),
            calendar_files=files,
            calendar_number=number,
            catalogue=catalogue,
            leads=leads(settings),
            roster=roster(settings),
            profiles=profiles,
            printer=_printer(settings),
        )
    finally:
        store.close()


def _profile(source: Source) -> Profile:
    profile = load_profile(source)
    check_origin(source, profile)
    return profile


def stored_edits(store: Store) -> tuple[int, Edits]:
    """Return number and edits of the calendar version in force; 0 and none where the files alone are."""
    with store.reading() as connection:
        version = newest_version(connection)
    if version is None:
        return 0, Edits()
    return version.number, from_document(version.edits, f"lịch, bản {version.number}")


def open_calendars(config: Path) -> Calendars:
    """Return the calendars of the office of `config`: the files', with its edits where it has a database.

    No database is made. Raises LatewatchError.
    """
    settings = load(config)
    files = load_calendars(settings.calendar.folder)
    if not settings.paths.database.exists():
        return files
    store = open_store(settings.paths.database)
    try:
        return edited(files, stored_edits(store)[1])
    finally:
        store.close()


def _printer(settings: Settings) -> Callable[[], LetterPrinter]:
    """Return the maker of the one printer, which is made when the first letter is drawn."""
    return cache(partial(letter_printer, settings.letters))


def sheet_printer(settings: Settings | None) -> DueSheetPrinter:
    """Return the printer of explanations, with the office's own templates where there is a configuration."""
    from latewatch.reports.due_printer import DueSheetPrinter  # noqa: PLC0415  only who prints pays for it

    return DueSheetPrinter(settings.letters.templates if settings else None)


def sheet_head(settings: Settings | None) -> Letterhead:
    """Return the head of a sheet of the office itself; without a configuration it is filled in by hand."""
    if settings is None:
        return Letterhead(governing_body="", issuing_body="", place="", signer_title="")
    office = settings.office
    return Letterhead(
        governing_body=office.governing_body,
        issuing_body=office.issuing_body or office.name,
        place=office.place,
        signer_title=office.signer_title,
        signer_name=office.signer_name,
    )


def roster(settings: Settings) -> Roster:
    """Return the units and desks; an office that names no desk has one."""
    units = [UnitName(unit.code, unit.name, unit.aliases, unit.level) for unit in settings.units]
    desks = [DeskName(desk.code, desk.name, desk.aliases, units=desk.units) for desk in settings.desks]
    return Roster(units, desks or [DeskName(ONLY_DESK, settings.office.desk_name)])


def leads(settings: Settings) -> Leads:
    """Return how early apologies are drafted, procedure by procedure."""
    own = [
        (catalogued(each), each.letter_lead_working_days)
        for each in settings.procedures
        if each.letter_lead_working_days is not None
    ]
    return Leads(settings.letters.lead_working_days, own)


def delivery(settings: Settings) -> Delivery:
    """Return the way messages leave: the SMTP server, or the outbox folder where none is set."""
    mail = settings.mail
    if not mail.host:
        return Outbox(settings.paths.outbox)
    return smtp_server(settings)


def ways(settings: Settings, clock: Callable[[], datetime]) -> Ways:
    """Return how letters leave; a secret that is missing stops the way that needs it, and no other."""
    return Ways(mail=lambda: delivery(settings), gateway=lambda: gateway(settings), clock=clock)


def gateway(settings: Settings) -> Gateway:
    own = settings.gateway
    return Gateway(
        url=own.url,
        kind=own.kind,
        token=lambda: secret("gateway.token", own.token_file, own.token_env),
        template_id=own.template_id,
        brand=own.brand,
        repeats_safely=own.repeats_safely,
        later_codes=own.later_codes,
        timeout_seconds=own.timeout_seconds,
        ca_file=own.ca_file,
        proxy=own.proxy,
    )


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
