"""AsciiDoc to a document: titles, paragraphs, lists, tables, listings and admonitions.

There is no maintained parser of it for Python: this reads the common block syntax, line by line, and
leaves attributes, anchors, images and block macros out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
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
_INLINE = (
    (re.compile(r"(?:https?|mailto|link|xref):[^\s\[\]]+\[([^\]]+)\]"), r"\1"),
    (re.compile(r"<<[^,>]+,\s*([^>]+)>>"), r"\1"),
    (re.compile(r"<<([^>]+)>>"), r"\1"),
    (re.compile(r"\b(?:btn|kbd|menu|footnote|icon|pass):?[\w-]*:?\[([^\]]*)\]"), r"\1"),
    (re.compile(r"image:[^\s\[\]]+\[[^\]]*\]"), ""),
    (re.compile(r"\[\[[^\]]*\]\]|\[(?:#|\.)[^\]]*\](?=[#*_`])"), ""),
    (re.compile(r"(?<![\w*])\*{1,2}(?=\S)([^*\n]+?)(?<=\S)\*{1,2}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_{1,2}(?=\S)([^_\n]+?)(?<=\S)_{1,2}(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\w`])`{1,2}(?=\S)([^`\n]+?)(?<=\S)`{1,2}(?![\w`])"), r"\1"),
)


def read(source: Source) -> Document:
    """The document of an AsciiDoc file; nothing that it includes is loaded.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without text.
    """
    writer = DocumentWriter(source.limits)
    _Reading(decode(source.data, source.name).split("\n"), Flow(writer)).run()
    tops = [heading.text for heading in writer.headings if heading.level == 1]
    title = tops[0] if tops else source.stem_title
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


class _Reading:
    """Goes through the lines once."""

    def __init__(self, lines: list[str], flow: Flow) -> None:
        self._lines = lines
        self._flow = flow
        self._at = 0
        self._list: list[tuple[str, Span | None]] = []
        self._lead: Span | None = None

    def run(self) -> None:
        while self._at < len(self._lines):
            self._block()

    def _block(self) -> None:
        line = self._lines[self._at]
        self._at += 1
        if not line.strip() or _SKIPPED.match(line):
            return
        if line.startswith(("|===", ",===", "!===")):
            self._close()
            self._flow.table(self._table(line.strip()), header_rows=None)
        elif title := _TITLE.match(line):
            self._close()
            self._flow.heading(_inline(title[2]), len(title[1]))
        elif fence := _FENCE.match(line):
            self._fenced(fence[1])
        elif line.startswith(".") and line[1:2].strip() and line[1] != ".":
            self._close()
            self._flow.paragraph(_inline(line[1:]).rstrip(":") + ":")
        elif line.startswith("|"):
            self._close()
            self._at -= 1
            rows = list(self._while(lambda text: text.startswith("|")))
            self._flow.table([[_inline(cell) for cell in row.strip().strip("|").split("|")] for row in rows])
        elif item := _ITEM.match(line):
            self._item(item)
        elif (term := _TERM.match(line)) and not line.startswith(" "):
            self._close()
            span = self._flow.paragraph(_inline(term["term"]))
            text = " ".join([term["text"], *self._rest()])
            self._flow.paragraph(_inline(text), span)
        else:
            text = _inline(" ".join([line, *self._rest()]))
            owner = (
                self._list[-1][1]
                if self._list and self._lines[self._at - 2 : self._at - 1] == ["+"]
                else None
            )
            if owner is None:
                self._close()
            self._flow.paragraph(text, owner)

    def _item(self, item: re.Match[str]) -> None:
        mark = item["mark"] if item["mark"][0] in "*-." else "1."
        if not self._list:
            self._lead = self._flow.context_span(None)
        depth = next((i for i, (known, _) in enumerate(self._list) if known == mark), len(self._list))
        self._list = self._list[:depth]
        text = _inline(" ".join([item["text"], *self._rest()]))
        context_span = self._list[-1][1] if self._list else self._lead
        shown = item["mark"] if item["mark"][0].isdigit() else "-"
        span = self._flow.item(f"{shown} {text}", context_span, tight=bool(self._list))
        self._list.append((mark, span))

    def _fenced(self, fence: str) -> None:
        body = list(
            self._while(
                lambda text: text.strip() != fence.rstrip() and not (fence[:3] == "```" and text[:3] == "```")
            )
        )
        self._at += 1
        if fence[0] in "=*_" or fence == "--":  # a block of blocks: an example, a sidebar, a quotation
            inner = _Reading(body, self._flow)
            inner.run()
        elif fence[0] != "/":
            self._flow.code("\n".join(body))

    def _table(self, fence: str) -> list[list[str]]:
        body = list(self._while(lambda text: text.strip() != fence))
        self._at += 1
        rows: list[list[str]] = []
        width = 0
        for line in body:
            if not line.strip():
                continue
            cells = [_inline(cell) for cell in re.split(r"(?<!\\)(?:[\d.+]*[<^>]?[aehlmsv]?)?\|", line)][1:]
            if not line.lstrip().startswith("|") and rows and not cells:
                rows[-1][-1] += f" {_inline(line)}"
            elif len(cells) == 1 and width > 1 and rows and len(rows[-1]) < width:
                rows[-1] += cells
            else:
                rows.append(cells)
                width = width or len(cells)
        return rows

    def _rest(self) -> Iterator[str]:
        """Lines that go on with a paragraph or an item."""
        ends = (_ITEM, _TITLE, _FENCE, _SKIPPED)
        return self._while(lambda text: bool(text.strip()) and not any(each.match(text) for each in ends))

    def _while(self, goes_on: object) -> Iterator[str]:
        assert callable(goes_on)  # noqa: S101 (for the type checker)
        while self._at < len(self._lines) and goes_on(self._lines[self._at]):
            yield self._lines[self._at].strip("\r")
            self._at += 1

    def _close(self) -> None:
        self._list, self._lead = [], None


def _inline(text: str) -> str:
    text = text.strip().removesuffix(" +")
    for pattern, by in _INLINE:
        text = pattern.sub(by, text)
    return " ".join(text.split())
