"""Text that PostgreSQL can store: it has no character for 0."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text with U+FFFD in the place of each NUL."""
    return text.replace("\0", "\ufffd")
