"""How text of documents is shown on a terminal: as it stands, but unable to steer it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from rag.types import Citation

_WIDTH = 100


def plain(text: str) -> str:
    """Text on one line, without control characters (a document may hold escape sequences)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrapped(text: str, indent: str = "") -> str:
    """Text in lines of at most 100 characters, each after ``indent``."""
    return fill(plain(text), _WIDTH, initial_indent=indent, subsequent_indent=indent)


def place(citation: Citation) -> str:
    """Title, section and page of a citation."""
    where = " › ".join([citation.title, *(part for part in citation.section if part != citation.title)])
    return plain(where if citation.page is None else f"{where}, page {citation.page}")


def listed(citations: Sequence[Citation]) -> str:
    """Citations numbered from 1: where, the quote, and its exact place."""
    return "\n\n".join(f"[{number}] {_entry(c)}" for number, c in enumerate(citations, 1))


def _entry(citation: Citation) -> str:
    quote = wrapped(f"“{plain(citation.quote)}”", "    ")
    return f"{place(citation)}\n{quote}\n    {plain(citation.uri)} {citation.start}-{citation.end}"
