"""Headers of a message as a person reads them: encoded words, raw bytes and folded lines."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from email.message import Message
from email.quoprimime import header_decode
from email.utils import parsedate_to_datetime

from ingest.formats.text.decode import decode, well_formed
from rag.errors import UnreadableDocument

_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bqBQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
_MAX_HEADER = 20_000  # characters; a longer one is cut


def header(message: Message, name: str) -> str:
    """A header on one line; the lines of several of one name are joined by ", ". Empty if there is none."""
    values = [header_text(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return ", ".join(value for value in values if value)


def header_text(raw: object) -> str:
    """A header's value: bytes in the encoding that they are in, encoded words (RFC 2047) as text."""
    text = str(raw)[:_MAX_HEADER]
    try:
        text = decode(text.encode("utf-8", "surrogateescape"), "header")
    except (UnreadableDocument, UnicodeError):
        text = well_formed(text)
    return " ".join(well_formed(_decode_words(text)).split())


def sent_at(message: Message) -> str:
    """The ``Date`` header as it stands; empty where it is no date."""
    text = header(message, "Date")
    try:
        parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return text


def text_of(data: bytes, charset: str | None, name: str) -> str:
    """The text of a part in the character set that it is declared in, else as detected.

    Raises:
        UnreadableDocument: as ``decode``.
    """
    declared = (charset or "").strip("\"' ").lower()
    if declared in ("iso-8859-1", "latin1", "latin-1", "windows-1252"):
        declared = "cp1252"  # what programs mean by it
    if declared not in ("", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit"):
        try:
            return decode(data.decode(declared).encode(), name)
        except (LookupError, UnicodeError):
            pass
    return decode(data, name)


def _decode_words(text: str) -> str:
    """Encoded words as text; words of one character set in a row are decoded together, as programs cut
    characters of several bytes between them."""
    text = _BETWEEN_WORDS.sub(r"\1\2", text)
    parts: list[str] = []
    waiting: list[bytes] = []
    charset, end = "", 0

    def flush() -> None:
        if waiting:
            parts.append(_text_of_bytes(b"".join(waiting), charset))
            waiting.clear()

    for match in _WORD.finditer(text):
        data = _word_bytes(match[2], match[3])
        name = match[1].partition("*")[0].lower()
        if data is None:
            continue
        if match.start() > end or name != charset:
            flush()
        parts.append(text[end : match.start()])
        waiting.append(data)
        charset, end = name, match.end()
    flush()
    return "".join([*parts, text[end:]])


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        if encoding in "bB":
            return a2b_base64(text.encode("ascii") + b"=" * (-len(text) % 4))
        return header_decode(text).encode("latin-1")
    except (Base64Error, ValueError):
        return None


def _text_of_bytes(data: bytes, charset: str) -> str:
    try:
        return text_of(data, charset, "header")
    except UnreadableDocument:
        return ""
