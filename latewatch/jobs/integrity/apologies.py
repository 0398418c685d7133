"""Apologies: what breaks the rules of the letter is noted, and closed by itself once it does so no more.

A dossier that was finished late without a letter leaves its finding open: nobody apologised to that person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.alarm import Alarm, held_back
from latewatch.domain.integrity.apology import Owing, Sent, breaches, second_request
from latewatch.domain.integrity.finding import ITSELF, OF_LETTERS, Betrayal, Kind, State
from latewatch.domain.letters.life import PENDING, LetterState
from latewatch.domain.standing import Standing
from latewatch.jobs.feed import alarms_of, look_at_feeds
from latewatch.jobs.integrity.judge import Judge
from latewatch.jobs.office import Office
from latewatch.store.findings import Finding, Noted, keep, live, move
from latewatch.store.letters.owing import Apologised, apologised, late_or_sent

LATE = (Standing.OVERDUE, Standing.LATE)
RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)
Key = tuple[Kind, str, str]  # kind, dossier, content


@dataclass(frozen=True, slots=True)
class Changed:
    """How many findings are new, and how many were closed."""

    new: int
    closed: int


def review_apologies(office: Office, connection: Connection, now: datetime) -> Changed:
    """Note what breaks the rules now, and close what does not any more. Raises StoreError.

    Of a source whose data is in doubt nothing new is said: what looks overdue may be done.
    """
    known = {_key(each): each for each in live(connection, OF_LETTERS)}
    watched = {code for _, code, _ in known}
    dossiers = {each.dossier.code: each for each in late_or_sent(connection)}
    dossiers |= {each.dossier.code: each for each in apologised(connection, watched - dossiers.keys())}
    looked = _Look(office, now)
    found = {
        (betrayal.kind, code, betrayal.key): (each, betrayal)
        for code, each in dossiers.items()
        for betrayal in looked.breaches(each, is_known=code in watched)
    }
    doubts = held_back(alarms_of(look_at_feeds(office, connection, now)))
    noted = [
        _noted(office, *found[key])
        for key in found.keys() - known.keys()
        if found[key][0].is_fresh and not _is_doubtful(found[key][0].source, doubts)
    ]
    noted.sort(key=lambda each: (each.code, each.betrayal.kind))
    gone = [finding for key, finding in known.items() if key not in found]
    closed = sum(_close(connection, each, dossiers.get(each.code), now) for each in gone)
    return Changed(keep(connection, noted, now) if noted else 0, closed)


def _key(finding: Finding) -> Key:
    return finding.kind, finding.code, finding.content


def _is_doubtful(source: str, doubts: Mapping[str, Alarm]) -> bool:
    return source in doubts if source else bool(doubts)


def _noted(office: Office, each: Apologised, betrayal: Betrayal) -> Noted:
    return Noted(betrayal, each.dossier.code, office.roster.unit_label(each.dossier), each.source, None)


class _Look:
    """Holds dossiers against the rules, as of `now`."""

    def __init__(self, office: Office, now: datetime) -> None:
        self._judge = Judge(office)
        self._last = office.calendar.last
        self._now = now

    def breaches(self, each: Apologised, *, is_known: bool) -> Iterator[Betrayal]:
        """Yield what is wrong; of what was finished late without a letter, only what was known before."""
        if each.due_on is None or each.standing not in (*LATE, *RUNNING):
            return
        case = self._owing(each)
        if each.standing in LATE and (each.sent_on or each.standing is Standing.OVERDUE or is_known):
            yield from breaches(case, self._now.date())
        elif case.sent:
            yield from second_request(case, case.sent)

    def _owing(self, each: Apologised) -> Owing:
        assert each.due_on is not None  # noqa: S101  asked for before
        dossier = each.dossier
        promised_on = dossier.promised_at.date() if dossier.promised_at else None
        is_pending = each.letter_state in PENDING
        return Owing(
            due_on=each.due_on,
            is_running=each.standing in RUNNING,
            finished_on=dossier.finished_at.date() if dossier.finished_at else None,
            promised_on=promised_on if promised_on and promised_on <= self._last else None,
            interruptions=self._judge.stopping(dossier, each.source) if each.sent_on else (),
            sent=_sent(each),
            state=each.letter_state if is_pending else None,
            drafted_on=each.dated if is_pending else None,
        )


def _sent(each: Apologised) -> Sent | None:
    if each.sent_on is None or each.new_date is None or each.letter_due_on is None:
        return None
    return Sent(
        sent_on=each.sent_on,
        due_on=each.letter_due_on,
        new_date=each.new_date,
        promised_on=each.promised_on,
        is_recalled=each.letter_state is LetterState.CANCELLED,
    )


def _close(connection: Connection, finding: Finding, each: Apologised | None, now: datetime) -> bool:
    why = _why_closed(finding.kind, each)
    return move(connection, finding.id, State.CLOSED, by=ITSELF, why=why, at=now)


def _why_closed(kind: Kind, each: Apologised | None) -> str:
    if each is None:
        return "hồ sơ không còn trong dữ liệu"
    is_sent = each.sent_on is not None and each.letter_state is not LetterState.CANCELLED
    if kind is Kind.LETTER_MISSING and is_sent:
        return f"đã gửi văn bản xin lỗi ngày {each.sent_on:%d/%m/%Y}"
    finished_at = each.dossier.finished_at
    if kind is Kind.NEW_DATE_PASSED and finished_at:
        return f"đã có kết quả ngày {finished_at:%d/%m/%Y}"
    if kind is Kind.SECOND_REQUEST:
        return "ngày hẹn không còn vượt ngày hẹn lại, hoặc thời hạn được tính lại"
    return "hạn hay tình trạng của hồ sơ đã đổi, không còn vi phạm"
