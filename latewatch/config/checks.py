"""What is well typed and still cannot be meant: refused with file, key and cure."""

import re
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from latewatch.config.rules import catalogued
from latewatch.config.settings import Gateway, Letters, Procedure, Settings, Signer, Source
from latewatch.domain.catalogue import twice
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.letters.reasons import check_own, reason_of
from latewatch.domain.letters.register import OFFICE_REGISTER
from latewatch.domain.letters.text_message import FACTS, words_problem
from latewatch.domain.record import EventKind
from latewatch.errors import ConfigError, LetterError


def check(file: Path, settings: Settings) -> None:
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
