"""Review: what is open and explains itself is closed; what only the whole of the records shows is noted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.integrity.afresh import OVERDUE, VANISHED, Applied, Unresolved, entered_anew
from latewatch.domain.integrity.differing import differing
from latewatch.domain.integrity.finding import ITSELF, Betrayal, Kind, Severity, State, said
from latewatch.domain.integrity.finish import precedes_receipt
from latewatch.domain.integrity.promise import Move, explanation
from latewatch.domain.names import fold
from latewatch.domain.standing import Standing
from latewatch.domain.suspension import Effect
from latewatch.jobs.integrity.judge import Judge
from latewatch.jobs.office import Office
from latewatch.store.compared import Applicant, Compared, applicants, differing_dates, unresolved
from latewatch.store.findings import Finding, Noted, keep, live, move
from latewatch.store.missing import Missing, missing
from latewatch.store.scan import Memory, apologies, current

PROMISES = (Kind.PROMISE_AFTER_PASSING, Kind.PROMISE_WITHOUT_LETTER)
EXPLICABLE = (*PROMISES, Kind.RESULT_BEFORE_RECEIPT)
LATE = (Standing.OVERDUE, Standing.LATE)


@dataclass(slots=True)
class Reviewed:
    """How many findings are new, and how many were closed."""

    new: int = 0
    closed: int = 0


def review(office: Office, connection: Connection, now: datetime, *, has_news: bool) -> Reviewed:
    """Look at the records as they stand; `has_news`: some changed since they were last looked at."""
    return _Review(office, connection, now).run(has_news=has_news)


class _Review:
    def __init__(self, office: Office, connection: Connection, now: datetime) -> None:
        self._office = office
        self._connection = connection
        self._now = now
        self._done = Reviewed()

    def run(self, *, has_news: bool) -> Reviewed:
        self._explain()
        self._look_for_missing()
        self._compare_dates()
        if has_news or self._done.new:  # what vanished may be one that was entered anew
            self._look_for_anew()
        return self._done

    def _keep(self, noted: list[Noted]) -> None:
        if noted:
            self._done.new += keep(self._connection, noted, self._now)

    def _close(self, finding: Finding, why: str) -> None:
        is_moved = move(self._connection, finding.id, State.CLOSED, by=ITSELF, why=why, at=self._now)
        self._done.closed += is_moved

    def _explain(self) -> None:
        """Close what was explained since by a letter, an interruption, or a corrected date."""
        found = list(live(self._connection, EXPLICABLE))
        codes = {each.code for each in found}
        dossiers = current(self._connection, codes)
        letters = apologies(self._connection, codes)
        judge = Judge(self._office)
        for each in found:
            dossier = dossiers.get(each.code)
            if dossier is None:
                continue
            if each.kind in PROMISES:
                effects = judge.effects(dossier, each.source)
                stopping = [s for s in dossier.suspensions if effects[s.cause] is not Effect.RUNS_ON]
                why = explanation(_move_of(each), stopping, letters.get(each.code))
            else:
                why = "" if precedes_receipt(dossier) else "nguồn đã sửa ngày"
            if why:
                self._close(each, why)

    def _look_for_missing(self) -> None:
        gone = {each.code: each for each in missing(self._connection)}
        known = {}
        for finding in live(self._connection, [Kind.VANISHED]):
            absent = gone.get(finding.code)
            if absent and finding.content == _missing_key(absent):
                known[finding.code] = finding
            else:
                self._close(finding, "hồ sơ lại có trong nguồn")
        self._keep([self._vanished(each) for code, each in gone.items() if code not in known])

    def _vanished(self, gone: Missing) -> Noted:
        memory = Memory(self._connection)
        seen = memory.list_of(gone.source, gone.since)
        shown = memory.listing_before(seen) if seen else None
        evidence = {
            "status": gone.status.value,
            "due": said(gone.due_at),
            "shown": shown.sighting.told if shown else None,
            "seen": seen.sighting.told if seen else {"at": gone.since.isoformat(), "batch": 0, "file": ""},
        }
        betrayal = Betrayal(Kind.VANISHED, _gravity(gone), _missing_key(gone), evidence)
        return Noted(betrayal, gone.code, self._unit(gone.names), gone.source, seen.id if seen else None)

    def _compare_dates(self) -> None:
        """Note where promise and limit differ; close what agrees again, or does not matter any more."""
        wanted = {
            each.code: (each, betrayal)
            for each in differing_dates(self._connection)
            if (betrayal := differing(each.dates))
        }
        known = set()
        for finding in live(self._connection, [Kind.DATES_DIFFER]):
            if finding.code in wanted and finding.content == wanted[finding.code][1].key:
                known.add(finding.code)
            else:
                self._close(finding, "hai ngày đã khớp, hoặc không còn làm hồ sơ trễ hay không trễ")
        self._keep(
            [self._noted(*found) for code, found in wanted.items() if code not in known],
        )

    def _noted(self, each: Compared, betrayal: Betrayal) -> Noted:
        return Noted(betrayal, each.code, self._unit(each.names), each.source, None)

    def _look_for_anew(self) -> None:
        """Hold what was received lately against what was late and has no result."""
        within = timedelta(days=self._office.settings.integrity.reentry_days)
        since = self._now - 2 * within
        old = [
            Unresolved(_applied(each.applicant), each.due_at, _how(each.standing, is_missing=each.is_missing))
            for each in unresolved(self._connection, since, self._now)
        ]
        if not old:
            return
        wanted = {each.applied.what for each in old}
        lately = applicants(self._connection, since - within)
        recent = {each.code: each for each in lately if _asked(each) in wanted}
        found = list(entered_anew(old, map(_applied, recent.values()), within))
        first = Memory(self._connection).first_sightings({new.code for new, _ in found})
        noted = []
        for new, betrayal in found:
            source, seen = first.get(new.code, ("", None))
            evidence = {**betrayal.evidence, "seen": seen.told if seen else None}
            whole = Betrayal(betrayal.kind, betrayal.severity, betrayal.key, evidence)
            unit = self._unit(recent[new.code].names)
            noted.append(Noted(whole, new.code, unit, source, seen.batch if seen else None))
        self._keep(noted)

    def _unit(self, names: tuple[str, str]) -> str:
        """Return the unit by its names in the source: resolving unit, department."""
        bare = Dossier(code="", status=Status.RECEIVED, resolving_unit=names[0], department=names[1])
        return self._office.roster.unit_label(bare)


def _move_of(finding: Finding) -> Move:
    evidence = finding.evidence
    promised = evidence.get("promised")
    return Move(
        old=datetime.fromisoformat(evidence["from"]),
        new=datetime.fromisoformat(evidence["to"]),
        told_at=datetime.fromisoformat(promised["at"]) if promised else None,
        seen_at=datetime.fromisoformat(evidence["seen"]["at"]),
    )


def _missing_key(gone: Missing) -> str:
    return f"{gone.since:%Y%m%dT%H%M}"


def _gravity(gone: Missing) -> Severity:
    """What was late is missed most; what was finished in time, least."""
    if gone.standing in LATE:
        return Severity.HIGH
    is_finished = gone.status in (Status.DONE, Status.RETURNED)
    return Severity.LOW if is_finished else Severity.MEDIUM


def _applied(each: Applicant) -> Applied:
    return Applied(
        code=each.code,
        who=fold(each.applicant),
        phone="".join(filter(str.isdigit, each.phone)),
        what=_asked(each),
        received_at=each.received_at,
    )


def _asked(each: Applicant) -> str:
    return each.procedure_code or _procedure(each.procedure)


_procedure = lru_cache(1024)(fold)  # an office has few


def _how(standing: Standing, *, is_missing: bool) -> str:
    if is_missing:
        return VANISHED
    return OVERDUE if standing is Standing.OVERDUE else standing.value
