"""The time stamp server (RFC 3161): who says when a signature was made."""

import ssl
from pathlib import Path

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from latewatch.errors import LetterError

WAIT_SECONDS = 20.0  # a person waits for the signature
_LARGEST = 100_000  # bytes; an answer with a chain of certificates has some 6 000
_TYPES = ("application/timestamp-query", "application/timestamp-reply")


class TimeStampServer(TimeStamper):
    """Asks one server over HTTP(S). What it answers is judged by whoever verifies the signature."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._trust = _tls(ca_file)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Raises LetterError where there is no usable answer."""
        try:
            with httpx.Client(verify=self._trust, timeout=WAIT_SECONDS) as client:
                answer = client.post(self._url, content=req.dump(), headers={"Content-Type": _TYPES[0]})
        except (httpx.HTTPError, httpx.InvalidURL) as e:
            raise _failed(f"không trả lời ({type(e).__name__})") from e
        if answer.status_code != httpx.codes.OK:
            raise _failed(f"trả lời HTTP {answer.status_code}")
        if len(answer.content) > _LARGEST:
            raise _failed("trả lời quá dài")
        try:
            return tsp.TimeStampResp.load(answer.content, strict=True)
        except ValueError as e:
            raise _failed("trả lời không phải dấu thời gian") from e


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as e:
            raise LetterError(f"signing.timestamp_ca_file: không đọc được chứng thư gốc {ca_file}.") from e
    return context


def _failed(problem: str) -> LetterError:
    return LetterError(
        f"máy chủ dấu thời gian {problem}; chưa ký gì, chạy lại khi máy chủ hoạt động, hoặc sửa "
        "signing.timestamp_url."
    )
