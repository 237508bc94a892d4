"""Bytes to text: by byte order mark, as UTF-8, else by a detected encoding; binary data is refused."""

from __future__ import annotations

import codecs
import re
from unicodedata import category

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
_CONTROL = re.compile(r"\0+|[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")  # a run of NULs counts once
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|[()][0-9A-Za-z])?"
)
_MOST_CONTROLS = 0.05  # of the characters: with more, the file is no text
_BROKEN_TEXT_CONTROLS = 0.005  # the same, where the bytes are no UTF-8 either
_HIGH = re.compile(r"[\x80-\U0010ffff]")
_UNLIKELY = re.compile(
    r"[A-Za-z][¡-¶¸-¿×÷‚ƒ„†‡ˆ‰‹›Œ˜¬√≈∆◊Ω∂∑∏π∫≠≤≥∞±µªº˚¸˝˛ˇ˙˘¯¿\uf8ff]+[a-z]"  # a sign inside a word
    r"|[šžŠŽ]"  # letters that Western languages don't have
    r"|[a-zà-öø-ÿ][À-ÖØ-ÞŸŒ]"  # a capital after a small letter
    r"|[√≈∆◊∂∑∏∫˝˛ˇ˙˘\uf8ff]"
)
_OTHER_SCRIPT = re.compile(r"[\u0250-\u1dff\u2c00-\U0010ffff]")
_ICELANDIC = re.compile(r"[þðýÞÐÝ]")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PASTED = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[A-Za-z])|(?<=[A-Za-z.,!? ])[\x91-\x97\x80\x85]|[\xa3](?=\d)"
)


def decode(data: bytes, name: str) -> str:
    """The text in a file's bytes, all line ends as ``\\n``. Offsets of documents are into this form.

    Bytes that fit no encoding, NULs and other control characters lose themselves alone: such a byte becomes
    U+FFFD, a control character or a terminal's colour is left out. Lines in another encoding than the
    rest of the file are read by theirs.

    Raises:
        UnreadableDocument: empty, only white space, binary, or in no known encoding.
    """
    for signature, kind in _BINARY_SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableDocument(f"{name} is not text: it is {kind}")
    if data[257:262] == b"ustar":
        raise UnreadableDocument(f"{name} is not text: it is a tar archive")
    text = _decoded(data, name).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    text = _ESCAPE.sub("", text) if "\x1b" in text else text
    controls = len(_CONTROL.findall(text))
    most = _BROKEN_TEXT_CONTROLS if "\ufffd" in text else _MOST_CONTROLS
    text = _CONTROL.sub("", text) if controls else text
    if controls > most * (len(text) + controls):
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    if not text.strip():
        raise UnreadableDocument(f"{name} is empty: it holds no text")
    return text


def is_text(data: bytes) -> bool:
    """Whether bytes, the first of a file or all, are text in some encoding; keys and certificates are not."""
    if data.startswith(b"-----BEGIN "):
        return False
    try:
        decode(data, "")
    except UnreadableDocument:
        return False
    return True


def well_formed(text: str) -> str:
    """A text that UTF-8 can hold: surrogate pairs are joined, lone surrogates become U+FFFD.

    Texts from ``decode`` are well-formed; escapes within them (YAML's) and file names need not be.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            if encoding == "utf-8-sig":
                data = data[len(mark) :]
                break
            return _strict(data, encoding, name)
    if b"\0" in data[:_SAMPLE_BYTES] and (encoding_without_mark := _utf16_encoding(data)):
        return _strict(data, encoding_without_mark, name)
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


def _utf16_encoding(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark; None for other bytes.

    Western text has zeros in every other byte; other scripts at least at spaces and line ends, and then
    the whole must be letters, marks and signs.
    """
    sample = data[: _SAMPLE_BYTES - _SAMPLE_BYTES % 2]
    sample = sample[: len(sample) - len(sample) % 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if 10 * min(even, odd) > max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) >= len(sample) // 5:
        return encoding
    text = sample.decode(encoding, "replace")
    likely = sum(category(character)[0] in "LPZMN" or character in "\n\r\t" for character in text)
    return encoding if len(text) >= 20 and likely > 0.98 * len(text) else None


