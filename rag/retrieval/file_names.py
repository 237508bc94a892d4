"""The words of a document's address: a key may stand in the name of a file or folder alone."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_PARTS = 3  # of the path: the file and the two folders that it lies in
_EXTENSIONS = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,4})+$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GENERAL = frozenset("index readme home main docs doc content contents source src pages page files".split())
_MAX_DIGITS = 4  # of a number that is a year or a version and no id


def address_words(uri: str) -> str:
    """The words of an address's last parts, those of ids and hashes left out; empty where none is left.

    >>> address_words("https://example.com/docs/HR/leavePolicy_2026.html.md")
    'HR leave Policy 2026'
    >>> address_words("notes/9f86d081884c7d65.txt")
    'notes'
    """
    path = urlsplit(uri).path if "://" in uri else uri
    parts = [part for part in re.split(r"[/\\]", unquote(path)) if part]
    if parts:
        parts[-1] = _EXTENSIONS.sub("", parts[-1])
    words = [
        word
        for part in parts[-_PARTS:]
        if part.strip("_").casefold() not in _GENERAL and not _is_hash("".join(re.split(r"[\W_]+", part)))
        for word in re.split(r"[\W_]+", _CAMEL.sub(" ", part))
        if word and not _is_id(word)
    ]
    return " ".join(words)


def _is_id(word: str) -> bool:
    """A long number, or letters and digits mixed: "20481633", "a81b2c"."""
    digits = sum(c.isdigit() for c in word)
    return digits > _MAX_DIGITS or _is_hash(word)


def _is_hash(word: str) -> bool:
    """Hexadecimal digits, a third or more but not all of them decimal: "9f86d081", a UUID without dashes."""
    digits = sum(c.isdigit() for c in word)
    return re.fullmatch(r"[0-9a-fA-F]{8,}", word) is not None and len(word) > digits >= len(word) / 3
