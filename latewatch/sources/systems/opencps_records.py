"""One dossier as OpenCPS lists it → what it reports of it. Dates come in two styles, also in one record."""

from contextlib import suppress
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from latewatch.domain.dossier import Status
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.sources.files.cells import key_of, moment_of
from latewatch.sources.order import NEEDS_NO_RECEIPT
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.records import Facts, text_in

HOURS_A_DAY = 8  # as OpenCPS counts them
MINUTES_AN_HOUR = 60
LARGEST = 100_000  # of a count: what a limit may be is decided where it is made
DAYS, HOURS = "0", "1"  # durationUnit
_RUNNING = (Status.RECEIVED, Status.PROCESSING)
_PAUSED = ("PAUSE", "PAUSE_OVERDUE")

Given: TypeAlias = str | int | float | bool | UnsetType | None


class HoSo(Struct, frozen=True, rename="camel"):
    """The fields that matter here; `extendDate` is none of them: it is set where a result is early."""

    dossier_id: Given = UNSET
    dossier_no: Given = UNSET
    dossier_status: Given = UNSET
    dossier_status_text: Given = UNSET
    lock_state: Given = UNSET
    submit_date: Given = UNSET
    receive_date: Given = UNSET
    due_date: Given = UNSET
    release_date: Given = UNSET
    finish_date: Given = UNSET
    last_action_date: Given = UNSET
    duration_count: Given = UNSET
    duration_unit: Given = UNSET
    service_code: Given = UNSET
    service_name: Given = UNSET
    gov_agency_name: Given = UNSET
    applicant_name: Given = UNSET
    address: Given = UNSET
    contact_tel_no: Given = UNSET
    contact_email: Given = UNSET
    current_action_user: Given = UNSET
    step_name: Given = UNSET
    via_postal: Given = UNSET
    online: Given = UNSET
    originality: Given = UNSET


class _Name(Struct, frozen=True, rename="camel"):
    dossier_id: Given = None
    dossier_no: Given = None
    dossier_status: Given = None


def identify(row: Raw) -> str:
    """Return what tells one row from another: its id, else its number, else all of it."""
    name = _name(row)
    return text_in(name.dossier_id) or text_in(name.dossier_no) or bytes(row).hex()


def _name(row: Raw) -> _Name:
    try:
        return msgspec.json.decode(row, type=_Name)
    except msgspec.DecodeError:
        return _Name()


def is_unnumbered(row: Raw, profile: Profile, passed: set[str]) -> bool:
    """Tell whether a row is of a dossier nobody accepted yet, which has no number, and remember it.

    Whatever else lacks its number is set aside where it is read.
    """
    name = _name(row)
    status = profile.status_of.get(key_of(text_in(name.dossier_status)))
    if text_in(name.dossier_no) or status not in NEEDS_NO_RECEIPT:
        return False
    passed.add(identify(row))
    return True


def read(record: HoSo, facts: Facts) -> None:
    """Gather the facts of one dossier. `govAgencyName` is the body that decides: OpenCPS counts by it."""
    facts.name("dossierNo", record.dossier_no)
    facts.stamp = _stamp(record)
    _read_status(record, facts)
    facts.moment("submitted_at", "submitDate", record.submit_date)
    facts.moment("received_at", "receiveDate", record.receive_date)
    facts.moment("promised_at", "dueDate", record.due_date)
    facts.moment("processed_at", "releaseDate", record.release_date)
    facts.moment("returned_at", "finishDate", record.finish_date)
    _read_limit(record, facts)
    facts.channel("online", _channel(record, facts.profile))
    facts.text("procedure_code", record.service_code)
    facts.text("procedure", record.service_name)
    facts.text("resolving_unit", record.gov_agency_name)
    facts.text("applicant", record.applicant_name)
    facts.text("address", record.address)
    facts.text("phone", record.contact_tel_no)
    facts.text("email", record.contact_email)
    facts.text("officer", record.current_action_user)
    facts.text("step", record.step_name)


def _read_status(record: HoSo, facts: Facts) -> None:
    facts.status("dossierStatus", record.dossier_status, record.dossier_status_text)
    if text_in(record.lock_state) in _PAUSED and facts.known["status"] in _RUNNING:
        facts.known["status"] = Status.SUSPENDED


def _stamp(record: HoSo) -> datetime | None:
    with suppress(ValueError):
        return moment_of(text_in(record.last_action_date))
    return None


def _read_limit(record: HoSo, facts: Facts) -> None:
    """Take durationCount, which may be a part of a day; a count without its unit says nothing."""
    count, unit = record.duration_count, text_in(record.duration_unit)
    if count is UNSET:
        return
    if text_in(count) and not unit:
        facts.odd.append(("durationUnit", "thiếu đơn vị của thời hạn"))
        return
    facts.limit("durationCount", lambda: _limit(text_in(count), unit, facts.profile.limit_unit))


def _limit(text: str, unit: str, days: LimitUnit) -> TimeLimit | None:
    """Return the limit; none where the count is 0: such a dossier has no due date in OpenCPS either.

    Days are of the kind the profile says, and working days where they come in parts. Raises ValueError.
    """
    count = _number(text)
    if count == 0:
        return None
    if unit not in (DAYS, HOURS):
        raise ValueError(f"durationUnit “{unit}” lạ: chỉ biết 0 là ngày, 1 là giờ")
    if unit == DAYS and count.is_integer():
        return TimeLimit(int(count), days if days is LimitUnit.CALENDAR_DAYS else LimitUnit.WORKING_DAYS)
    minutes = count * MINUTES_AN_HOUR * (HOURS_A_DAY if unit == DAYS else 1)
    if minutes % MINUTES_AN_HOUR == 0:
        return TimeLimit(int(minutes) // MINUTES_AN_HOUR, LimitUnit.HOURS)
    return TimeLimit(round(minutes), LimitUnit.MINUTES)


def _number(text: str) -> float:
    try:
        count = float(text or 0)
    except ValueError:
        count = -1
    if not 0 <= count < LARGEST:
        raise ValueError(f"“{text}” không phải thời hạn; cần một số ngày hoặc giờ")
    return count


def _channel(record: HoSo, profile: Profile) -> Given:
    """Return the first word that has a meaning; empty where none has, unset where nothing was sent."""
    if all(told is UNSET for told in (record.via_postal, record.online, record.originality)):
        return UNSET
    words = [
        f"viaPostal {text_in(record.via_postal)}",
        "online" if _is_true(record.online) else "",
        f"originality {text_in(record.originality)}",
    ]
    return next((word for word in words if key_of(word) in profile.channel_of), "")


def _is_true(value: Any) -> bool:
    return value is True or text_in(value).lower() in ("true", "1")