def _detected(data: bytes, name: str) -> str:
    for text in (_damaged_utf8(data), _mixed(data), _western(data)):
        if text is not None:
            return text
    from charset_normalizer import from_bytes

    if b"\0" in data and not _CONTROL.sub("", data.decode("latin-1")).strip():
        raise UnreadableDocument(f"{name} is not text: it holds binary data")
    sample = data if len(data) <= _SAMPLE_BYTES else data[: data.rfind(b"\n", 0, _SAMPLE_BYTES)]
    best = from_bytes(sample).best()
    if best is None:
        raise UnreadableDocument(f"{name} is in no known encoding; save it as UTF-8")
    return _strict(data, best.encoding, name)


def _damaged_utf8(data: bytes) -> str | None:
    """The text if it is UTF-8 with a few broken bytes; see ``_repaired``."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    return _repaired(data) if len(_HIGH.findall(text)) > 10 * broken else None


def _mixed(data: bytes) -> str | None:
    """The text if parts of it are UTF-8 and the rest is Western text in another one, as after a paste."""
    rest: list[bytes] = []
    proofs: list[str] = []
    for line in data.split(b"\n"):
        if _is_utf8(line):
            proofs.append(line.decode("utf-8"))
        else:
            proofs += [match.decode("utf-8", "ignore") for match in _UTF8_CHARACTER.findall(line)]
            rest.append(_UTF8_CHARACTER.sub(b"", line))
    text = "\n".join(proofs)
    # Lines in the encodings of other scripts may happen to be UTF-8.
    is_likely = _HIGH.search(text) and not _OTHER_SCRIPT.search(text) and not _UNLIKELY.search(text)
    return _repaired(data) if is_likely and _western(b"\n".join(rest), dense=True) is not None else None


def _repaired(data: bytes) -> str:
    """UTF-8 text in which other lines are read as Western text; of a broken byte in a line of UTF-8, only
    a letter or sign that fits there is kept, else it becomes U+FFFD."""
    lines = data.split(b"\n")
    others = [at for at, line in enumerate(lines) if not _is_utf8(line)]
    pasted = [at for at in others if not _UTF8_CHARACTER.search(lines[at])]
    western = _western(b"\n".join(lines[at] for at in pasted), dense=True) if pasted else None
    texts = dict(zip(pasted, western.split("\n"), strict=True)) if western is not None else {}
    for at in others:
        if at not in texts:
            texts[at] = _with_pasted_bytes(lines[at])
    return "\n".join(texts[at] if at in texts else line.decode("utf-8") for at, line in enumerate(lines))


def _with_pasted_bytes(line: bytes) -> str:
    """A line of UTF-8 in which single bytes are of cp1252."""

    def one(match: re.Match[bytes]) -> bytes:
        return match[0].decode("cp1252", "replace").encode()

    parts: list[bytes] = []
    end = 0
    for match in _UTF8_CHARACTER.finditer(line):
        parts += [_PASTED.sub(one, line[end : match.start()]), match[0]]
        end = match.end()
    return b"".join([*parts, _PASTED.sub(one, line[end:])]).decode("utf-8", "replace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes, *, dense: bool = False) -> str | None:
    """The text if it is likely cp1252, MacRoman or the cp850 of DOS.

    Args:
        dense: it may have many accents.
    """
    for encoding in ("cp1252", "mac_roman", "cp850"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_western(text, dense=dense):
            return text
    return None


def _is_western(text: str, *, dense: bool) -> bool:
    """Few accents, none unlikely where it stands; þ, ð and ý only beside á and æ.

    Turkish and Central European texts read as a Western encoding fail the last two.
    """
    few = dense or len(_HIGH.findall(text)) <= len(text) / 5
    likely_turkish = _ICELANDIC.search(text) and not ("á" in text and "æ" in text)
    return few and not likely_turkish and not _UNLIKELY.search(text)
