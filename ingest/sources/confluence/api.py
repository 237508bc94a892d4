"""The REST API of Confluence that its cloud and its data centre share: version 1, under ``/rest/api``."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from urllib.parse import quote, urlsplit

import httpx

from ingest.cancellation import Cancellation
from ingest.formats.readers import Readers
from ingest.sources.confluence.pages import (
    BadAnswer,
    Page,
    is_anonymous,
    read_page,
    read_pages,
    read_restriction,
)
from ingest.sources.remote import Remote, RequestFailed
from rag.settings import ConfluenceSettings

_EXPAND = "version,space,ancestors,restrictions.read.restrictions.user,restrictions.read.restrictions.group"
_BODY = "body.export_view"  # as people see it: macros carried out, addresses whole
_AT_ONCE = 100  # pages in one answer
_BYTES = 50_000_000


class NotFound(RequestFailed):
    """Confluence answers 404: it isn't there, or who asks may not see it."""


class Api:
    """Confluence at an address. What it answers and is none of the API raises BadAnswer."""

    def __init__(
        self, url: str, settings: ConfluenceSettings, cancellation: Cancellation | None = None
    ) -> None:
        self._url = url
        self._context = urlsplit(url).path
        self._has_token = settings.token is not None
        self._remote = Remote(
            f"Confluence at {url}",
            _auth(settings),
            seconds=settings.request_seconds,
            headers={"Accept": "application/json"},
            cancellation=cancellation,
        )

    def require_access(self, space: str) -> None:
        """Raises RequestFailed: the token isn't taken, or its owner doesn't see the space."""
        if self._has_token and is_anonymous(self._get("/rest/api/user/current")):
            raise RequestFailed(f"{self._url} doesn't take the token (SAYWHERE_CONFLUENCE__TOKEN)")
        try:
            self._get(f"/rest/api/space/{quote(space, safe='~')}")
        except NotFound:
            reason = f"there is no space {space} at {self._url} that the token's owner may see"
            raise RequestFailed(reason) from None

    def pages(self, space: str) -> Iterator[Page]:
        """The current pages of a space, without their bodies. Raises RequestFailed."""
        link = f"/rest/api/content?spaceKey={quote(space)}&type=page&status=current&limit={_AT_ONCE}"
        link += f"&expand={_EXPAND}"
        seen: set[str] = set()
        while link:
            if link in seen:
                raise RequestFailed(f"{self._url} repeats itself")
            seen.add(link)
            part = read_pages(self._get(link))
            yield from part.pages
            link = self._followed(part.next_link)

    def page(self, page_id: str, *, with_body: bool = False) -> Page:
        """One page. Raises NotFound, or another RequestFailed."""
        expand = f"{_EXPAND},{_BODY}" if with_body else _EXPAND
        return read_page(self._get(f"/rest/api/content/{quote(page_id)}?expand={expand}"))

    def readers(self, content_id: str) -> Readers:
        """The groups that may read something that pages are under; nobody where that isn't told."""
        link = f"/rest/api/content/{quote(content_id)}/restriction/byOperation/read"
        try:
            return read_restriction(self._get(f"{link}?expand=restrictions.user,restrictions.group"))
        except (RequestFailed, BadAnswer):
            return ()

    def close(self) -> None:
        self._remote.close()

    def _followed(self, link: str) -> str:
        """A link to further pages, without host and context, of which answers have one or not."""
        if not link:
            return ""
        parts = urlsplit(link)
        path = parts.path
        if self._context and path.startswith(f"{self._context}/rest/"):
            path = path.removeprefix(self._context)
        if not path.startswith("/rest/api/"):
            raise RequestFailed(f"{self._url} leads elsewhere for further pages")
        return f"{path}?{parts.query}"

    def _get(self, link: str) -> bytes:
        reply = self._remote.get(self._url + link, max_bytes=_BYTES)
        if reply.status == 200:
            return reply.body
        if reply.status == 404:
            raise NotFound(f"{self._url} has nothing there")
        raise RequestFailed(f"{self._url} {_REASONS.get(reply.status, f'answers {reply.status}')}")


_LEADS_ELSEWHERE = "leads elsewhere: is SAYWHERE_CONFLUENCE__URL right, in the cloud with /wiki?"
_REASONS = {
    **dict.fromkeys((301, 302, 303, 307, 308), _LEADS_ELSEWHERE),
    401: "doesn't take the token (SAYWHERE_CONFLUENCE__TOKEN; in the cloud with …__EMAIL, else without)",
    403: "doesn't let the token's owner in",
    410: "doesn't have this API any more",
}


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["authorization"] = self._header
        yield request


def _auth(settings: ConfluenceSettings) -> httpx.Auth | None:
    if settings.token is None:
        return None
    token = settings.token.get_secret_value()
    return httpx.BasicAuth(settings.email, token) if settings.email is not None else _Bearer(token)
