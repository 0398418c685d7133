"""When the jobs run: APScheduler keeps the times, the jobs keep the rules."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from latewatch import clock
from latewatch.app import delivery, open_office, ways
from latewatch.errors import LatewatchError
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import FAILED, send_digests
from latewatch.jobs.feed import alarms_now, log_alarms
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.integrity.find import find
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.letters.sending import work_off
from latewatch.jobs.office import Office
from latewatch.jobs.poll import in_order, poll
from latewatch.jobs.reports.sending import send_reports

log = logging.getLogger("latewatch")

MISSED_SECONDS = 3 * 3600  # a job missed while the machine slept is still run within the morning


def run_until_stopped(config: Path, say: Callable[[str], None]) -> None:
    """Run the jobs on their times until SIGTERM or SIGINT; a running job is let finish.

    One worker runs one job at a time. Raises LatewatchError where the configuration cannot be used.
    """
    with open_office(config) as office:  # fail now, not at half past seven
        schedule = office.settings.schedule
    scheduler = BackgroundScheduler(
        timezone=clock.VIETNAM,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISSED_SECONDS},
    )
    first = clock.now()
    scheduler.add_job(
        _guarded, IntervalTrigger(minutes=schedule.poll_minutes), (config, poll_all), next_run_time=first
    )
    scheduler.add_job(
        _guarded,
        IntervalTrigger(minutes=schedule.outbox_minutes),
        (config, send_waiting),
        next_run_time=first,
    )
    scheduler.add_job(
        _guarded,
        IntervalTrigger(minutes=schedule.outbox_minutes),
        (config, send_due_reports),
        next_run_time=first,
    )
    for at, job in ((schedule.letters_at, draft_on_working_days), (schedule.digest_at, send_on_working_days)):
        trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=clock.VIETNAM)
        scheduler.add_job(_guarded, trigger, (config, job))
    stopped = _Stop()
    scheduler.start()
    say(
        f"latewatch đang chạy: lấy dữ liệu mỗi {schedule.poll_minutes} phút; ngày làm việc soạn thư lúc "
        f"{schedule.letters_at:%H:%M}, gửi bản tin lúc {schedule.digest_at:%H:%M}; gửi văn bản, báo cáo đang "
        f"chờ mỗi {schedule.outbox_minutes} phút. Dừng: Ctrl+C hoặc SIGTERM."
    )
    stopped.wait()
    say("Đang dừng: chờ việc đang chạy làm xong.")
    scheduler.shutdown(wait=True)


def poll_all(office: Office, now: datetime) -> None:
    """Poll every source, assess, look for signs. What fails is logged and kept; the others go on."""
    told: set[str] = set()
    for source in in_order(office.settings.sources, office.profiles):
        result = poll(office, source, now)
        log.info("poll %s: %s", source.name, result.intake)
        for filed in result.filed:
            log.info("poll %s: %s → %s", source.name, filed.file, filed.place)
        for problem in (*result.warnings, *result.problems):
            log.warning("poll %s: %s", source.name, problem)
        told.update(result.warnings)
    assess(office, now)
    found = find(office, now)
    log.info("findings: %d new, %d closed", found.new, found.closed)
    log.info("figures: %d pages written", keep_pages(office, now).pages)
    log_alarms(alarm for alarm in alarms_now(office, now) if alarm.told not in told)


def draft_on_working_days(office: Office, now: datetime) -> None:
    if office.calendar.is_working_day(now.date()):
        assess(office, now)
        made = draft_letters(office, now)
        log.info("letters: %d new drafts", sum(each.is_new for each in made))


def send_on_working_days(office: Office, now: datetime) -> None:
    """Send the digests, after a last look at where dossiers stand. Nobody is written to on a day of rest."""
    if office.calendar.is_working_day(now.date()):
        assess(office, now)
        for each in send_digests(office, now, delivery(office.settings)):
            log.log(logging.WARNING if each.outcome == FAILED else logging.INFO, "digest: %s", each.outcome)


def send_waiting(office: Office, _now: datetime) -> None:
    """Hand over what is due in the outbox of letters; what goes to persons keeps the quiet hours."""
    for each in work_off(office, ways(office.settings, clock.now)):
        level = logging.WARNING if each.problem else logging.INFO
        log.log(level, "letter of %s: %s %s %s", each.code, each.channel, each.state, each.problem)


def send_due_reports(office: Office, now: datetime) -> None:
    """Send the frozen reports whose day has come, and those that failed; on working days only."""
    if office.calendar.is_working_day(now.date()):
        for each in send_reports(office, now, delivery(office.settings)):
            if each.is_new:
                level = logging.WARNING if each.problem else logging.INFO
                log.log(level, "report of %s: %s %s", each.parcel.called, each.state, each.problem)


def _guarded(config: Path, job: Callable[[Office, datetime], None]) -> None:
    """Run one job on a freshly read configuration; an error ends this run of it, not the program."""
    try:
        with open_office(config) as office:
            job(office, clock.now())
    except LatewatchError as e:
        log.error("%s: %s", job.__name__, e)  # noqa: TRY400  its text says what to do; a trace would not
    except Exception:
        log.exception("%s", job.__name__)


class _Stop:
    """Turns the first SIGTERM or SIGINT into the end of `wait`."""

    def __init__(self) -> None:
        self._event = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self._event.set()

    def wait(self) -> None:
        self._event.wait()
