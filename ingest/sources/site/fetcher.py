"""Asks a site for one address at a time: politely, within bounds, where its host was checked to be.

Redirects aren't followed here, cookies aren't kept, and no proxy of the environment is used, as it would look
names up itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from time import monotonic

import httpx

from ingest.cancellation import Cancellation
from ingest.sources.connections import Connections
from ingest.sources.retry_after import retry_after
from ingest.sources.site.hosts import Hosts, RefusedHost
from rag.settings import SiteSettings

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses of a reply that leads to another address."""
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0
_TRIES = 3
_LONGEST_WAIT = 60.0  # seconds, that a site may ask for before another try
_BUSY = frozenset({429, 503})
_CHUNK = 65_536


class FetchFailed(Exception):
    """An address gave nothing that can be used; the message says why."""


class Hopeless(FetchFailed):
    """Asking again would end the same: a refused host, a body that is too large or too slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A site's answer. ``body`` is unpacked; it is empty where the status isn't 200."""

    url: str
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def media_type(self) -> str:
        """Without parameters, in small letters; empty where the site says nothing."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that the site says; else empty."""
        for parameter in str(self.headers.get("content-type", "")).split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'").lower()
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a site told its version of a page by; empty where it told nothing."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, reply: Reply) -> Validators:
        headers = reply.headers
        return cls(etag=headers.get("etag", "")[:500], modified=headers.get("last-modified", "")[:100])

    def headers(self) -> dict[str, str]:
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in pairs.items() if value}


class Fetcher:
    """Asks one site. Not safe to use from two threads.

    >>> Fetcher(SiteSettings(), Hosts()).get("https://docs.example.com/", max_bytes=1000)  # doctest: +SKIP
    """

    def __init__(
        self, settings: SiteSettings, hosts: Hosts, cancellation: Cancellation | None = None
    ) -> None:
        self._settings = settings
        self._cancellation = cancellation or Cancellation()
        self._transport = _Pinned(hosts)
        self._client = httpx.Client(
            transport=self._transport,
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            headers={
                "User-Agent": user_agent(settings.user_agent),
                "Accept": "text/html, application/xhtml+xml, text/*;q=0.9, */*;q=0.8",
                "Accept-Encoding": "gzip",
            },
            follow_redirects=False,
            trust_env=False,
        )
        self._next = 0.0
        self.delay = settings.delay_seconds

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, *, max_bytes: int, validators: Validators | None = None) -> Reply:
        """The answer of one address. What a site is too busy for, or fails at, is asked again twice.

        Args:
            max_bytes: of the body, unpacked.

        Raises:
            FetchFailed: no answer, or one that is broken, too slow or too large.
            Cancelled: the work was asked to stop.
        """
        for attempt in range(1, _TRIES + 1):
            self._wait(max(0.0, self._next - monotonic()))
            wait = float(2**attempt) * min(1.0, 10 * self.delay)
            try:
                reply = self._ask(url, max_bytes, validators)
            except Hopeless:
                raise
            except FetchFailed:
                if attempt == _TRIES:
                    raise
            else:
                if reply.status < 500 and reply.status not in _BUSY:
                    return reply
                wait = max(wait, retry_after(reply.headers.get("retry-after", "")))
                if attempt == _TRIES or wait > _LONGEST_WAIT:
                    return reply
            finally:
                self._next = monotonic() + self.delay
            self._wait(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, url: str, max_bytes: int, validators: Validators | None) -> Reply:
        self._client.cookies.clear()  # one page's cookie must not change the next
        connections, seconds = self._transport.connections, self._settings.page_seconds
        with connections.within(seconds, self._cancellation) as late:
            try:
                with self._client.stream(
                    "GET", url, headers=validators.headers() if validators else None
                ) as got:
                    body = b"".join(self._body(got, max_bytes)) if got.status_code == 200 else b""
                    return Reply(url=url, status=got.status_code, headers=got.headers, body=body)
            except RefusedHost as error:
                raise Hopeless(str(error)) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                self._cancellation.raise_if_set()
                if late.is_set():
                    raise Hopeless(f"{url} took longer than {seconds:g} seconds") from None
                raise FetchFailed(f"{url} can't be reached: {error or type(error).__name__}") from None

    def _body(self, reply: httpx.Response, max_bytes: int) -> Iterator[bytes]:
        """The body in parts, unpacked within the limit."""
        coding = reply.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise FetchFailed(f"{reply.url} is packed as {coding}, which wasn't asked for")
        unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        size = 0
        for raw in reply.iter_raw(_CHUNK):
            self._cancellation.raise_if_set()
            try:
                part = unpack.decompress(raw, max_bytes - size + 1) if unpack else raw
            except zlib.error:
                raise FetchFailed(f"{reply.url}: its gzip data is damaged") from None
            size += len(part)
            if size > max_bytes:
                raise Hopeless(f"{reply.url} has more than {max_bytes:,} bytes")
            yield part
        if unpack is not None and not unpack.eof and size:
            raise FetchFailed(f"{reply.url}: its gzip data is cut off")

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._cancellation.wait(seconds)
        self._cancellation.raise_if_set()


def user_agent(name: str) -> str:
    """A name as sites see it: with the program's version, unless the name has one.

    >>> user_agent("Example/2 (+mailto:a@b.example)")
    'Example/2 (+mailto:a@b.example)'
    """
    word, space, rest = name.partition(" ")
    if "/" in word:
        return name
    try:
        return f"{word}/{version('saywhere')}{space}{rest}"
    except PackageNotFoundError:
        return name


class _Pinned(httpx.BaseTransport):
    """Connects to the addresses that a host was checked at; name and certificate stay the host's."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._transports: dict[str, httpx.HTTPTransport] = {}
        self.connections = Connections()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = self._hosts.addresses(host)
        transport = self._transports.setdefault(host, httpx.HTTPTransport(trust_env=False))
        url = request.url
        for address in addresses:
            request.url = url.copy_with(host=address)
            request.extensions = {
                **request.extensions,
                "sni_hostname": host,
                "trace": self.connections.trace,
            }
            try:
                return transport.handle_request(request)
            except httpx.ConnectError:
                if address == addresses[-1]:
                    raise
            finally:
                request.url = url
        raise httpx.ConnectError(f"{host} has no address")

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()
