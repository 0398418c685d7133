"""Keys in PKCS#11 devices: USB tokens and HSMs. A wrong PIN is never tried twice: devices lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, ObjectClass, TokenFlag
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pyhanko.sign.pkcs11 import PKCS11Signer

from latewatch.errors import LetterError
from latewatch.letters.signing.keys import Key


@dataclass(frozen=True, slots=True)
class Device:
    """A token, by its label, behind a vendor's module; and the label of certificate and key in it."""

    module: Path
    token: str = ""
    label: str = ""


@contextmanager
def key_in_token(device: Device, pin: str, where: str) -> Iterator[Key]:
    """Log in to a token once and give its key. What cannot work is refused before the PIN: LetterError."""
    token = _token(device, where)
    refuse_near_lock(token, where)
    with _logged_in(token, pin, where) as session:
        try:
            yield _key(session, device, where)
        except PKCS11Error as e:
            raise LetterError(
                f"{where}: thiết bị báo lỗi {type(e).__name__} khi ký; cắm lại rồi chạy lại."
            ) from e


def _token(device: Device, where: str) -> pkcs11.Token:
    try:
        slots = pkcs11.lib(str(device.module)).get_slots(token_present=True)
        tokens = [slot.get_token() for slot in slots]
    except (RuntimeError, PKCS11Error, OSError) as e:
        raise LetterError(
            f"{where}: không nạp được thư viện PKCS#11 {device.module}; cài phần mềm của thiết bị, sửa "
            "pkcs11_module."
        ) from e
    found = [token for token in tokens if not device.token or token.label == device.token]
    if len(found) == 1:
        return found[0]
    if found:
        raise LetterError(
            f"{where}: có {len(found)} thiết bị; đặt pkcs11_token cho đúng tên của một thiết bị."
        )
    called = f" “{device.token}”" if device.token else ""
    raise LetterError(f"{where}: không thấy thiết bị{called}; cắm thiết bị, kiểm tra pkcs11_token.")


def refuse_near_lock(token: pkcs11.Token, where: str) -> None:
    if TokenFlag.USER_PIN_LOCKED in token.flags:
        raise LetterError(f"{where}: PIN của thiết bị đã bị khóa; mở khóa bằng phần mềm của thiết bị.")
    if TokenFlag.USER_PIN_FINAL_TRY in token.flags:
        raise LetterError(
            f"{where}: thiết bị chỉ còn một lần thử PIN nên chương trình không thử; đăng nhập đúng một lần "
            "bằng phần mềm của thiết bị rồi chạy lại."
        )


@contextmanager
def _logged_in(token: pkcs11.Token, pin: str, where: str) -> Iterator[pkcs11.Session]:
    problem = "thiếu mã PIN; đặt pin_file hoặc pin_env" if not pin else ""
    session = None
    if pin:
        try:
            session = token.open(user_pin=pin)
        except (PinIncorrect, PinInvalid, PinLenRange):
            problem = (
                "thiết bị không nhận mã PIN; sửa pin_file, pin_env TRƯỚC khi chạy lại, sai vài lần là khóa"
            )
        except PinLocked:
            problem = "PIN của thiết bị đã bị khóa; mở khóa bằng phần mềm của thiết bị"
        except PKCS11Error as e:
            problem = f"không đăng nhập được thiết bị ({type(e).__name__}); cắm lại rồi chạy lại"
    if session is None:
        raise LetterError(f"{where}: {problem}.")  # outside `except`: no cause carries the PIN
    with session:
        yield session


def _key(session: pkcs11.Session, device: Device, where: str) -> Key:
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.CERTIFICATE}
    if device.label:
        wanted[Attribute.LABEL] = device.label
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        called = f" mang nhãn “{device.label}”" if device.label else ""
        raise LetterError(
            f"{where}: thiết bị có {len(found)} chứng thư{called}, cần đúng một; đặt pkcs11_label theo nhãn "
            "của chứng thư ký số."
        )
    certificate = x509.Certificate.load(found[0][Attribute.VALUE])
    number = found[0][Attribute.ID]
    _refuse_without_private(session, number, device.label, where)
    by = {"key_id": number} if number else {"key_label": device.label}
    return Key(certificate, PKCS11Signer(session, signing_cert=certificate, **by))


def _refuse_without_private(session: pkcs11.Session, number: bytes, label: str, where: str) -> None:
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    wanted |= {Attribute.ID: number} if number else {Attribute.LABEL: label}
    if len(list(session.get_objects(wanted))) != 1:
        raise LetterError(
            f"{where}: thiết bị không có đúng một khóa riêng đi cùng chứng thư; kiểm tra thiết bị."
        )
