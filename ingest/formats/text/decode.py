"""Bytes to text: by byte order mark, as UTF-8, else by a detected encoding; binary data is refused."""

from __future__ import annotations

import codecs
import re

from rag.errors import UnreadableDocument

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64_000
_BINARY_SIGNATURES = {
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
_UNLIKELY_CP1252 = re.compile(r"[A-Za-z][¡-¶¸-¿×÷‚ƒ„†‡ˆ‰‹]+[a-z]|[šžŠŽ]")
_ICELANDIC = re.compile(r"[þðýÞÐÝ]")


def decode(data: bytes, name: str) -> str:
    """The text in a file's bytes, all line ends as ``\\n``. Offsets of documents are into this form.

    Raises:
        UnreadableDocument: empty, only white space, binary, or in no known encoding.
    """
    for signature, kind in _BINARY_SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableDocument(f"{name} is not text: it is {kind}")
    text = _decoded(data, name).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableDocument(f"{name} is empty: it holds no text")
    if len(_CONTROL.findall(text)) > len(text) / 200 or "\0" in text:
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    return text


def well_formed(text: str) -> str:
    """A text that UTF-8 can hold: surrogate pairs are joined, lone surrogates become U+FFFD.

    Texts from ``decode`` are well-formed; escapes within them (YAML's) and file names need not be.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    if b"\0" in data[:_SAMPLE_BYTES]:
        return _strict(data, _utf16_encoding(data, name), name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _detected(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{name} is not the {encoding} text that it begins as: {error.reason}"
        ) from None


def _utf16_encoding(data: bytes, name: str) -> str:
    """The byte order of UTF-16 without a mark: Western text has zeros in every other byte."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 5 or 10 * min(even, odd) > max(even, odd):
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    return "utf-16-le" if odd > even else "utf-16-be"


def _detected(data: bytes, name: str) -> str:
    for text in (_damaged_utf8(data), _western(data)):
        if text is not None:
            return text
    from charset_normalizer import from_bytes

    sample = data if len(data) <= _SAMPLE_BYTES else data[: data.rfind(b"\n", 0, _SAMPLE_BYTES)]
    best = from_bytes(sample).best()
    if best is None:
        raise UnreadableDocument(f"{name} is in no known encoding; save it as UTF-8")
    return _strict(data, best.encoding, name)


def _damaged_utf8(data: bytes) -> str | None:
    """The text if it is UTF-8 with a few broken bytes; they become U+FFFD."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return text if len(_HIGH.findall(text)) > 10 * broken else None


def _western(data: bytes) -> str | None:
    """The text if it is likely cp1252: few accents, no signs inside words, þ, ð and ý only beside á and æ.

    Turkish and Central European texts read as cp1252 fail the last two.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    few = len(_HIGH.findall(text)) <= len(text) / 6
    likely_turkish = _ICELANDIC.search(text) and not ("á" in text and "æ" in text)
    return text if few and not likely_turkish and not _UNLIKELY_CP1252.search(text) else None
