"""Letters leave: what is due in the outbox is handed over, each channel by itself, nothing twice.

An attempt is claimed, and the claim committed, before anything leaves; how it ended is noted after, and with
the first channel that carries the letter itself the letter is sent, in the same transaction. Killed in
between, the claim stays, and is called doubtful after a while.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.sending import CHANNEL_LABELS, DeliveryState, LetterChannel, Outcome, next_try
from latewatch.errors import ConfigError, DeliveryError, StoreError
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.outbox import Queued, allowed, fill, give_up, look_after, put_back
from latewatch.jobs.letters.parcels import NoLongerNeeded, Packer, Parcel, Ways
from latewatch.jobs.office import Office
from latewatch.notify.smtp_answers import PartialDeliveryError
from latewatch.progress import Progress, silent
from latewatch.store.letters.life import letter_with, move_letter
from latewatch.store.letters.outbox import Ending, StoredDelivery, claim, due_deliveries, settle

LEAVE_OFF_AFTER = 3  # failures in a row that are the way's own: the rest waits for the next run


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one row in this run. `problem` says why it did not go."""

    code: str
    channel: LetterChannel
    state: DeliveryState
    next_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SendReport:
    """What was put into the outbox, and what became of what was due."""

    queued: list[Queued]
    handled: list[Handled]


def send_letters(
    office: Office, ways: Ways, selection: Selection, *, by: str, progress: Progress = silent
) -> SendReport:
    """Put the chosen signed letters into the outbox, and work off what is due of them.

    Raises LetterError where a single dossier's letter cannot be sent.
    """
    queued = fill(office, selection, ways.clock(), by=by)
    ids = [each.letter_id for each in queued if not each.problem]
    return SendReport(queued, work_off(office, ways, ids, progress=progress))


def send_again(
    office: Office, ways: Ways, code: str, *, by: str, why: str, progress: Progress = silent
) -> SendReport:
    """Send once more what failed or is doubtful of one dossier's letter: a person decided so, and says why.

    Raises LetterError where nothing of it failed.
    """
    queued = put_back(office, code, ways.clock(), by=by, why=why)
    return SendReport([queued], work_off(office, ways, [queued.letter_id], progress=progress))


def work_off(
    office: Office, ways: Ways, letter_ids: Sequence[int] | None = None, *, progress: Progress = silent
) -> list[Handled]:
    """Hand over what is due, of these letters or of all. Any number of processes may do so at once."""
    look_after(office, ways.clock())
    with office.store.reading() as connection:
        due = due_deliveries(connection, ways.clock(), letter_ids)
    packer = Packer(office, ways)
    try:
        run = _Run(office, ways, packer)
        results = [run.handle(each) for each in progress(due, "Gửi văn bản xin lỗi")]
    finally:
        packer.close()
    return [each for each in results if each]


class _Run:
    """One working off of the outbox: which ways it left off, because nothing goes through them now."""

    def __init__(self, office: Office, ways: Ways, packer: Packer) -> None:
        self._office = office
        self._ways = ways
        self._packer = packer
        self._unusable: set[LetterChannel] = set()
        self._in_vain: Counter[LetterChannel] = Counter()

    def handle(self, each: StoredDelivery) -> Handled | None:
        """Hand one row over; None where it is another's, or not its time."""
        now = self._ways.clock()
        is_left_off = each.channel in self._unusable or self._in_vain[each.channel] >= LEAVE_OFF_AFTER
        if is_left_off or allowed(self._office, each.channel, now) > now:
            return None
        try:
            parcel = self._packer.pack(each, now)
        except ConfigError as e:
            self._unusable.add(each.channel)
            return Handled(each.code, each.channel, DeliveryState.WAITING, each.next_at, str(e))
        except (DeliveryError, NoLongerNeeded) as e:
            return self._claimed(each, e, now)
        return self._claimed(each, parcel, now)

    def _claimed(
        self, each: StoredDelivery, parcel: Parcel | DeliveryError | NoLongerNeeded, now: datetime
    ) -> Handled | None:
        with self._office.store.writing() as connection:
            if not claim(connection, each.id, now):
                return None
        ending = self._ending(each, parcel)
        at = self._ways.clock()
        with self._office.store.writing() as connection:
            if settle(connection, each.id, now, ending, at):
                give_up(connection, each, ending, at)
                if isinstance(parcel, Parcel) and parcel.is_letter and ending.state is DeliveryState.SENT:
                    mark_sent(connection, each, at)
        return Handled(each.code, each.channel, ending.state, ending.next_at, ending.problem)

    def _ending(self, each: StoredDelivery, parcel: Parcel | DeliveryError | NoLongerNeeded) -> Ending:
        if isinstance(parcel, NoLongerNeeded):
            return _needless(parcel)
        if isinstance(parcel, DeliveryError):
            return self._failed(each, parcel)
        try:
            answer = parcel.hand_over()
        except PartialDeliveryError as e:
            answer = str(e)
        except (DeliveryError, StoreError) as e:
            return self._failed(each, e)
        self._in_vain[each.channel] = 0
        return Ending(state=DeliveryState.SENT, outcome=Outcome.ACCEPTED, answer=answer)

    def _failed(self, each: StoredDelivery, error: DeliveryError | StoreError) -> Ending:
        """Return where an attempt in vain leaves the row: to be tried again, failed, or doubtful."""
        told = str(error)
        is_passing = isinstance(error, StoreError) or error.passing
        if not getattr(error, "personal", False):
            self._in_vain[each.channel] += 1
        if getattr(error, "doubtful", False):
            return Ending(state=DeliveryState.DOUBTFUL, outcome=Outcome.DOUBTFUL, answer=told, problem=told)
        if not is_passing:
            return Ending(state=DeliveryState.FAILED, outcome=Outcome.REFUSED, answer=told, problem=told)
        again = self._again(each, getattr(error, "retry_after", None))
        if again is None:
            often = f"{told}; đã thử {each.attempts + 1} lần"
            return Ending(state=DeliveryState.FAILED, outcome=Outcome.LATER, answer=told, problem=often)
        return Ending(
            state=DeliveryState.WAITING, outcome=Outcome.LATER, answer=told, problem=told, next_at=again
        )

    def _again(self, each: StoredDelivery, retry_after: float | None) -> datetime | None:
        sending = self._office.settings.sending
        again = next_try(
            self._ways.clock(),
            each.attempts + 1,
            tries=sending.tries,
            retry_minutes=sending.retry_minutes,
            retry_after=retry_after,
        )
        return again and allowed(self._office, each.channel, again)


def _needless(error: NoLongerNeeded) -> Ending:
    return Ending(
        state=DeliveryState.NEEDLESS, outcome=Outcome.NEEDLESS, answer=str(error), problem=str(error)
    )


def mark_sent(connection: Connection, each: StoredDelivery, at: datetime) -> None:
    """Note that the person has the letter, where it is the first channel that brought it."""
    letter = letter_with(connection, each.letter_id)
    if letter is not None and letter.state is LetterState.SIGNED:
        move_letter(
            connection,
            letter.id,
            LetterState.SIGNED,
            LetterState.SENT,
            at,
            by=each.queued_by,
            why=CHANNEL_LABELS[each.channel],
            sent_on=at.date(),
        )
