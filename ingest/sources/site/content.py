"""A site's answer as the bytes and the name that a format reader gets: its content type decides."""

from __future__ import annotations

import codecs
from hashlib import sha256
from pathlib import PurePosixPath

from ingest.formats.registry import FORMATS, Format
from ingest.sources.site.addresses import file_name
from ingest.sources.site.fetcher import Reply

_FORMATS = tuple(each for each in FORMATS if each.name != "pictures")  # a site's decorate its pages
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXTS = _HTML | {"text/plain", "text/markdown", "text/x-markdown", "text/csv"}
_AS_BROWSERS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
_MAX_NAME = 150  # characters


def is_page(reply: Reply) -> bool:
    """Whether an answer is an HTML page, whose links can be read."""
    return reply.media_type in _HTML


def reading_name(url: str, media_type: str) -> str | None:
    """A file name whose extension has the format that a content type says.

    The address's own extension stays where the type says no format ("text/plain", "octet-stream") or the same
    one. None where no format fits.

    >>> reading_name("https://a.example/faq.php", "text/html"), reading_name("https://a.example/a.png", "")
    ('faq.html', None)
    """
    name = file_name(url)[-_MAX_NAME:]
    own = _by_extension(PurePosixPath(name).suffix)
    if media_type in _UNSAID:
        if own is not None:
            return name
        return f"{_stem(name)}.txt" if media_type == "text/plain" else None
    said = next((each for each in _FORMATS if media_type in each.media_types), None)
    if said is None:
        # A type that no format has: an extension of one that is text is trusted ("text/x-rst").
        return name if own is not None and media_type.startswith("text/") else None
    return name if own is said else f"{_stem(name)}{said.extensions[0]}"


def readable_bytes(reply: Reply) -> bytes:
    """The body; text in the charset that the site says as UTF-8, so that no other guess is made."""
    data, charset = reply.body, _AS_BROWSERS.get(reply.charset, reply.charset)
    if not charset or reply.media_type not in _TEXTS or data.startswith(codecs.BOM_UTF8):
        return data
    try:
        if codecs.lookup(charset).name == "utf-8":
            data.decode("utf-8")
            return codecs.BOM_UTF8 + data if is_page(reply) else data
        return data.decode(charset).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return data  # a wrong charset: the reader finds out


def content_fingerprint(data: bytes, name: str) -> str:
    """Equal where the same bytes are read in the same format: a sha256 in hex."""
    return sha256(PurePosixPath(name).suffix.lower().encode() + b"\0" + data).hexdigest()


def _by_extension(extension: str) -> Format | None:
    return next((each for each in _FORMATS if extension and extension.lower() in each.extensions), None)


def _stem(name: str) -> str:
    """The name without its extension, if it has one that a file could have."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if 1 < len(suffix) <= 6 and suffix[1:].isalnum() else name
