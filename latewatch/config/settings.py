"""The tables of config.toml: typed and frozen, with their defaults."""

from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Channel
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.letters.letter import LetterForm
from latewatch.domain.letters.register import Keeper
from latewatch.domain.names import Level
from latewatch.domain.period import Cutoff
from latewatch.domain.suspension import Effect
from latewatch.domain.tally.rule import Against, CountingRule, Precision, Resolved, Treatment

Natural = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Percent = Annotated[float, Meta(ge=0, le=100)]


class _Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: frozen, and every key in it is known."""


class Office(_Section, frozen=True):
    """The office whose desk this is, as its letters name it."""

    name: str
    governing_body: str = ""
    issuing_body: str = ""
    place: str = ""
    signer_title: str = "Giám đốc"
    deputy_title: str = ""
    signer_name: str = ""
    letter_symbol: str = "PXL"
    desk_name: str = "Trung tâm Phục vụ hành chính công"


class Unit(_Section, frozen=True):
    """A resolving unit: its names in the exports, and its letterhead where it differs from the office's."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: Level | None = None
    target_percent: Percent | None = None
    governing_body: str = ""
    issuing_body: str = ""
    place: str = ""
    signer_title: str = ""
    deputy_title: str | None = None
    signer_name: str = ""
    letter_symbol: str = ""
    report_to: tuple[str, ...] = ()


class Desk(_Section, frozen=True):
    """A desk and the readers of its morning digest."""

    code: str
    name: str
    mail_to: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


class Source(_Section, frozen=True):
    """A folder or an address that files come from, or the interface of a system."""

    name: str
    folder: Path | None = None
    url: str | None = None
    profile: str = "desk-export"
    headings: dict[str, str] = {}
    status_words: dict[str, str] = {}
    channel_words: dict[str, str] = {}
    event_words: dict[str, str] = {}
    limit_unit: Literal["d", "cd", "h"] | None = None
    ends: Ends | None = None
    settle_seconds: Annotated[float, Meta(ge=0, le=600)] = 2.0
    keep_files: bool = False
    max_megabytes: Positive = 100
    max_memory_megabytes: Annotated[int, Meta(ge=256)] = 2048
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 30.0
    retries: Annotated[int, Meta(ge=0, le=20)] = 3
    token_file: Path | None = None
    token_env: str = ""
    token_url: str | None = None
    client_id: str = ""
    client_secret_file: Path | None = None
    client_secret_env: str = ""
    scope: str = ""
    ca_file: Path | None = None
    proxy: str | None = None
    requests_per_second: Annotated[float, Meta(gt=0, le=1000)] = 5.0
    page_size: Annotated[int, Meta(ge=1, le=1000)] = 100
    parameters: dict[str, str] = {}
    since: date | None = None
    overlap_minutes: Natural = 60
    window_days: Positive = 31
    stale_after_working_hours: Positive | None = None


class Procedure(_Section, frozen=True):
    """A procedure's limit and rules, matched by code or by name; before those of the imported catalogue."""

    code: str = ""
    name: str = ""
    limit: str = ""
    field: str = ""
    level: str = ""
    unit: str = ""
    ends: Ends | None = None
    cutoff: time | None = None
    supplement: Effect | None = None
    financial: Effect | None = None
    consultation: Effect | None = None
    other: Effect | None = None
    close_after_days: Positive | None = None
    letter_lead_working_days: Natural | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class Calendar(_Section, frozen=True):
    """Where further calendar years come from."""

    folder: Path | None = None


_RULE = CountingRule()  # the defaults stand where the rules are
_CLOCK = ClockRules()


class LimitOrigin(StrEnum):
    """Whose limit decides where the dossier and the catalogue state different ones."""

    DOSSIER = "dossier"
    CATALOGUE = "catalogue"


class Clock(_Section, frozen=True):
    """How limits run, where a source or a procedure does not say otherwise."""

    limit_from: LimitOrigin = LimitOrigin.DOSSIER
    ends: Ends = _CLOCK.ends
    cutoff: time = time(15, 0)
    supplement: Effect = _CLOCK.supplement
    financial: Effect = _CLOCK.financial
    consultation: Effect = _CLOCK.consultation
    other: Effect = _CLOCK.other
    close_after_days: Positive = _CLOCK.close_after_days


class Counting(_Section, frozen=True):
    """Which date decides, and how tables count what the forms do not name."""

    due: Decider = Decider.COMPUTED
    due_soon_working_days: Natural = 2
    period: Cutoff = Cutoff.FIFTEENTH
    withdrawn: Treatment = _RULE.withdrawn
    stopped: Treatment = _RULE.stopped
    not_accepted: Treatment = _RULE.not_accepted
    refused: Treatment = _RULE.refused
    suspended: Treatment = _RULE.suspended
    unlimited: Treatment = _RULE.unlimited
    against: Against = _RULE.against
    precision: Precision = _RULE.precision
    resolved: Resolved = _RULE.resolved
    unknown_channel: Channel = _RULE.unknown_channel


