"""A bucket as a source: its objects are documents whose uris are ``s3://bucket/key``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ingest import formats
from ingest.cancellation import Cancellation
from ingest.ignore import EVERYTHING, IgnoreRules, Patterns
from ingest.plan import ListedFile
from ingest.report import Failure
from ingest.sources.contract import Content, Known, Listing, SourceUnavailable
from ingest.sources.places import Bucket as BucketPlace
from ingest.sources.remote import Remote, Reply, RequestFailed
from ingest.sources.s3.listing import BadAnswer, ObjectPage, StoredObject, read_page
from ingest.sources.s3.refusals import reason_of
from ingest.sources.s3.signature import Credentials, SignedRequests, encoded
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.ports.catalog import DocumentRecord
from rag.settings import S3Settings

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]\Z")
_PAGE = 1_000  # objects
_PAGE_BYTES = 20_000_000
_NOWHERE = Path("/")  # patterns are relative to it; nothing is read from there


class Bucket:
    """The objects of a bucket whose keys begin with a prefix.

    Args:
        max_bytes: of an object that is fetched.

    Raises:
        SourceUnavailable: the place names no bucket.
    """

    def __init__(
        self,
        place: BucketPlace,
        settings: S3Settings,
        *,
        max_bytes: int,
        patterns: Patterns = EVERYTHING,
        cancellation: Cancellation | None = None,
    ) -> None:
        if not _BUCKET.match(place.bucket):
            raise SourceUnavailable(f"{place} names no bucket, as in s3://handbook/public/")
        self._place = place
        self._settings = settings
        self._max_bytes = max_bytes
        self._rules = IgnoreRules(_NOWHERE, patterns, lambda _: None)
        service = settings.endpoint_url or f"https://s3.{settings.region}.amazonaws.com"
        self._url = f"{service}/{place.bucket}"
        self._remote = Remote(
            service, _auth(settings), seconds=settings.request_seconds, cancellation=cancellation
        )
        self._objects: dict[str, StoredObject] = {}

    @property
    def name(self) -> str:
        return str(self._place)

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return [record for record in records if record.source == self.name]

    def list(self, known: Known) -> Listing:
        """The objects in formats that are read; hidden ones and folders (keys with ``/`` at the end) aren't
        told."""
        uris, files = known.uris, []
        skipped, empty, ignored, failures = [], [], [], []
        for number, stored in enumerate(self._stored(), 1):
            if number > self._settings.objects:
                reason = f"{self.name} has more than {self._settings.objects:,} objects; the others are left"
                failures.append(
                    Failure(uri=self.name, reason=f"{reason} (SAYWHERE_S3__OBJECTS)", is_whole=True)
                )
                break
            uri = f"s3://{self._place.bucket}/{stored.key}"
            if stored.key.endswith("/") or (uri not in uris and self._is_hidden(stored.key)):
                continue
            if self._rules.ignores_with_parents(_NOWHERE / self._relative(stored.key)):
                ignored.append(uri)
            elif not _is_readable(stored.key, is_known=uri in uris):
                skipped.append(uri)
            elif stored.size == 0 and uri not in uris:
                empty.append(uri)
            else:
                self._objects[stored.key] = stored
                fingerprint = stored.fingerprint
                files.append(ListedFile(uri=uri, key=stored.key, size=stored.size, fingerprint=fingerprint))
        return Listing(
            files=tuple(sorted(files, key=lambda file: file.uri)),
            skipped=tuple(sorted(skipped)),
            empty=tuple(sorted(empty)),
            ignored=tuple(sorted(ignored)),
            failures=tuple(failures),
            complete=not failures,
            gone=frozenset(ignored),
        )

    def fetch(self, file: ListedFile) -> Content:
        name = PurePosixPath(file.key).name
        if file.size > self._max_bytes:
            raise DocumentTooLarge(f"{name} has {file.size:,} bytes; the limit is {self._max_bytes:,}")
        try:
            reply = self._remote.get(f"{self._url}/{encoded(file.key, safe='/')}", max_bytes=self._max_bytes)
        except RequestFailed as error:
            raise UnreadableDocument(f"{file.uri} can't be read: {error}") from None
        if reply.status == 404:
            raise UnreadableDocument(f"{file.uri} is gone since it was listed")
        if reply.status != 200:
            raise UnreadableDocument(f"{file.uri} can't be read: {self._refusal(reply)}")
        if reply.headers.get("etag", "").strip('"') != self._objects[file.key].etag:
            raise UnreadableDocument(f"{file.uri} changed since it was listed: run it again")
        return Content(data=reply.body, name=name, media_type=reply.headers.get("content-type"))

    def close(self) -> None:
        self._remote.close()

    def _stored(self) -> Iterator[StoredObject]:
        """All objects, in the order of their keys. Raises SourceUnavailable."""
        token: str | None = None
        while True:
            page = self._page(token)
            yield from page.objects
            if page.next_token is None:
                return
            if page.next_token == token:
                raise SourceUnavailable(f"{self.name} can't be listed: the service repeats itself")
            token = page.next_token

    def _page(self, token: str | None) -> ObjectPage:
        parameters = {
            "continuation-token": token or "",
            "encoding-type": "url",
            "list-type": "2",
            "max-keys": str(_PAGE),
            "prefix": self._place.prefix,
        }
        query = "&".join(f"{name}={encoded(value)}" for name, value in parameters.items() if value)
        try:
            reply = self._remote.get(f"{self._url}?{query}", max_bytes=_PAGE_BYTES)
            if reply.status == 200:
                return read_page(reply.body)
        except (RequestFailed, BadAnswer) as error:
            raise SourceUnavailable(f"{self.name} can't be listed: {error}") from None
        raise SourceUnavailable(f"{self.name} can't be listed: {self._refusal(reply)}")

    def _refusal(self, reply: Reply) -> str:
        return reason_of(reply, self._place.bucket, self._settings)

    def _relative(self, key: str) -> str:
        """A key without the folders of the prefix, as patterns mean it."""
        return key[self._place.prefix.rfind("/") + 1 :].strip("/") or key

    def _is_hidden(self, key: str) -> bool:
        return any(part.startswith(".") for part in self._relative(key).split("/"))


def _is_readable(key: str, *, is_known: bool) -> bool:
    """Whether an object is to be a document. An address can't have ``.`` and ``..`` as parts of its path."""
    path = PurePosixPath(key)
    if any(part in (".", "..") for part in key.split("/")):
        return False
    return is_known or (bool(path.suffix) and formats.is_supported(path.name))


def _auth(settings: S3Settings) -> SignedRequests | None:
    if settings.access_key is None or settings.secret_key is None:
        return None
    token = settings.session_token
    credentials = Credentials(
        access_key=settings.access_key.get_secret_value(),
        secret_key=settings.secret_key.get_secret_value(),
        session_token=None if token is None else token.get_secret_value(),
    )
    return SignedRequests(credentials, region=settings.region)
