"""A space as a source: its pages are documents whose uris are addresses that stay as titles change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from pathlib import Path

from ingest.cancellation import Cancellation
from ingest.formats.readers import READERS, Readers, narrowed
from ingest.ignore import EVERYTHING, IgnoreRules, Patterns
from ingest.plan import ListedFile
from ingest.report import Failure
from ingest.sources.confluence.api import Api, NotFound
from ingest.sources.confluence.pages import BadAnswer, Page
from ingest.sources.contract import Content, Known, Listing, SourceUnavailable
from ingest.sources.places import Space as SpacePlace
from ingest.sources.remote import RequestFailed
from rag.errors import UnreadableDocument
from rag.ports.catalog import DocumentRecord
from rag.settings import ConfluenceSettings

_KEY = re.compile(r"~?[A-Za-z0-9._-]{1,255}\Z")
_ADDRESS = "/pages/viewpage.action?pageId="
_NOWHERE = Path("/")  # patterns are relative to it; nothing is read from there


class Space:
    """The current pages of a space that the token's owner sees.

    Pages that not everybody in the space may read, for their own restrictions or those of what they are
    under, are left out, or have readers, by the settings.

    Raises:
        SourceUnavailable: the place names no space.
    """

    def __init__(
        self,
        place: SpacePlace,
        settings: ConfluenceSettings,
        *,
        patterns: Patterns = EVERYTHING,
        cancellation: Cancellation | None = None,
    ) -> None:
        if not _KEY.match(place.key):
            raise SourceUnavailable(f"{place} names no space, as in confluence:HANDBOOK")
        self._place = place
        self._settings = settings
        self._cancellation = cancellation
        self._rules = IgnoreRules(_NOWHERE, patterns, lambda _: None)
        self._api: Api | None = None
        self._pages: dict[str, Page] = {}
        self._fingerprints: dict[str, str] = {}
        self._above: dict[str, Readers] = {}  # readers of what isn't among the pages, by id

    @property
    def name(self) -> str:
        return str(self._place)

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return [record for record in records if record.source == self.name]

    def list(self, known: Known) -> Listing:
        if self._settings.url is None:
            raise SourceUnavailable(f"{self.name} needs the address of Confluence: SAYWHERE_CONFLUENCE__URL")
        self._api = Api(self._settings.url, self._settings, self._cancellation)
        try:
            is_whole = self._read_pages(self._api, known.uris)
            readers = {key: self._readers(self._api, page) for key, page in self._pages.items()}
        except (RequestFailed, BadAnswer) as error:
            raise SourceUnavailable(f"{self.name} can't be listed: {error}") from None
        self._fingerprints = {key: _fingerprint(page, readers[key]) for key, page in self._pages.items()}
        left_out = {key for key, page in self._pages.items() if self._is_left_out(page, readers[key])}
        files = [
            ListedFile(uri=self._uri(key), key=key, size=0, fingerprint=fingerprint)
            for key, fingerprint in self._fingerprints.items()
            if key not in left_out
        ]
        ignored = frozenset(map(self._uri, left_out))
        failures = () if is_whole else (Failure(uri=self.name, reason=self._limit(), is_whole=True),)
        return Listing(
            files=tuple(sorted(files, key=lambda file: file.uri)),
            ignored=tuple(sorted(ignored)),
            failures=failures,
            complete=is_whole,
            gone=ignored,
        )

    def fetch(self, file: ListedFile) -> Content:
        """The page as people see it. Raises UnreadableDocument."""
        listed = self._pages[file.key]
        if self._api is None:
            raise UnreadableDocument(f"{file.uri} wasn't listed")
        try:
            page = self._api.page(file.key, with_body=True)
            readers = self._readers(self._api, page)
        except NotFound:
            raise UnreadableDocument(f"{listed.title} ({file.uri}) is gone since it was listed") from None
        except (RequestFailed, BadAnswer) as error:
            raise UnreadableDocument(f"{listed.title} ({file.uri}) can't be read: {error}") from None
        if _fingerprint(page, readers) != self._fingerprints[file.key]:
            raise UnreadableDocument(f"{page.title} ({file.uri}) changed since it was listed: run it again")
        head = f'<meta charset="utf-8"><title>{escape(page.title)}</title>'
        html = f"<!doctype html><html><head>{head}</head><body><main>{page.html}</main></body></html>"
        return Content(
            data=html.encode("utf-8", "replace"),
            name=f"{page.title.replace('/', ' ').strip('. ') or page.id}.html",
            media_type="text/html",
            title=page.title or None,
            metadata=_metadata(page, readers),
        )

    def close(self) -> None:
        if self._api is not None:
            self._api.close()

    def _read_pages(self, api: Api, known: frozenset[str]) -> bool:
        """Reads the list of pages; whether it is whole.

        A page may slip out of a list in parts when another is removed meanwhile: a known one that isn't
        listed is asked for by itself.
        """
        api.require_access(self._place.key)
        for page in api.pages(self._place.key):
            if len(self._pages) == self._settings.pages:
                return False
            self._pages[page.id] = page
        for uri in sorted(known):
            page_id = uri.rpartition("=")[2]
            if page_id in self._pages or not page_id.isalnum():
                continue
            try:
                page = api.page(page_id)
            except NotFound:
                continue
            if page.space.casefold() == self._place.key.casefold():
                self._pages[page.id] = page
        return True

    def _readers(self, api: Api, page: Page) -> Readers:
        """The groups that may see a page: those that it and all that it is under name."""
        above = [self._readers_above(api, content_id) for content_id, _ in page.ancestors]
        return narrowed(page.readers, *above)

    def _readers_above(self, api: Api, content_id: str) -> Readers:
        if content_id in self._pages:
            return self._pages[content_id].readers
        if content_id not in self._above:
            self._above[content_id] = api.readers(content_id)
        return self._above[content_id]

    def _is_left_out(self, page: Page, readers: Readers) -> bool:
        if readers is not None and self._settings.restricted == "skip":
            return True
        path = _NOWHERE.joinpath(*(title.replace("/", " ") for title in _titles(page)))
        return self._rules.ignores_with_parents(path)

    def _uri(self, page_id: str) -> str:
        return f"{self._settings.url}{_ADDRESS}{page_id}"

    def _limit(self) -> str:
        reason = f"{self.name} has more than {self._settings.pages:,} pages; the others are left"
        return f"{reason} (SAYWHERE_CONFLUENCE__PAGES)"


def _titles(page: Page) -> list[str]:
    return [title.strip() for _, title in page.ancestors if title.strip()] + [page.title]


def _metadata(page: Page, readers: Readers) -> Mapping[str, str]:
    above = _titles(page)[:-1]
    path = {"path": " / ".join(above)} if above else {}
    return path if readers is None else {**path, READERS: ", ".join(readers)}


def _fingerprint(page: Page, readers: Readers) -> str:
    """Equal as long as text, title, place and readers of a page are."""
    facts = [page.id, page.version, page.title, _titles(page), readers]
    return sha256(json.dumps(facts).encode()).hexdigest()
