"""What went wrong with a mail server, in words that name the cure. Pure: reads errors, opens nothing.

Never in these words: the password, a whole address, the server's free text where it may repeat either.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from enum import Enum

from latewatch.errors import DeliveryError

Refusals = Mapping[str, tuple[int, bytes]]  # as smtplib reports them: address → code and text

_HOSTNAME_MISMATCH = 62  # X509_V_ERR_HOSTNAME_MISMATCH
_IP_MISMATCH = 64  # X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


class Step(Enum):
    """How far a session came, as a person calls it."""

    CONNECT = "kết nối"
    GREET = "chào hỏi"
    SECURE = "mã hóa kết nối"
    LOG_IN = "đăng nhập"
    MESSAGE = "gửi thư"


class PartialDeliveryError(DeliveryError):
    """Some recipients have the message and others were refused: sending it again would double it.

    `taken` counts those who have it.
    """

    def __init__(self, where: str, problem: str, taken: int) -> None:
        super().__init__(where, problem, passing=False)
        self.taken = taken


def explained(where: str, step: Step, error: Exception, timeout_seconds: float) -> DeliveryError:
    """Return `error` of `step` as a DeliveryError, passing where a later try may succeed."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(where, step, error)
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__
    if isinstance(error, ssl.SSLError):
        return DeliveryError(where, _tls_problem(error), passing=False)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return DeliveryError(where, _network_problem(error, step, timeout_seconds), passing=True)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        problem = (
            f"máy chủ thư ngắt kết nối khi {step.value}; sẽ thử lại, nếu lặp lại hãy xem nhật ký máy chủ"
        )
        return DeliveryError(where, problem, passing=True)
    return DeliveryError(where, _unsupported(step), passing=False)


def unknown(where: str, error: Exception, timeout_seconds: float) -> DeliveryError:
    """Return the error of a message that was handed over without an answer: it may have arrived."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        what = f"máy chủ thư không trả lời trong {timeout_seconds:g} giây"
    else:
        what = "mất kết nối"
    problem = f"{what} sau khi thư đã chuyển đi: không rõ máy chủ đã nhận chưa; hãy hỏi người nhận"
    return DeliveryError(where, problem, passing=True, doubtful=True)


def _answered(where: str, step: Step, error: smtplib.SMTPResponseException) -> DeliveryError:
    passing = 400 <= error.smtp_code < 500
    answer = _answer(error.smtp_code, error.smtp_error)
    if step is Step.LOG_IN and not passing:
        problem = (
            f"máy chủ thư từ chối đăng nhập ({answer}); hãy kiểm tra mail.username và mật khẩu "
            "trong mail.password_file hoặc mail.password_env"
        )
    elif isinstance(error, smtplib.SMTPSenderRefused) and not passing:
        problem = f"máy chủ thư không nhận người gửi ({answer}); hãy kiểm tra mail.sender"
    elif passing:
        problem = f"máy chủ thư tạm thời chưa nhận khi {step.value} ({answer}); sẽ thử lại sau"
    else:
        problem = (
            f"máy chủ thư từ chối khi {step.value} ({answer}); hãy hỏi người quản trị máy chủ thư với mã này"
        )
    is_about_it = step is Step.MESSAGE and not isinstance(error, smtplib.SMTPSenderRefused)
    return DeliveryError(where, problem, passing=passing, personal=is_about_it)


def _answer(code: int, text: bytes | str) -> str:
    """Return the reply code, with the enhanced one of RFC 3463 where there is one; never the free text."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    enhanced = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", words)
    return f"mã {code} {enhanced[1]}" if enhanced else f"mã {code}"


def _tls_problem(error: ssl.SSLError) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"không mã hóa được kết nối ({error.reason or 'TLS'}); hãy kiểm tra mail.security và mail.port "
            '(587 đi với "starttls", 465 đi với "tls")'
        )
    if error.verify_code in (_HOSTNAME_MISMATCH, _IP_MISMATCH):
        return "chứng chỉ TLS không mang tên máy chủ này; hãy đặt mail.host đúng tên ghi trong chứng chỉ"
    if error.verify_code == _EXPIRED:
        return (
            "chứng chỉ TLS của máy chủ thư đã hết hạn; hãy gia hạn chứng chỉ, và xem lại ngày giờ của máy này"
        )
    return (
        "không xác minh được chứng chỉ TLS của máy chủ thư; nếu cơ quan dùng chứng chỉ gốc riêng, "
        "hãy đặt mail.ca_file là tệp PEM của chứng chỉ gốc đó"
    )


def _network_problem(error: OSError, step: Step, timeout_seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return (
            f"máy chủ thư không trả lời trong {timeout_seconds:g} giây khi {step.value}; hãy kiểm tra "
            'mail.port, tường lửa, và mail.security (cổng 465 cần "tls")'
        )
    if isinstance(error, ConnectionRefusedError):
        return (
            "máy chủ thư từ chối kết nối; hãy kiểm tra mail.host, mail.port và máy chủ thư có đang chạy không"
        )
    if isinstance(error, socket.gaierror):
        return "không tìm thấy máy chủ thư theo tên; hãy kiểm tra mail.host và mạng (DNS)"
    reason = error.strerror or type(error).__name__
    return f"mất kết nối với máy chủ thư khi {step.value} ({reason}); hãy kiểm tra mạng"


def _unsupported(step: Step) -> str:
    if step is Step.LOG_IN:
        return (
            "không đăng nhập được: máy chủ thư không có cách đăng nhập nào dùng được, hoặc tên, mật khẩu "
            "có ký tự ngoài ASCII; hãy để trống mail.username nếu máy chủ không cần đăng nhập"
        )
    if step is Step.CONNECT:
        return "tên máy chủ thư không hợp lệ; hãy kiểm tra mail.host"
    return f"máy chủ thư thiếu tính năng cần khi {step.value}; hãy hỏi người quản trị máy chủ thư"


def all_refused(where: str, to: list[str], refused: Refusals) -> DeliveryError:
    """Return the error for a message nobody has; passing where every answer was 4xx."""
    passing = all(400 <= code < 500 for code, _ in refused.values())
    cure = (
        "sẽ thử lại sau" if passing else "hãy kiểm tra địa chỉ (của quầy: mail_to) và quyền gửi của tài khoản"
    )
    problem = f"máy chủ thư không nhận người nhận: {_which(to, refused)}; {cure}"
    return DeliveryError(where, problem, passing=passing, personal=True)


def partly_refused(where: str, to: list[str], refused: Refusals) -> PartialDeliveryError:
    """Return the error for a message that only some of `to` have."""
    taken = len([address for address in to if address not in refused])
    problem = (
        f"{taken} người nhận đã có thư, {len(refused)} bị từ chối: {_which(to, refused)}; "
        "hãy sửa địa chỉ trong mail_to, không cần gửi lại cho người đã nhận"
    )
    return PartialDeliveryError(where, problem, taken)


def _which(to: list[str], refused: Refusals) -> str:
    """Name the refused by their place in the list and masked: an address is personal data."""
    return ", ".join(
        f"{_place(address, to)} {masked(address)} ({_answer(*answer)})" for address, answer in refused.items()
    )


def _place(address: str, to: list[str]) -> str:
    return f"người nhận thứ {to.index(address) + 1}" if address in to else "người nhận"


def masked(address: str) -> str:
    """Return the address with all but the first letter of its local part hidden."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
