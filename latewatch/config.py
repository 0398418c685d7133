"""config.toml → typed, frozen settings. An unknown or ill-typed key is refused with file, key and cure.

`config.example.toml` says what each key is for; a test holds it to the types and defaults below.
"""

import os
import re
from datetime import date, time
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from latewatch.domain.catalogue import CONFIGURED, twice
from latewatch.domain.catalogue import Procedure as CatalogueProcedure
from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.letters.letter import LetterForm
from latewatch.domain.letters.reasons import check_own, reason_of
from latewatch.domain.letters.register import OFFICE_REGISTER, Keeper
from latewatch.domain.letters.text_message import FACTS, words_problem
from latewatch.domain.limit import TimeLimit
from latewatch.domain.names import Level
from latewatch.domain.period import Cutoff
from latewatch.domain.record import EventKind
from latewatch.domain.suspension import Effect
from latewatch.domain.tally.rule import Against, CountingRule, Precision, Resolved, Treatment
from latewatch.errors import ConfigError, LetterError
from latewatch.typed import checked, read_toml

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


MOVED = {
    "mail.stale_after_hours": "khóa này nay là stale_after_working_hours trong bảng [feed], tính bằng giờ "
    "làm việc của lịch cơ quan (mặc định 8); hãy xóa khóa cũ, cần số khác thì khai ở [feed]",
}


def load(file: Path) -> Settings:
    """Read and check `file`; relative paths in it start at its own folder. Raises ConfigError."""
    base = file.resolve().parent
    settings = checked(
        file,
        read_toml(file),
        Settings,
        dec_hook=lambda kind, value: _path(kind, value, base),
        moved=MOVED,
    )
    paths = settings.paths
    settings = msgspec.structs.replace(
        settings,
        paths=Paths(**{name: base / getattr(paths, name) for name in paths.__struct_fields__}),
        sources=tuple(_with_profile(source, base) for source in settings.sources),
    )
    _check(file, settings)
    return settings


def _path(kind: type, value: Any, base: Path) -> Path:
    if kind is not Path or not isinstance(value, str) or not value:
        raise ValueError(value)  # `checked` says what is wanted
    return base / Path(value).expanduser()


def _with_profile(source: Source, base: Path) -> Source:
    """Return `source` with the place of its own profile file, where it has one."""
    if not source.profile.endswith(".toml"):
        return source
    return msgspec.structs.replace(source, profile=str(base / Path(source.profile).expanduser()))


def _check(file: Path, settings: Settings) -> None:
    """Refuse what is well typed and still cannot be meant."""
    for index, source in enumerate(settings.sources):
        _check_source(file, f"sources[{index}]", source)
    for index, procedure in enumerate(settings.procedures):
        _check_procedure(file, f"procedures[{index}]", procedure)
    same = twice(map(catalogued, settings.procedures))
    if same:
        raise ConfigError(file, "procedures", f"“{same[1].label}” có hai mục cùng hiệu lực; hãy bỏ bớt một")
    _refuse_twice(file, "units", [unit.code for unit in settings.units])
    _refuse_twice(file, "desks", [desk.code for desk in settings.desks])
    _refuse_twice(file, "sources", [source.name for source in settings.sources])
    known = {unit.code for unit in settings.units}
    if OFFICE_REGISTER in known:
        problem = f"mã “{OFFICE_REGISTER}” là tên sổ văn bản chung của cơ quan; hãy đặt mã khác cho đơn vị"
        raise ConfigError(file, "units", problem)
    _check_signers(file, settings.signers, known)
    _check_address(file, "signing.timestamp_url", settings.signing.timestamp_url)
    _check_reasons(file, settings.letters)
    _check_gateway(file, settings.gateway, is_used="message" in settings.sending.channels)
    for index, desk in enumerate(settings.desks):
        stranger = next((code for code in desk.units if code not in known), None)
        if stranger is not None:
            raise ConfigError(
                file, f"desks[{index}].units", f"không có đơn vị mã “{stranger}” trong [[units]]"
            )


def _check_reasons(file: Path, letters: Letters) -> None:
    try:
        check_own(letters.reasons)
    except LetterError as e:
        raise ConfigError(file, "letters.reasons", str(e)) from e
    try:
        reason_of(letters.reason, letters.reasons)
    except LetterError as e:
        raise ConfigError(file, "letters.reason", str(e)) from e


def _check_signers(file: Path, signers: tuple[Signer, ...], units: set[str]) -> None:
    for index, signer in enumerate(signers):
        key = f"signers[{index}]"
        if signer.unit and signer.unit not in units:
            raise ConfigError(file, f"{key}.unit", f"không có đơn vị mã “{signer.unit}” trong [[units]]")
        if (signer.pkcs12_file is None) == (signer.pkcs11_module is None):
            raise ConfigError(file, key, "cần đúng một trong hai khóa pkcs12_file và pkcs11_module")
    _refuse_twice(file, "signers", [f"{each.unit or 'cơ quan'}, {each.kind}" for each in signers])


def _check_gateway(file: Path, gateway: Gateway, *, is_used: bool) -> None:
    if is_used and not gateway.url:
        raise ConfigError(file, "gateway.url", "sending.channels có message thì cần địa chỉ cổng nhắn tin")
    if gateway.url and not _is_guarded(gateway.url):
        problem = (
            "cần địa chỉ https:// (http:// chỉ khi cổng ở mạng nội bộ, ghi bằng số, ví dụ http://10.0.0.5)"
        )
        raise ConfigError(file, "gateway.url", problem)
    if is_used and gateway.kind == "zns" and not gateway.template_id:
        raise ConfigError(file, "gateway.template_id", "kind = “zns” cần mã mẫu tin đã được duyệt")
    problem = words_problem(gateway.text)
    if problem:
        raise ConfigError(file, "gateway.text", problem)
    stranger = next((fact for fact in gateway.parameters.values() if fact not in FACTS), None)
    if stranger is not None:
        problem = f"không có điều “{stranger}” để điền; chọn trong: {', '.join(FACTS)}"
        raise ConfigError(file, "gateway.parameters", problem)


