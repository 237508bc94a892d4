"""Bytes to text: byte order marks, UTF-8, then what the bytes look like; binary is refused."""

from __future__ import annotations

import codecs
import re

from rag.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64_000
_OTHERS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP or Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_HIGH = re.compile(r"[\x80-\U0010ffff]")
_UNLIKELY = re.compile(r"[A-Za-z][¡-¶¸-¿×÷‚ƒ„†‡ˆ‰‹]+[a-z]|[šžŠŽ]")
_ICELANDIC = re.compile(r"[þðýÞÐÝ]")


def decode(data: bytes, name: str) -> str:
    """The text in a file's bytes, line ends made ``\\n``; this form is the truth from here on.

    Raises:
        UnreadableDocument: empty, only white space, binary, or in no encoding that fits.
    """
    for begins, kind in _OTHERS.items():
        if data.startswith(begins):
            raise UnreadableDocument(f"{name} is not text: it is {kind}")
    text = _decoded(data, name).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableDocument(f"{name} is empty: it holds no text")
    if len(_CONTROL.findall(text)) > len(text) / 200 or "\0" in text:
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    return text


def well_formed(text: str) -> str:
    """A text that UTF-8 can hold: surrogate pairs are joined, lone surrogates become U+FFFD.

    What ``decode`` gives is so already; escapes within it (YAML's) and file names need not be.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    if b"\0" in data[:_SAMPLE]:
        return _strict(data, _utf16_order(data, name), name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{name} is not the {encoding} text that it begins as: {error.reason}"
        ) from None


def _utf16_order(data: bytes, name: str) -> str:
    """UTF-16 without a mark shows as zeros in every other byte of Western text."""
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 5 or 10 * min(even, odd) > max(even, odd):
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    return "utf-16-le" if odd > even else "utf-16-be"


def _guessed(data: bytes, name: str) -> str:
    for attempt in (_damaged_utf8(data), _western(data)):
        if attempt is not None:
            return attempt
    from charset_normalizer import from_bytes

    best = from_bytes(data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE)]).best()
    if best is None:
        raise UnreadableDocument(f"{name} is in no known encoding; save it as UTF-8")
    return _strict(data, best.encoding, name)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 in which a few bytes are broken: they show as U+FFFD, the rest is right."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return text if len(_HIGH.findall(text)) > 10 * broken else None


def _western(data: bytes) -> str | None:
    """Text in cp1252 if it reads like it: few accents, no signs inside words, no mock Icelandic.

    Turkish and Central European text read as cp1252 would show the last two.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    few = len(_HIGH.findall(text)) <= len(text) / 6
    mock = _ICELANDIC.search(text) and not ("á" in text and "æ" in text)
    return text if few and not mock and not _UNLIKELY.search(text) else None
