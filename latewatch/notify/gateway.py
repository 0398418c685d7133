"""The HTTP gateway that takes text messages: SMS under a brand name, or Zalo ZNS.

Neither the token nor a telephone number is in any message, log or traceback.
"""

import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from latewatch.errors import ConfigError, DeliveryError

for _name in ("httpx", "httpcore"):  # their finer lines show headers
    logging.getLogger(_name).setLevel(logging.WARNING)

LONGEST_ANSWER = 64 * 1024  # bytes; what answers more is no gateway
_CURES = {
    401: "cổng không nhận mã truy cập; hãy kiểm tra gateway.token_file hoặc gateway.token_env",
    403: "mã truy cập không có quyền gửi; hãy xin quyền ở nhà cung cấp",
    404: "không có cổng ở địa chỉ này; hãy kiểm tra gateway.url",
    407: "máy chủ trung gian (proxy) đòi đăng nhập; hãy kiểm tra gateway.proxy",
    410: "địa chỉ này không còn nữa; hãy kiểm tra gateway.url",
}
_ABOUT_THE_MESSAGE = (400, 409, 413, 422)
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_MAY_HAVE_PASSED = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)  # said by who stands in between


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text message: to an `84…` number, `tracking_id` telling repeats apart."""

    phone: str = field(repr=False)
    tracking_id: str
    text: str = ""  # of an SMS
    data: Mapping[str, str] = field(default_factory=dict)  # of a template


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Where text messages go. `token` is asked for with each message: another program may renew it."""

    url: str
    kind: Literal["sms", "zns"]
    token: Callable[[], str] = field(repr=False)
    template_id: str = ""
    brand: str = ""
    repeats_safely: bool = False
    later_codes: tuple[str, ...] = ()
    timeout_seconds: float = 30.0
    ca_file: Path | None = None
    proxy: str | None = None

    @property
    def where(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def client(self) -> httpx.Client:
        """Return a client with the certificate and the proxy of the settings. Raises ConfigError."""
        try:
            tls = ssl.create_default_context(cafile=self.ca_file)
        except OSError:  # ssl.SSLError is one
            problem = f"không đọc được chứng chỉ gốc {self.ca_file}: cần một tệp PEM đọc được"
            raise ConfigError("[gateway]", "ca_file", problem) from None
        try:
            return httpx.Client(timeout=self.timeout_seconds, verify=tls, proxy=self.proxy)
        except (httpx.InvalidURL, ValueError):
            raise ConfigError("[gateway]", "proxy", "địa chỉ proxy không hợp lệ") from None

    def request(self, client: httpx.Client, message: TextMessage) -> httpx.Request:
        """Compose the request: nothing has left yet. Raises ConfigError where the token is not there."""
        token = self.token()
        if not re.fullmatch(r"[!-~]*", token):
            problem = "mã bí mật có dấu cách, xuống dòng hoặc chữ có dấu; hãy chép lại đúng một dòng"
            raise ConfigError("[gateway]", "token", problem)
        name, value = ("access_token", token) if self.kind == "zns" else ("Authorization", f"Bearer {token}")
        headers = {"User-Agent": "latewatch", **({name: value} if token else {})}
        return client.build_request("POST", self.url, json=self._body(message), headers=headers)

    def _body(self, message: TextMessage) -> dict[str, Any]:
        if self.kind == "zns":
            own: dict[str, Any] = {"template_id": self.template_id, "template_data": dict(message.data)}
        else:
            own = {"brand": self.brand, "message": message.text}
        return {"phone": message.phone, **own, "tracking_id": message.tracking_id}

    def hand_over(self, client: httpx.Client, request: httpx.Request) -> str:
        """Send the request; return what the gateway said when it took the message.

        Raises DeliveryError: passing, for good, or doubtful where it may have been taken all the same.
        """
        try:
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                return self._answered(response, self._read(response))
            finally:
                response.close()
        except httpx.HTTPError as e:
            raise self._broken(e) from None

    def _read(self, response: httpx.Response) -> bytes:
        """Return the answer's body, or none where it is too large or drips: then its sense is not known."""
        body, end = b"", time.monotonic() + 2 * self.timeout_seconds
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LONGEST_ANSWER or time.monotonic() > end:
                return b""
        return body

    def _answered(self, response: httpx.Response, body: bytes) -> str:
        if response.is_success:
            return self._read_sense(body)
        status = response.status_code
        if status in _MAY_HAVE_PASSED:
            raise self._doubt(f"trả lời HTTP {status}")
        later = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)
        if status in later or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            problem = f"trả lời HTTP {status}: cổng chưa nhận; sẽ thử lại sau"
            raise DeliveryError(self.where, problem, passing=True, retry_after=_retry_after(response))
        cure = _CURES.get(status, "cổng từ chối tin; hãy hỏi nhà cung cấp với mã này")
        raise DeliveryError(
            self.where,
            f"trả lời HTTP {status}: {cure}",
            passing=False,
            personal=status in _ABOUT_THE_MESSAGE,
        )

    def _read_sense(self, body: bytes) -> str:
        """Read `{"error": 0, "data": {"msg_id": …}}`: zero is taken, another number is the reason why not."""
        try:
            answer = json.loads(body)
            code = str(answer["error"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise self._doubt("nhận yêu cầu nhưng trả lời không hiểu được", repeats=False) from None
        if code == "0":
            called = _called(answer)
            return f"mã 0, cổng gọi là {called}" if called else "mã 0"
        known = code if re.fullmatch(r"[\w-]{1,20}", code) else "lạ"
        passing = code in self.later_codes
        cure = "sẽ thử lại sau" if passing else "hãy tra mã này ở tài liệu của nhà cung cấp"
        raise DeliveryError(self.where, f"trả lời mã {known}: {cure}", passing=passing, personal=not passing)

    def _doubt(self, what: str, *, repeats: bool = True) -> DeliveryError:
        """Return the error of a message that may have been taken; one who knows repeats is asked again."""
        if self.repeats_safely and repeats:
            return DeliveryError(self.where, f"{what}; sẽ gửi lại cùng mã theo dõi", passing=True)
        problem = f"{what}: không rõ đã nhận tin chưa; hãy tra ở nhà cung cấp"
        return DeliveryError(self.where, problem, passing=False, doubtful=True)

    def _broken(self, error: httpx.HTTPError) -> DeliveryError:
        if "[SSL" in str(error):
            problem = "không xác minh được TLS của cổng; dùng chứng chỉ gốc riêng thì đặt gateway.ca_file"
            return DeliveryError(self.where, problem, passing=False)
        if isinstance(error, httpx.UnsupportedProtocol):
            return DeliveryError(self.where, "không phải địa chỉ http(s); hãy sửa gateway.url", passing=False)
        if isinstance(error, _NEVER_LEFT):
            problem = f"không kết nối được ({type(error).__name__}); hãy kiểm tra mạng và gateway.url"
            return DeliveryError(self.where, problem, passing=True)
        return self._doubt(f"đứt giữa chừng ({type(error).__name__})")


def _called(answer: Any) -> str:
    """Return what the gateway calls the message, where it says so in a form that can be shown."""
    data = answer.get("data")
    for place in (data if isinstance(data, dict) else {}, answer):
        for name in ("msg_id", "id"):
            if re.fullmatch(r"[\w.-]{1,64}", str(place.get(name) or "")):
                return str(place[name])
    return ""


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds the gateway asks to wait, which it gives as a number or as a moment."""
    text = response.headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers["date"])
    except (ValueError, KeyError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)
