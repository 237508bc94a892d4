"""Text of documents for a terminal, without control characters that could steer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import fill

from rag.types import Citation

_WIDTH = 100


def one_line(text: str) -> str:
    """Text on one line, control characters as spaces (a document may hold escape sequences)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrap(text: str, indent: str = "", hanging: str | None = None) -> str:
    """``one_line`` in lines of at most 100 characters: the first after ``indent``, others after ``hanging``.

    Args:
        hanging: default: ``indent``.
    """
    following = indent if hanging is None else hanging
    return fill(one_line(text), _WIDTH, initial_indent=indent, subsequent_indent=following)


def code_lines(text: str, indent: str) -> list[str]:
    """The lines of code as they stand, each after ``indent``: tabs as spaces, control characters too."""
    lines = text.expandtabs(4).split("\n")
    return [(indent + "".join(c if c.isprintable() else " " for c in line)).rstrip() for line in lines]


def format_source(citation: Citation) -> str:
    """Title, headings and page of a citation."""
    path = " › ".join([citation.title, *(part for part in citation.section if part != citation.title)])
    return one_line(path if citation.page is None else f"{path}, page {citation.page}")


def format_citations(citations: Sequence[Citation], shown: Collection[int] = ()) -> str:
    """Citations numbered from 1, each with its source, its quote, its uri and its span.

    Args:
        shown: indices of those whose quotes are printed already; they aren't repeated.
    """
    text, previous_is_short = "", False
    for number, citation in enumerate(citations, 1):
        is_short = number - 1 in shown
        entry = f"[{number}] " + (_short_entry(citation) if is_short else _entry(citation))
        text += ("" if not text else "\n" if is_short and previous_is_short else "\n\n") + entry
        previous_is_short = is_short
    return text


def _entry(citation: Citation) -> str:
    paragraphs = f"“{citation.quote.strip()}”".split("\n")
    quote = "\n".join(wrap(line, "    ") for line in paragraphs if line.strip())
    return f"{format_source(citation)}\n{quote}\n    {_place(citation)}"


def _short_entry(citation: Citation) -> str:
    return f"{format_source(citation)} ({_place(citation)})"


def _place(citation: Citation) -> str:
    return f"{one_line(citation.uri)} {citation.start}-{citation.end}"