def _is_guarded(url: str) -> bool:
    """Tell whether a telephone number and a token may go to `url`: over TLS, or within the own network."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and ip_address(parts.hostname or "").is_private
    except ValueError:
        return False


def _check_address(file: Path, key: str, address: str | None) -> None:
    if address is not None and not re.match(r"https?://[^/\s]+", address):
        raise ConfigError(file, key, "cần địa chỉ bắt đầu bằng http:// hoặc https://")


def _check_source(file: Path, key: str, source: Source) -> None:
    if (source.folder is None) == (source.url is None):
        raise ConfigError(file, key, "cần đúng một trong hai khóa folder và url")
    for name in ("url", "token_url", "proxy"):
        _check_address(file, f"{key}.{name}", getattr(source, name))
    _check_login(file, key, source)
    _check_words(file, f"{key}.status_words", source.status_words, Status)
    _check_words(file, f"{key}.channel_words", source.channel_words, Channel)
    _check_words(file, f"{key}.event_words", source.event_words, EventKind)


def _check_login(file: Path, key: str, source: Source) -> None:
    """Refuse half of a login, and two of them."""
    if source.token_url is None:
        keys = ("client_id", "client_secret_file", "client_secret_env", "scope")
        idle = next((name for name in keys if getattr(source, name)), None)
        if idle is not None:
            raise ConfigError(
                file, f"{key}.{idle}", "chỉ dùng cùng token_url; hãy đặt token_url, hoặc bỏ khóa này"
            )
        return
    if source.token_file or source.token_env:
        problem = "token_url xin mã tự động, không dùng cùng token_file, token_env là mã có sẵn; hãy bỏ một"
        raise ConfigError(file, f"{key}.token_url", problem)
    if not source.client_id:
        raise ConfigError(file, f"{key}.client_id", "token_url cần client_id")
    if not source.client_secret_file and not source.client_secret_env:
        problem = "token_url cần mật khẩu ứng dụng; hãy đặt client_secret_file hoặc client_secret_env"
        raise ConfigError(file, f"{key}.client_secret_file", problem)


def _check_procedure(file: Path, key: str, procedure: Procedure) -> None:
    try:
        catalogued(procedure)
    except ValueError as e:
        raise ConfigError(file, f"{key}.limit", str(e)) from e
    if not procedure.code and not procedure.name:
        raise ConfigError(file, key, "cần code hoặc name của thủ tục")
    first, last = procedure.valid_from, procedure.valid_until
    if first and last and last < first:
        raise ConfigError(
            file, f"{key}.valid_until", f"hết hiệu lực {last:%d/%m/%Y} trước khi có hiệu lực {first:%d/%m/%Y}"
        )


def catalogued(procedure: Procedure) -> CatalogueProcedure:
    """Return a procedure of the configuration as the catalogue holds it. Raises ValueError for its limit."""
    own = {name: getattr(procedure, name) for name in procedure.__struct_fields__}
    del own["letter_lead_working_days"]  # says nothing of the limit
    own["limit"] = TimeLimit.parse(procedure.limit) if procedure.limit else None
    own["cutoff"] = minute_of(procedure.cutoff) if procedure.cutoff else None
    return CatalogueProcedure(**own, source=CONFIGURED)


def own_catalogue(settings: Settings) -> list[CatalogueProcedure]:
    """Return the entries that decide before the imported catalogue; one that sets a lead alone hides none."""
    return [catalogued(each) for each in settings.procedures if not _is_lead_alone(each)]


def _is_lead_alone(procedure: Procedure) -> bool:
    about = (
        "code",
        "name",
        "field",
        "level",
        "unit",
        "valid_from",
        "valid_until",
        "letter_lead_working_days",
    )
    rules = (name for name in procedure.__struct_fields__ if name not in about)
    has_rule = any(getattr(procedure, name) not in ("", None) for name in rules)
    return procedure.letter_lead_working_days is not None and not has_rule


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def usual_rules(clock: Clock) -> ClockRules:
    """Return the office's rules for limits."""
    own = {name: getattr(clock, name) for name in clock.__struct_fields__ if name != "limit_from"}
    return ClockRules(**{**own, "cutoff": minute_of(clock.cutoff)})


def _refuse_twice(file: Path, key: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(file, key, f"“{twice}” có hai lần")


def _check_words(file: Path, key: str, words: dict[str, str], kind: type[StrEnum]) -> None:
    values = [member.value for member in kind]
    for word, meaning in words.items():
        if meaning not in values:
            raise ConfigError(
                file, f"{key}.“{word}”", f"“{meaning}” không có; chọn trong: {', '.join(values)}"
            )


def secret(key: str, file: Path | None, variable: str) -> str:
    """Return a secret from the file or the environment variable a setting names; empty when neither is named.

    Raises ConfigError where one is named and not there: a secret is never in the configuration itself.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(file, f"{key}_file", f"không đọc được tệp bí mật: {e}") from e
    if variable:
        value = os.environ.get(variable)
        if not value:
            raise ConfigError("môi trường", f"{key}_env", f"biến môi trường {variable} chưa đặt hoặc rỗng")
        return value
    return ""
