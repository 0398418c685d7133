"""Who asks: a token that was given once, or one that OpenID Connect gives out for a while."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from latewatch.config import Source, secret
from latewatch.errors import SourceError
from latewatch.sources.http import Refused, bearer, explained, one_line, patiently, shown

T = TypeVar("T")

LEEWAY = 5  # seconds before its end at which a token is renewed
LARGEST_TOKEN = 64 * 1024  # bytes


class Credentials(Protocol):
    """What stands in the header of each request."""

    def header(self) -> str:
        """Return what proves who asks; empty where nothing does. Raises SourceError and ConfigError."""

    def renew(self) -> bool:
        """Look for something newer, after a 401; tell whether there is."""


def credentials_of(source: Source, client: httpx.Client) -> Credentials:
    """Return the credentials `source` names. Raises ConfigError where they are not there."""
    return ClientCredentials(source, client) if source.token_url else GivenToken(source)


def asked(source: Source, credentials: Credentials, ask: Callable[[], T]) -> T:
    """Return what `ask` gives, patiently; after a 401 once more, where there is something newer to show."""
    try:
        return patiently(source, ask)
    except Refused as e:
        if e.status != HTTPStatus.UNAUTHORIZED or not credentials.renew():
            raise
        return patiently(source, ask)


class GivenToken:
    """The token of a file or of the environment, or none; a file may be written anew while a run lasts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._header = bearer(source)

    def header(self) -> str:
        return self._header

    def renew(self) -> bool:
        before, self._header = self._header, bearer(self._source)
        return self._header != before


class ClientCredentials:
    """OpenID Connect, client credentials: the token is asked for when needed, and again when it expires."""

    def __init__(self, source: Source, client: httpx.Client) -> None:
        key = "client_secret_file" if source.client_secret_file else "client_secret_env"
        self._address = source.token_url or ""
        self._source = source
        self._oauth = OAuth2Client(
            _Session(client, source),
            client_id=source.client_id,
            client_secret=one_line(
                source, key, secret("client_secret", source.client_secret_file, source.client_secret_env)
            ),
            scope=source.scope or None,
        )

    def header(self) -> str:
        token = self._oauth.token
        if token is None or token.is_expired(leeway=LEEWAY):
            token = self._fetch()
        return f"Bearer {token['access_token']}"

    def renew(self) -> bool:
        self._fetch()
        return True

    def _fetch(self) -> Any:
        """Ask for a token. What the server says of a refusal may hold anything, so only its kind is told."""
        where = shown(self._address)
        try:
            with explained(self._source, where):
                token = self._oauth.fetch_token(self._address, grant_type="client_credentials")
        except OAuth2Error as e:
            kind = e.error if re.fullmatch(r"[a-z_]{1,40}", str(e.error)) else "không rõ lý do"
            problem = f"không cấp mã truy cập ({kind}); kiểm tra client_id, client_secret và scope của nguồn"
            raise SourceError(where, problem) from None
        except (ValueError, TypeError, RecursionError):
            raise SourceError(where, _NO_TOKEN) from None
        if not re.fullmatch(r"[!-~]+", str(token.get("access_token") or "")):
            raise SourceError(where, _NO_TOKEN)
        return token


_NO_TOKEN = "trả lời không có mã truy cập; kiểm tra khóa token_url của nguồn"  # noqa: S105  a message


class _Session:
    """The way a request for a token takes: as patient as the others, and never to another address."""

    def __init__(self, client: httpx.Client, source: Source) -> None:
        self._client = client
        self._source = source

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> "_Answer":
        url, signed, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return patiently(self._source, lambda: self._send(url, signed, body))

    def _send(self, url: str, headers: Mapping[str, str], body: str) -> "_Answer":
        with self._client.stream(
            "POST", url, headers=dict(headers), content=body, follow_redirects=False
        ) as response:
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST_TOKEN:
                    raise SourceError(shown(url), _NO_TOKEN)
            if not response.is_success and not _is_told(content):
                raise Refused(response)
            return _Answer(response.status_code, content)


class _Answer:
    """As much of an answer as authlib looks at."""

    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code = status_code
        self._content = content

    def json(self) -> Any:
        return msgspec.json.decode(self._content)

    def raise_for_status(self) -> None:
        """Nothing: what was refused does not come this far."""


def _is_told(content: bytes) -> bool:
    """Tell whether a refusal says why, as RFC 6749, section 5.2 has it."""
    try:
        return isinstance(msgspec.json.decode(content, type=dict[str, Any]).get("error"), str)
    except (msgspec.DecodeError, RecursionError):
        return False