class Reports(_Section, frozen=True):
    """Which tables there are besides those of the circular, and what figures are held against."""

    by_officer: bool = True
    level: Literal["unit", "province", "ministry"] = "unit"
    move_to_working_day: bool = False
    remind_working_days: Natural = 3
    report_to: tuple[str, ...] = ()
    send_day: Annotated[int, Meta(ge=1, le=28)] = 18
    send_at: time = time(8, 0)
    target_percent: Percent | None = None
    min_volume: Positive = 30
    busy_from: Positive = 30


class Letters(_Section, frozen=True):
    """How apology letters are drafted."""

    form: LetterForm = LetterForm.EXTENSION
    title: str = ""
    lead_working_days: Natural = 1
    new_date_working_days: Positive = 5
    new_date_most_working_days: Positive = 20
    history_cases: Positive = 20
    history_days: Positive = 365
    history_percent: Annotated[int, Meta(ge=50, le=100)] = 80
    reason: str = ""
    reasons: dict[str, str] = {}
    templates: Path | None = None
    paper: Literal["A4", "A5"] = "A4"
    window_envelope: bool = False
    lookup_url: str = ""
    register: Keeper = Keeper.UNIT


class Signer(_Section, frozen=True):
    """A certificate letters are signed with here: a person's or an organisation's, in a file or token."""

    unit: str = ""
    kind: Literal["person", "seal"] = "person"
    pkcs12_file: Path | None = None
    password_file: Path | None = None
    password_env: str = ""
    pkcs11_module: Path | None = None
    pkcs11_token: str = ""
    pkcs11_label: str = ""
    pin_file: Path | None = None
    pin_env: str = ""
    image: Path | None = None


class Signing(_Section, frozen=True):
    """Which signatures are accepted, and who says when they were made."""

    trusted: Path | None = None
    revoked: Path | None = None
    timestamp_url: str | None = None
    timestamp_ca_file: Path | None = None


class Sending(_Section, frozen=True):
    """How letters reach people."""

    channels: tuple[Literal["email", "message"], ...] = ("email",)
    always_print: bool = False
    notify_desk: bool = True
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 0)
    tries: Annotated[int, Meta(ge=1, le=50)] = 6
    retry_minutes: Positive = 10


TEXT_MESSAGE = (
    "{unit} xin lỗi vì hồ sơ {code} không kịp ngày hẹn trả {promised_on}. Ngày hẹn trả mới: {new_date}. "
    "Văn bản xin lỗi số {number} được gửi riêng."
)


class Gateway(_Section, frozen=True):
    """The HTTP gateway that takes text messages: SMS under a brand name, or Zalo ZNS."""

    url: str = ""
    kind: Literal["sms", "zns"] = "sms"
    template_id: str = ""
    parameters: dict[str, str] = {}
    brand: str = ""
    text: str = TEXT_MESSAGE
    later_codes: tuple[str, ...] = ("-100", "-124", "-133", "-144", "-147")
    token_file: Path | None = None
    token_env: str = ""
    repeats_safely: bool = False
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 30.0
    ca_file: Path | None = None
    proxy: str | None = None


class Feed(_Section, frozen=True):
    """When what the sources deliver is not to be believed."""

    stale_after_working_hours: Positive = 8
    shrunk_percent: Annotated[int, Meta(ge=1, le=100)] = 30
    rejected_percent: Annotated[int, Meta(ge=0, le=100)] = 5


class Integrity(_Section, frozen=True):
    """From when on something told of a dossier is a sign that needs clearing up."""

    file_age_hours: Natural = 12
    reentry_days: Positive = 30


class Schedule(_Section, frozen=True):
    """When `latewatch run` does what. Times are Vietnam's."""

    poll_minutes: Positive = 30
    letters_at: time = time(7, 0)
    digest_at: time = time(7, 30)
    outbox_minutes: Positive = 5


class Mail(_Section, frozen=True):
    """The SMTP server; without a host, messages are written to the outbox folder."""

    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: Path | None = None
    password_env: str = ""
    sender: str = "latewatch@localhost"
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 30.0
    ca_file: Path | None = None


class Paths(_Section, frozen=True):
    """Where things are kept. Relative paths start at the folder of the configuration file."""

    database: Path = Path("latewatch.db")
    letters: Path = Path("letters")
    reports: Path = Path("reports")
    outbox: Path = Path("outbox")


class Settings(_Section, frozen=True):
    """The whole file."""

    office: Office
    units: tuple[Unit, ...] = ()
    desks: tuple[Desk, ...] = ()
    sources: tuple[Source, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    calendar: Calendar = Calendar()
    clock: Clock = Clock()
    counting: Counting = Counting()
    reports: Reports = Reports()
    letters: Letters = Letters()
    signers: tuple[Signer, ...] = ()
    signing: Signing = Signing()
    sending: Sending = Sending()
    gateway: Gateway = Gateway()
    feed: Feed = Feed()
    integrity: Integrity = Integrity()
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    paths: Paths = Paths()
