"""The robots.txt of each origin of a site, read when it is first needed."""

from __future__ import annotations

from urllib.parse import urlsplit

from ingest.sources.contract import SourceUnavailable
from ingest.sources.site.addresses import Scope, normal_url
from ingest.sources.site.fetcher import REDIRECTS, Fetcher, FetchFailed
from ingest.sources.site.found import MAX_HOPS
from ingest.sources.site.robots import MAX_BYTES, NO_RULES, Robots, robots_of


class SiteRobots:
    """Reads rules once for each origin.

    Args:
        scope: a robots.txt that is redirected out of it counts as none.
        user_agent: whose rules these are.
    """

    def __init__(self, fetcher: Fetcher, scope: Scope, user_agent: str) -> None:
        self._fetcher = fetcher
        self._scope = scope
        self._user_agent = user_agent
        self._by_origin: dict[str, Robots] = {}

    def of(self, url: str) -> Robots:
        """The rules of a site. Without an answer it isn't known what is allowed (RFC 9309, 2.3.1.4).

        Raises:
            SourceUnavailable: it can't be told.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._by_origin:
            self._by_origin[origin] = self._read(f"{origin}/robots.txt")
        return self._by_origin[origin]

    def _read(self, url: str) -> Robots:
        for _ in range(MAX_HOPS):
            try:
                reply = self._fetcher.get(url, max_bytes=MAX_BYTES)
            except FetchFailed as error:
                raise SourceUnavailable(str(error)) from None
            if reply.status == 200:
                return robots_of(reply.body.decode("utf-8", "replace"), self._user_agent)
            if reply.status in REDIRECTS:
                target = normal_url(reply.headers.get("location", ""), url)
                if target is None or target not in self._scope:
                    return NO_RULES
                url = target
            elif 400 <= reply.status < 500 and reply.status != 429:
                return NO_RULES
            else:
                raise SourceUnavailable(f"{url} can't be read: the site answers {reply.status}")
        return NO_RULES
