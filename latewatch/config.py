"""config.toml → typed, frozen settings. An unknown or ill-typed key is refused with file, key and cure.

`config.example.toml` says what each key is for; a test holds it to the types and defaults below.
"""

import difflib
import os
import re
import tomllib
import typing
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from latewatch.domain.deadline import Decider, TimeLimit
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.letter import LetterForm
from latewatch.domain.period import Cutoff
from latewatch.domain.tally import Treatment
from latewatch.errors import ConfigError

Natural = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


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
    governing_body: str = ""
    issuing_body: str = ""
    place: str = ""
    signer_title: str = ""
    deputy_title: str | None = None
    signer_name: str = ""
    letter_symbol: str = ""


class Desk(_Section, frozen=True):
    """A desk and the readers of its morning digest."""

    code: str
    name: str
    mail_to: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


class Source(_Section, frozen=True):
    """A folder or an address that spreadsheets come from."""

    name: str
    folder: Path | None = None
    url: str | None = None
    profile: str = "desk-export"
    headings: dict[str, str] = {}
    status_words: dict[str, str] = {}
    channel_words: dict[str, str] = {}
    limit_unit: Literal["d", "cd"] = "d"
    settle_seconds: Annotated[float, Meta(ge=0, le=600)] = 2.0
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 30.0
    retries: Annotated[int, Meta(ge=0, le=20)] = 3
    token_file: Path | None = None
    token_env: str = ""
    ca_file: Path | None = None
    max_megabytes: Positive = 100


class Procedure(_Section, frozen=True):
    """A procedure's time limit, for sources that do not report one. Matched by code or by name."""

    limit: str
    code: str = ""
    name: str = ""


class Calendar(_Section, frozen=True):
    """Where further calendar years come from."""

    folder: Path | None = None


class Counting(_Section, frozen=True):
    """Which date decides, and how tables count what the forms do not name."""

    due: Decider = Decider.COMPUTED
    due_soon_working_days: Natural = 2
    period: Cutoff = Cutoff.FIFTEENTH
    withdrawn: Treatment = Treatment.LEFT_OUT
    stopped: Treatment = Treatment.LEFT_OUT
    not_accepted: Treatment = Treatment.LEFT_OUT
    refused: Treatment = Treatment.AS_RESOLVED
    suspended: Treatment = Treatment.AS_WITHIN
    unknown_channel: Channel = Channel.DIRECT


class Letters(_Section, frozen=True):
    """How apology letters are drafted."""

    form: LetterForm = LetterForm.EXTENSION
    title: str = ""
    lead_working_days: Natural = 1
    new_date_working_days: Positive = 5
    reason: str = ""
    templates: Path | None = None


class Schedule(_Section, frozen=True):
    """When `latewatch run` does what. Times are Vietnam's."""

    poll_minutes: Positive = 30
    letters_at: time = time(7, 0)
    digest_at: time = time(7, 30)


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
    stale_after_hours: Positive = 24


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
    counting: Counting = Counting()
    letters: Letters = Letters()
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    paths: Paths = Paths()


