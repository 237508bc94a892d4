"""Sitemaps (sitemaps.org): of pages, of other sitemaps, as XML or as lines of text, gzipped or not."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from xml.parsers import expat

from ingest.sources.site.addresses import normal_url

MAX_BYTES = 52_428_800  # unpacked, as the protocol allows
_MAX_ADDRESSES = 50_000
_MAX_LOCATION = 4_000  # characters
_GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:[A-Za-z0-9_-]+:)?(urlset|sitemapindex)[\s>]")


class BadSitemap(ValueError):
    """A sitemap can't be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Addresses in their normal form, in order: of pages, or, of an index, of sitemaps."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def unpacked(data: bytes) -> bytes:
    """The bytes, unzipped if they are gzipped. Raises BadSitemap: damaged, or more than 50 MiB."""
    if not data.startswith(_GZIP):
        return data
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise BadSitemap("its gzip data is damaged") from None
    if len(plain) > MAX_BYTES:
        raise BadSitemap("it has more than 50 MiB")
    if not reader.eof:
        raise BadSitemap("its gzip data is cut off")
    return plain


def is_sitemap(data: bytes) -> bool:
    """Whether unpacked bytes are an XML sitemap."""
    return _ROOT.search(data[:4_096]) is not None


def read_sitemap(data: bytes, url: str) -> Sitemap:
    """The addresses of a sitemap; what is no web address is left out.

    Args:
        data: unpacked.
        url: where it is.

    Raises:
        BadSitemap: no sitemap, or damaged XML.
    """
    if not is_sitemap(data):
        raise BadSitemap("it is no sitemap")
    reader = _Reader(url)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadSitemap(f"its XML is damaged: {error}") from None
    return Sitemap(pages=tuple(reader.found["url"]), sitemaps=tuple(reader.found["sitemap"]))


class _Reader:
    """Collects the ``loc`` of each ``url`` and ``sitemap``, and holds nothing else."""

    def __init__(self, url: str) -> None:
        self.found: dict[str, dict[str, None]] = {"url": {}, "sitemap": {}}
        self._url = url
        self._path: list[str] = []
        self._text = ""

    def start(self, name: str, _attributes: object) -> None:
        self._path.append(name.rpartition(" ")[2].lower())
        self._text = ""

    def text(self, part: str) -> None:
        if self._path[-1:] == ["loc"] and len(self._text) < _MAX_LOCATION:
            self._text += part

    def end(self, _name: str) -> None:
        parent, name = ["", *self._path][-2:]
        self._path.pop()
        if name == "loc" and parent in self.found and len(self.found[parent]) < _MAX_ADDRESSES:
            address = normal_url(self._text, self._url)
            if address is not None:
                self.found[parent][address] = None


def _refuse(*_: object) -> None:
    raise BadSitemap("it has a document type")


def read_lines(data: bytes, url: str) -> Sitemap:
    """The addresses of a sitemap that is text: one a line. Raises BadSitemap: it has none."""
    lines = data.decode("utf-8-sig", "replace").splitlines()[:_MAX_ADDRESSES]
    named = [line for line in lines if line.strip().lower().startswith(("http://", "https://"))]
    pages = dict.fromkeys(page for line in named if (page := normal_url(line, url)) is not None)
    if not pages:
        raise BadSitemap("it names no address")
    return Sitemap(pages=tuple(pages))
