"""Passwords in URLs, which neither a log nor an error may show."""

from __future__ import annotations

import re

MASK = "********"
_PASSWORD = re.compile(r"(?<=://)[^/?#\s]*@")


def without_password(text: str) -> str:
    """A text with the user and password in each URL masked.

    >>> without_password("http://ada:secret@chroma:8000/x")
    'http://********@chroma:8000/x'
    """
    return _PASSWORD.sub(f"{MASK}@", text)
