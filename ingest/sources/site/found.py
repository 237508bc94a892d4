"""What a crawl finds of a site: pages, redirects, and what was left out, gone or failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ingest.report import Failure

MAX_HOPS = 5  # redirects behind a link


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be a document. ``at``: where its bytes are in the spool; None where they are unchanged."""

    url: str
    name: str
    fingerprint: str
    size: int
    at: int | None = None
    canonical: str | None = None


@dataclass(slots=True)
class Found:
    """What a crawl found, by address.

    ``redirects`` are (target, whether it is permanent); ``incomplete``: pages may be there that weren't seen.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    redirects: dict[str, tuple[str, bool]] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)
    incomplete: bool = False

    def fail(self, url: str, reason: str, *, hides: bool = True) -> None:
        """Notes a failure; one that ``hides`` pages may have kept others from being seen."""
        self.failures[url] = reason
        self.incomplete |= hides

    def reported(self) -> tuple[Failure, ...]:
        return tuple(Failure(uri=url, reason=reason) for url, reason in sorted(self.failures.items()))

    def resolve_canonicals(self, known: Collection[str]) -> None:
        """Drops pages that name another one as theirs, where that one was found, or failed and is stored.

        Args:
            known: addresses of stored documents.
        """
        for url, page in list(self.pages.items()):
            canonical = page.canonical
            if canonical is None or canonical == url:
                continue
            target = self._target(canonical)
            other = self.pages.get(target)
            is_final = other is not None and other.canonical in (None, target, canonical)
            if target != url and (is_final or (target in self.failures and target in known)):
                del self.pages[url]
                self.ignored.add(url)

    def check_redirects(self, *, hides: bool) -> None:
        """A circle of redirects is a failure of each address in it: nothing is known to be gone."""
        for url in self.redirects:
            if self._target(url) in self.redirects:
                self.fail(url, f"{url} is redirected in a circle", hides=hides)

    def _target(self, url: str) -> str:
        """Where redirects lead; an address that is redirected itself where they form a circle."""
        for _ in range(MAX_HOPS + 2):
            if url not in self.redirects:
                break
            url = self.redirects[url][0]
        return url
