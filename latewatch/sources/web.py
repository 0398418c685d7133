"""A spreadsheet behind an HTTP(S) address: asked for only when newer."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx

from latewatch.config import Source
from latewatch.domain.names import tidy
from latewatch.errors import SourceError
from latewatch.sources.credentials import asked, credentials_of
from latewatch.sources.delivery import Delivery
from latewatch.sources.http import Refused, chunks, explained, new_client, shown


def fetch(source: Source, cursor: Mapping[str, str], folder: Path) -> Delivery | None:
    """Load the file at `source.url` into `folder`; return None where it has not changed since `cursor`.

    Raises SourceError, and ConfigError where a secret that the source names is not there.
    """
    with new_client(source) as client, explained(source, shown(source.url or "")):
        credentials = credentials_of(source, client)
        return asked(
            source, credentials, lambda: _get(client, source, _headers(credentials.header(), cursor), folder)
        )


def _get(client: httpx.Client, source: Source, headers: Mapping[str, str], folder: Path) -> Delivery | None:
    url = source.url or ""
    auth = httpx.Auth() if "Authorization" in headers else None  # a token goes before the user of the address
    with client.stream("GET", url, headers=dict(headers), auth=auth) as response:
        is_conditional = "If-None-Match" in headers or "If-Modified-Since" in headers
        if response.status_code == HTTPStatus.NOT_MODIFIED and is_conditional:
            return None
        if not response.is_success:
            raise Refused(response)
        if "text/html" in response.headers.get("content-type", ""):
            raise SourceError(
                shown(url),
                "trả về trang web, không phải bảng tính; có thể là trang đăng nhập; kiểm tra mã truy cập",
            )
        path = folder / "download"
        sha256 = _save(response, path, source)
        return Delivery(_file_name(url), path, sha256, _cursor(response))


def _save(response: httpx.Response, path: Path, source: Source) -> str:
    """Write the body to `path`, and return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks(response, source, shown(source.url or "")):
            file.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()


def _headers(proof: str, cursor: Mapping[str, str]) -> dict[str, str]:
    found = {
        "If-None-Match": cursor.get("etag"),
        "If-Modified-Since": cursor.get("last_modified"),
        "Authorization": proof,
    }
    return {name: value for name, value in found.items() if value}


def _cursor(response: httpx.Response) -> dict[str, str]:
    found = {"etag": response.headers.get("etag"), "last_modified": response.headers.get("last-modified")}
    return {name: value for name, value in found.items() if value and value.isascii()}


def _file_name(url: str) -> str:
    return tidy(PurePosixPath(unquote(urlsplit(url).path)).name) or "export"
