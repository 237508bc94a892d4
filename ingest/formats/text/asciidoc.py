"""AsciiDoc to a document: titles, paragraphs, lists, tables, listings and admonitions.

There is no maintained AsciiDoc parser for Python. This one reads the common block syntax
(https://docs.asciidoctor.org/asciidoc/latest/) line by line, and leaves attributes, anchors, images and
block macros out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.asciidoc_table import table_rows
from ingest.formats.text.decode import decode
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

MEDIA_TYPE = "text/asciidoc"
_TITLE = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ITEM = re.compile(r"\s*(?P<mark>\*{1,5}|-|\.{1,5}|\d+\.|<\d+>)\s+(?P<text>\S.*)")
_TERM = re.compile(r"(?P<term>\S[^\n]*?)::\s*(?P<text>.*)")
_FENCE = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|```.*)\s*\Z")
_SKIPPED = re.compile(
    r"\[.*\]\s*\Z|:[\w!-][^:]*:.*|(?:image|include|video|audio|toc|ifdef|ifndef|endif)::.*|//(?!/).*|'{3}|<{3}|\+\s*\Z"
)
_INLINE = (  # what stands in brackets is bounded, so that each takes time in proportion to the text
    (re.compile(r"(?:https?|mailto|link|xref):[^\s\[\]]{1,2000}\[([^\]]{1,2000})\]"), r"\1"),
    (re.compile(r"<<[^,>]{1,500},\s{0,20}([^>]{1,500})>>"), r"\1"),
    (re.compile(r"<<([^>]{1,500})>>"), r"\1"),
    (re.compile(r"\b(?:btn|kbd|menu|footnote|icon|pass):?[\w-]{0,100}:?\[([^\]]{0,2000})\]"), r"\1"),
    (re.compile(r"image:[^\s\[\]]{1,2000}\[[^\]]{0,2000}\]"), ""),
    (re.compile(r"\[\[[^\]]{0,500}\]\]|\[(?:#|\.)[^\]]{0,500}\](?=[#*_`])"), ""),
    (re.compile(r"(?<![\w*])\*{1,2}(?=\S)([^*\n]+?)(?<=\S)\*{1,2}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_{1,2}(?=\S)([^_\n]+?)(?<=\S)_{1,2}(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\w`])`{1,2}(?=\S)([^`\n]+?)(?<=\S)`{1,2}(?![\w`])"), r"\1"),
)


def read(source: Source) -> Document:
    """The document of an AsciiDoc file; files that it includes are not loaded.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without text.
    """
    writer = DocumentWriter(source.limits)
    _Parser(decode(source.data, source.name).split("\n"), Flow(writer)).run()
    title = choose_title(source, writer.top_headings)
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


class _Parser:
    """Writes the blocks of these lines, in one pass.

    ``_parents`` are the open list items, one a level: each its mark and its span.
    """

    def __init__(self, lines: list[str], flow: Flow) -> None:
        self._lines = lines
        self._flow = flow
        self._at = 0
        self._parents: list[tuple[str, Span | None]] = []
        self._list_context: Span | None = None

    def run(self) -> None:
        while self._at < len(self._lines):
            self._block()

    def _block(self) -> None:
        line = self._lines[self._at]
        self._at += 1
        if not line.strip() or _SKIPPED.match(line):
            return
        if line.startswith(("|===", ",===", "!===")):
            self._end_list()
            self._flow.table(self._table(line.strip()), header_rows=None)
        elif title := _TITLE.match(line):
            self._end_list()
            self._flow.heading(_inline_text(title[2]), len(title[1]))
        elif fence := _FENCE.match(line):
            self._fenced(fence[1])
        elif line.startswith(".") and line[1:2].strip() and line[1] != ".":
            self._end_list()
            self._flow.paragraph(_inline_text(line[1:]).rstrip(":") + ":")
        elif line.startswith("|"):
            self._end_list()
            self._at -= 1
            rows = [row.strip().strip("|") for row in self._take_while(lambda text: text.startswith("|"))]
            self._flow.table([[_inline_text(cell) for cell in row.split("|")] for row in rows])
        elif item := _ITEM.match(line):
            self._item(item)
        elif (term := _TERM.match(line)) and not line.startswith(" "):
            self._end_list()
            span = self._flow.paragraph(_inline_text(term["term"]))
            text = " ".join([term["text"], *self._continuation()])
            self._flow.paragraph(_inline_text(text), span)
        else:
            self._paragraph(line)

    def _paragraph(self, line: str) -> None:
        """A paragraph; behind a line with only "+" it belongs to the list item above."""
        text = _inline_text(" ".join([line, *self._continuation()]))
        is_attached = self._lines[self._at - 2 : self._at - 1] == ["+"]
        owner = self._parents[-1][1] if self._parents and is_attached else None
        if owner is None:
            self._end_list()
        self._flow.paragraph(text, owner)

    def _item(self, item: re.Match[str]) -> None:
        mark = item["mark"] if item["mark"][0] in "*-." else "1."
        if not self._parents:
            self._list_context = self._flow.list_context(None)
        marks = [parent_mark for parent_mark, _ in self._parents]
        self._parents = self._parents[: marks.index(mark)] if mark in marks else self._parents
        text = _inline_text(" ".join([item["text"], *self._continuation()]))
        context_span = self._parents[-1][1] if self._parents else self._list_context
        written_mark = item["mark"] if item["mark"][0].isdigit() else "-"
        span = self._flow.item(f"{written_mark} {text}", context_span, tight=bool(self._parents))
        self._parents.append((mark, span))

    def _fenced(self, fence: str) -> None:
        def is_inside(text: str) -> bool:
            return text.strip() != fence.rstrip() and not (fence[:3] == "```" and text[:3] == "```")

        body = list(self._take_while(is_inside))
        self._at += 1
        if fence[0] in "=*_" or fence == "--":  # a block of blocks: an example, a sidebar, a quotation
            _Parser(body, self._flow).run()
        elif fence[0] != "/":
            self._flow.code("\n".join(body))

    def _table(self, fence: str) -> list[list[str]]:
        body = list(self._take_while(lambda text: text.strip() != fence))
        self._at += 1
        return table_rows(body, _inline_text)

    def _continuation(self) -> Iterator[str]:
        """The further lines of a paragraph or an item."""
        ends = (_ITEM, _TITLE, _FENCE, _SKIPPED)
        return self._take_while(lambda text: bool(text.strip()) and not any(end.match(text) for end in ends))

    def _take_while(self, condition: Callable[[str], bool]) -> Iterator[str]:
        while self._at < len(self._lines) and condition(self._lines[self._at]):
            yield self._lines[self._at].strip("\r")
            self._at += 1

    def _end_list(self) -> None:
        self._parents, self._list_context = [], None


def _inline_text(text: str) -> str:
    """A text without its inline markup, on one line."""
    text = text.strip().removesuffix(" +")
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())