def load(file: Path) -> Settings:
    """Read and check `file`; relative paths in it start at its own folder. Raises ConfigError."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as e:
        raise ConfigError(
            file, "", "không có tệp cấu hình; hãy chạy `latewatch init` hoặc chỉ rõ --config"
        ) from e
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(file, "", f"không đọc được: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(file, "", f"không phải TOML hợp lệ: {e}") from e
    base = file.resolve().parent
    try:
        settings = msgspec.convert(tables, Settings, dec_hook=lambda kind, value: _decode(kind, value, base))
    except msgspec.ValidationError as e:
        raise _explained(file, str(e)) from e
    paths = settings.paths
    settings = msgspec.structs.replace(
        settings,
        paths=Paths(**{name: base / getattr(paths, name) for name in paths.__struct_fields__}),
    )
    _check(file, settings)
    return settings


def _decode(kind: type, value: Any, base: Path) -> Any:
    if kind is Path:
        if not isinstance(value, str) or not value:
            raise ValueError("cần một đường dẫn trong dấu nháy")
        return base / Path(value).expanduser()
    raise ValueError(f"không đọc được kiểu {kind}")


_PROBLEMS = (
    (re.compile(r"Object contains unknown field `(.+)`"), "khóa lạ"),
    (re.compile(r"Object missing required field `(.+)`"), "thiếu khóa bắt buộc"),
)
_KINDS = {
    "str": "chuỗi trong dấu nháy",
    "int": "số nguyên",
    "float": "số",
    "bool": "true hoặc false",
    "array": "danh sách [ … ]",
    "object": "bảng",
    "null": "rỗng",
    "time": "giờ, ví dụ 07:30:00",
}


def _explained(file: Path, message: str) -> ConfigError:
    """Turn msgspec's sentence into one with the file, the key and what was expected."""
    problem, _, at = message.partition(" - at ")
    path = at.strip("`").removeprefix("$").lstrip(".")
    for pattern, words in _PROBLEMS:
        match = pattern.match(problem)
        if match:
            key = f"{path}.{match[1]}" if path else match[1]
            return ConfigError(file, key, words + (_suggestion(path, match[1]) if words == "khóa lạ" else ""))
    expected = re.fullmatch(r"Expected `(.+?)`, got `(.+?)`", problem)
    if expected:
        wanted = " hoặc ".join(_KINDS.get(kind.strip(), kind.strip()) for kind in expected[1].split("|"))
        problem = f"cần {wanted}, không phải {_KINDS.get(expected[2], expected[2])}"
    elif problem.startswith("Invalid enum value"):
        problem = f"giá trị {problem.removeprefix('Invalid enum value ')} không có; xem config.example.toml"
    return ConfigError(file, path, problem)


def _suggestion(path: str, key: str) -> str:
    """Name the keys that exist at `path`, the nearest first."""
    section: Any = Settings
    for name in re.sub(r"\[[^\]]*\]", "", path).split(".") if path else []:
        section = _struct_in(typing.get_type_hints(section).get(name)) if section else None
    if section is None:
        return ""
    near = difflib.get_close_matches(key, section.__struct_fields__, n=1)
    known = ", ".join(section.__struct_fields__)
    return f"; có phải “{near[0]}”?" if near else f"; các khóa có ở đây: {known}"


def _struct_in(kind: Any) -> Any:
    """Return the settings table inside `kind`: itself, or what a tuple of it holds."""
    candidates = [kind, *typing.get_args(kind)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, _Section)), None)


def _check(file: Path, settings: Settings) -> None:
    """Refuse what is well typed and still cannot be meant."""
    for index, source in enumerate(settings.sources):
        _check_source(file, f"sources[{index}]", source)
    for index, procedure in enumerate(settings.procedures):
        _check_procedure(file, f"procedures[{index}]", procedure)
    _refuse_twice(file, "units", [unit.code for unit in settings.units])
    _refuse_twice(file, "desks", [desk.code for desk in settings.desks])
    _refuse_twice(file, "sources", [source.name for source in settings.sources])
    known = {unit.code for unit in settings.units}
    for index, desk in enumerate(settings.desks):
        stranger = next((code for code in desk.units if code not in known), None)
        if stranger is not None:
            raise ConfigError(
                file, f"desks[{index}].units", f"không có đơn vị mã “{stranger}” trong [[units]]"
            )


def _check_source(file: Path, key: str, source: Source) -> None:
    if (source.folder is None) == (source.url is None):
        raise ConfigError(file, key, "cần đúng một trong hai khóa folder và url")
    if source.url is not None and not re.match(r"https?://[^/\s]+", source.url):
        raise ConfigError(file, f"{key}.url", f"“{source.url}” không phải địa chỉ http(s)")
    _check_words(file, f"{key}.status_words", source.status_words, Status)
    _check_words(file, f"{key}.channel_words", source.channel_words, Channel)


def _check_procedure(file: Path, key: str, procedure: Procedure) -> None:
    try:
        TimeLimit.parse(procedure.limit)
    except ValueError as e:
        raise ConfigError(file, f"{key}.limit", str(e)) from e
    if not procedure.code and not procedure.name:
        raise ConfigError(file, key, "cần code hoặc name của thủ tục")


def _refuse_twice(file: Path, key: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(file, key, f"“{twice}” có hai lần")


def _check_words(file: Path, key: str, words: dict[str, str], kind: type[Status] | type[Channel]) -> None:
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
