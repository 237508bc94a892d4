"""HTML tables, lists and disclosures inside Markdown, as trees of elements.

CommonMark ends an HTML block at an empty line, and takes what is indented after one for code; people who
write a table of HTML mean neither. What stands between the tags may be Markdown again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ingest.formats.source import Source

_TAGS = "table|details|dl|ul|ol|figure|blockquote"
_TAG = re.compile(rf"<(?P<end>/?)(?P<tag>{_TAGS})\b[^<>]*>", re.IGNORECASE)
_STRUCTURED = frozenset(("table", "dl", "ul", "ol"))
_FENCE = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})(?P<rest>[^\n]*)$", re.M)
_EMPTY_LINES = re.compile(r"\n[ \t]*\n")
_LINE_START = re.compile(r" {0,3}")
_PLACE = "<html-block-{}>"
_PLACE_FORM = re.compile(r"\s*<html-block-(\d{1,9})>\s*")

HAS_BLOCKS = re.compile(rb"^ {0,3}<(?:" + _TAGS.encode() + rb")\b", re.IGNORECASE | re.M)
"""Found in Markdown of which an HTML parser reads a part."""


class HtmlBlocks:
    """The HTML blocks of a Markdown text. ``text`` has a tag of its own in the place of each."""

    def __init__(self, text: str) -> None:
        self._sources: list[str] = []
        self.text = text if _PLACE[:12] in text else self._without_blocks(text)

    def source_at(self, html: str) -> str | None:
        """The block in whose place this HTML stands; None for other HTML."""
        place = _PLACE_FORM.fullmatch(html)
        number = int(place[1]) if place else len(self._sources)
        return self._sources[number] if number < len(self._sources) else None

    def _without_blocks(self, text: str) -> str:
        parts, at = [], 0
        for start, end, _ in _outermost(text, at_line_start=True):
            line = text.rfind("\n", 0, start) + 1
            parts += [text[at:start], f"{_PLACE.format(len(self._sources))}\n\n{text[line:start]}"]
            self._sources.append(text[start:end])
            at = end
        return "".join([*parts, text[at:]])


def rendered(source: str, render: Callable[[str], str]) -> str:
    """A block's HTML, with the Markdown inside it rendered and its indents ignored."""
    parts, at = [], 0
    for start, end, tag in _outermost(source):
        if tag in _STRUCTURED:
            parts += [source[at:start], _without_indents(source[start:end])]
            at = end
    return render("".join([*parts, source[at:]]))


def block_tree(html: str, source: Source) -> object:
    """The tree of a rendered block, without what a browser would not show.

    Raises:
        DocumentTooLarge: it nests deeper than the limit.
    """
    from ingest.formats.markup.page_content import shown_content
    from ingest.formats.markup.tree import html_tree

    return shown_content(html_tree(f"<body>{html}</body>", source))


def _outermost(text: str, *, at_line_start: bool = False) -> Iterator[tuple[int, int, str]]:
    """Start, end and tag of the outermost elements outside fences that are closed."""
    end = 0
    for first, last, tag in sorted(_closed(text)):
        if first < end:
            continue
        line = text.rfind("\n", 0, first) + 1
        if at_line_start and _LINE_START.fullmatch(text, line, first) is None:
            continue
        yield first, last, tag
        end = last


def _closed(text: str) -> Iterator[tuple[int, int, str]]:
    """Each element from its first tag to its last, in one pass."""
    opened: dict[str, list[int]] = {}
    for match in _tags(text):
        starts = opened.setdefault(match["tag"].lower(), [])
        if not match["end"]:
            starts.append(match.start())
        elif starts:
            yield starts.pop(), match.end(), match["tag"].lower()


def _tags(text: str) -> Iterator[re.Match[str]]:
    """Tags outside fences of code."""
    fence, at = "", 0
    for match in _FENCE.finditer(text):
        closes = match["mark"].startswith(fence) and not match["rest"].strip()
        if not fence and "`" not in match["rest"]:
            yield from _TAG.finditer(text, at, match.start())
            fence = match["mark"]
        elif fence and closes:
            fence, at = "", match.end()
    if not fence:
        yield from _TAG.finditer(text, at)


def _without_indents(source: str) -> str:
    """The source with each stretch between empty lines at the margin, but for code."""
    if _FENCE.search(source) or "<pre" in source.lower():
        return source
    return "\n\n".join(_outdented(chunk.strip("\n").expandtabs(4)) for chunk in _EMPTY_LINES.split(source))


def _outdented(chunk: str) -> str:
    """Lines with as much less indent as the first of them has."""
    indent = len(chunk) - len(chunk.lstrip(" "))
    return re.sub(rf"^ {{1,{indent}}}", "", chunk, flags=re.M) if indent else chunk
