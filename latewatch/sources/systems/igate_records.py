"""A dossier as iGate 2 reports it → facts. It says nothing of interruptions: only its status tells of one."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.sources.files.cells import moment_of
from latewatch.sources.systems.records import Facts, text_in
from latewatch.sources.translations import Names, vietnamese

WORKDAY_HOURS = 8  # Bộ luật Lao động 2019, Điều 105.1


class _Named(Struct, rename="camel"):
    id: Any = None
    code: Any = None
    name: Names = None


class _Sector(Struct):
    name: Names = None


class _Procedure(Struct):
    code: Any = UNSET
    translate: Names = None
    sector: _Sector | None = None


class _Person(Struct):
    fullname: Any = None


class _Applicant(Struct):
    data: dict[str, Any] | None = None


class _Task(Struct, rename="camel"):
    assignee: _Person | None = None
    agency: _Named | None = None
    is_current: Any = None


class _Process(Struct, rename="camel"):
    processing_time: Any = None
    processing_time_unit: Any = None


class _ProcessDefinition(Struct, rename="camel"):
    process_definition: _Process | None = None


class Item(Struct, rename="camel"):
    """The keys of a dossier that matter here. The dates of its life are none where they are not sent."""

    code: Any = None
    dossier_status: _Named | None = None
    dossier_task_status: _Named | UnsetType | None = UNSET
    applicant: _Applicant | None = None
    procedure: _Procedure | None = None
    agency: _Named | None = None
    apply_method: _Named | None = None
    applied_date: Any = None
    accepted_date: Any = None
    appointment_date: Any = None
    completed_date: Any = None
    processing_time: Any = None
    processing_time_unit: Any = None
    procedure_process_definition: _ProcessDefinition | None = None
    current_task: list[_Task] | _Task | UnsetType | None = UNSET
    updated_date: Any = None


def read_item(item: Item, facts: Facts) -> None:
    """Gather the facts of one dossier. Raises Doubt."""
    facts.stamp = stamp_in(item.updated_date)
    facts.name("code", item.code)
    _read_status(item.dossier_status or _Named(), facts)
    facts.moment("received_at", "acceptedDate", item.accepted_date)
    facts.moment("promised_at", "appointmentDate", item.appointment_date)
    facts.moment("processed_at", "completedDate", item.completed_date)
    facts.moment("submitted_at", "appliedDate", item.applied_date)
    facts.limit("processingTime", lambda: _limit_of(item, facts.profile.limit_unit))
    _read_names(item, facts)
    _read_task(item, facts)


def _read_status(status: _Named, facts: Facts) -> None:
    """Map the name; the number only where a status has no name, and the profile knows the number."""
    name = text_in(vietnamese(status.name))
    facts.status("dossierStatus.name" if name else "dossierStatus.id", name or status.id)


def _read_names(item: Item, facts: Facts) -> None:
    """Gather who and what: of a part that was not sent, what is stored stays."""
    if item.procedure:
        facts.text("procedure_code", item.procedure.code)
        facts.text("procedure", vietnamese(item.procedure.translate))
        if item.procedure.sector:
            facts.text("field", vietnamese(item.procedure.sector.name))
    if item.agency:
        facts.text("resolving_unit", vietnamese(item.agency.name))
    if item.apply_method:
        facts.channel("applyMethod.name", vietnamese(item.apply_method.name))
    person = (item.applicant.data if item.applicant else None) or {}
    if person:
        facts.text("applicant", text_in(person.get("ownerFullname")) or person.get("fullname", UNSET))
        facts.text("phone", person.get("phoneNumber", UNSET))
        facts.text("address", person.get("address", UNSET))
        facts.text("email", person.get("email", UNSET))


def _read_task(item: Item, facts: Facts) -> None:
    """Gather with whom the dossier lies; a task of several that are said to be current is the first."""
    if item.dossier_task_status is not UNSET:
        facts.text("step", vietnamese(item.dossier_task_status.name) if item.dossier_task_status else "")
    if item.current_task is UNSET:
        return
    given = item.current_task
    tasks = [given] if isinstance(given, _Task) else given or []
    current = next((task for task in tasks if task.is_current in (True, 1)), None)
    if current is None and len(tasks) == 1 and tasks[0].is_current is None:
        current = tasks[0]
    assignee, agency = (current.assignee, current.agency) if current else (None, None)
    facts.text("officer", assignee.fullname if assignee else "")
    facts.text("department", vietnamese(agency.name) if agency else "")


def _limit_of(item: Item, unit: LimitUnit) -> TimeLimit | None:
    """Return the dossier's limit, else that of its process; None where none is set, as iGate says with 0.

    Raises ValueError.
    """
    definition = item.procedure_process_definition
    process = definition.process_definition if definition else None
    amount, word = item.processing_time, item.processing_time_unit
    if not text_in(amount) and process:
        amount, word = process.processing_time, process.processing_time_unit or word
    text, word = text_in(amount), text_in(word) or "d"
    return _limit(text, word, unit) if text else None


def _limit(amount: str, word: str, unit: LimitUnit) -> TimeLimit | None:
    """Read `10` and `d`; half a day is hours of a working day."""
    try:
        number = float(amount)
    except ValueError:
        raise ValueError(f"thời hạn “{amount}” không phải con số; hãy sửa ở hệ thống một cửa") from None
    if word.lower() not in ("d", "h"):
        raise ValueError(f"đơn vị thời hạn “{word}” lạ; biết d (ngày), h (giờ làm việc)")
    if word.lower() == "h":
        unit = LimitUnit.HOURS
    elif unit is not LimitUnit.CALENDAR_DAYS:
        unit = LimitUnit.WORKING_DAYS
    if unit is LimitUnit.WORKING_DAYS and not number.is_integer():
        number, unit = number * WORKDAY_HOURS, LimitUnit.HOURS
    if not number.is_integer() or not 0 <= number <= 99_999:
        raise ValueError(f"thời hạn “{amount} {word}” không thể có; hãy sửa ở hệ thống một cửa")
    return TimeLimit(int(number), unit) if number else None


def stamp_in(value: object) -> datetime | None:
    """Return when a record was last updated; None where it does not say, or not readably."""
    try:
        return moment_of(text_in(value))
    except ValueError:
        return None


class _Updated(Struct, rename="camel"):
    updated_date: Any = None


def stamp_of(raw: Raw) -> datetime | None:
    """Return when a record was last updated, also of one that is no dossier."""
    try:
        return stamp_in(msgspec.json.decode(raw, type=_Updated).updated_date)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
