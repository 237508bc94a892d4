"""Text of documents for a terminal, without control characters that could steer it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from rag.types import Citation

_WIDTH = 100


def one_line(text: str) -> str:
    """Text on one line, control characters as spaces (a document may hold escape sequences)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrap(text: str, indent: str = "") -> str:
    """``one_line`` in lines of at most 100 characters, each after ``indent``."""
    return fill(one_line(text), _WIDTH, initial_indent=indent, subsequent_indent=indent)


def format_source(citation: Citation) -> str:
    """Title, headings and page of a citation."""
    path = " › ".join([citation.title, *(part for part in citation.section if part != citation.title)])
    return one_line(path if citation.page is None else f"{path}, page {citation.page}")


def format_citations(citations: Sequence[Citation]) -> str:
    """Citations numbered from 1, each with its source, its quote, its uri and its span."""
    return "\n\n".join(f"[{number}] {_entry(c)}" for number, c in enumerate(citations, 1))


def _entry(citation: Citation) -> str:
    quote = wrap(f"“{one_line(citation.quote)}”", "    ")
    return f"{format_source(citation)}\n{quote}\n    {one_line(citation.uri)} {citation.start}-{citation.end}"
