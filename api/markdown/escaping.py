"""Text of documents in Markdown, so that it is shown as it stands.

A document's text must not become an image, a link, HTML or a heading in the reader's client. Only what
CommonMark (https://spec.commonmark.org/0.31.2/) or GFM would take for syntax gets a backslash: plain text
stays readable in clients that don't render Markdown.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SYNTAX = re.compile(
    r"[\\`~]"  # escapes, code spans, strikethrough and fences
    r"|(?<!\s)\*|\*(?!\s)"
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis; within a word "_" is none
    r"|<(?=[A-Za-z/!?])"  # HTML and autolinks
    r"|&(?=#?\w+;)"  # entities
    r"|(?<=\])[(\[:]"  # after "]": a link's or an image's destination, a reference, a definition
)
_IN_LINK = re.compile(_SYNTAX.pattern + r"|[\[\]]")
_IN_CELL = re.compile(_SYNTAX.pattern + r"|\|")
_LINE_START = re.compile(r"^(?:(?=#{1,6}(?:\s|$)|>|[+-](?:\s|$)|--|=)|(?P<number>\d{1,9})(?=[.)](?:\s|$)))")


def escape(text: str) -> str:
    """The text on one line, with a backslash before each character that would be Markdown syntax.

    >>> escape("**No** ![x](https://example.com/x.png) in snake_case")
    '\\\\*\\\\*No\\\\*\\\\* ![x]\\\\(https://example.com/x.png) in snake_case'
    """
    return _LINE_START.sub(lambda match: f"{match['number'] or ''}\\", _escape(text, _SYNTAX))


def link(label: str, url: str) -> str:
    """A link.

    >>> link("Minutes [draft]", "/documents/a?version=b#1-2")
    '[Minutes \\\\[draft\\\\]](/documents/a?version=b#1-2)'
    """
    destination = re.sub(r"[\s<>()\\]", lambda match: quote(match[0]), url)
    return f"[{_escape(label, _IN_LINK)}]({destination})"


def cell(text: str) -> str:
    """The text of a table's cell.

    >>> cell("a | b")
    'a \\\\| b'
    """
    return _escape(text, _IN_CELL)


def code_block(text: str, indent: str = "") -> str:
    """Code between fences that are longer than any in it, each line after ``indent``."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(indent + line if line else "" for line in (fence, *text.split("\n"), fence))


def _escape(text: str, syntax: re.Pattern[str]) -> str:
    return syntax.sub(lambda match: "\\" + match[0], " ".join(text.split()))
