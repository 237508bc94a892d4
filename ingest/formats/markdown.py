"""Markdown to a document whose text reads as plain prose.

The stored text is written anew from the parsed blocks: headings as lines, items as "- item", table
rows as "cell | cell", code as it stands. Quotes then read as the page does, and are still exact,
because the stored text is what offsets point into.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ingest.formats.decode import decode
from ingest.formats.front_matter import split_front_matter
from ingest.formats.inline import html_prose, prose
from ingest.formats.source import Source
from ingest.formats.template import without_tags
from ingest.formats.writer import DocumentWriter
from rag.types import BlockKind, Document, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

MEDIA_TYPE = "text/markdown"


def read(source: Source) -> Document:
    """The document of a Markdown file; front matter becomes its metadata.

    The title is the front matter's, else the first top-level heading, else the file's name.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or nothing but front matter and tags.
    """
    from markdown_it.tree import SyntaxTreeNode

    metadata, body = split_front_matter(decode(source.data, source.name))
    writer = DocumentWriter()
    tree = SyntaxTreeNode(_parser().parse(without_tags(body)))
    _Walk(writer).children(tree, None)
    top = next((heading.text for heading in writer.headings if heading.level == 1), None)
    title = " ".join(metadata.get("title", "").split()) or top or source.stem_title
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(deflist_plugin).use(footnote_plugin, inline=False)


class _Walk:
    """Writes a syntax tree's blocks, each with the lead that a reader needs beside it."""

    def __init__(self, writer: DocumentWriter) -> None:
        self._writer = writer
        self._leading: Span | None = None
        self._depth = 0
        self._handlers: dict[str, Callable[[SyntaxTreeNode, Span | None], None]] = {
            "heading": self._heading,
            "paragraph": self._paragraph,
            "blockquote": self._quote,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "table": self._table,
            "fence": self._code,
            "code_block": self._code,
            "html_block": self._html,
            "dl": self._definitions,
        }

    def children(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        """Writes what a node holds; ``owner`` is the list item or quote's lead that it belongs to."""
        for child in node.children:
            handler = self._handlers.get(child.type)
            if handler is not None:
                handler(child, owner)
            elif child.type != "inline":
                self.children(child, owner)

    def _heading(self, node: SyntaxTreeNode, _: Span | None) -> None:
        self._writer.heading(_inline(node), int(node.tag[1]))
        self._leading = None

    def _paragraph(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._write(_inline(node), BlockKind.PARAGRAPH, owner)
        self._leading = self._writer.last_sentence

    def _html(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._write(html_prose(node.content), BlockKind.PARAGRAPH, owner)

    def _quote(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        lead = owner or self._announcing()
        for child in node.children:
            if child.type == "paragraph":
                self._write(_inline(child), BlockKind.QUOTE, lead)
            elif child.type in self._handlers:
                self._handlers[child.type](child, lead)
        self._leading = None

    def _code(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._write(node.content, BlockKind.CODE, owner or self._announcing())

    def _list(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        if _is_contents(node):
            return
        lead = owner or self._leading
        first = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, first):
            mark = "-" if node.type == "bullet_list" else f"{number}."
            self._item(item, mark, lead, tight=number > first or self._depth > 0)
        self._leading = None

    def _item(self, node: SyntaxTreeNode, mark: str, lead: Span | None, *, tight: bool) -> None:
        rest = list(node.children)
        span = lead
        if rest and rest[0].type == "paragraph":
            text = f"{mark} {_inline(rest.pop(0))}"
            span = self._write(text, BlockKind.LIST_ITEM, lead, tight=tight)
        self._depth += 1
        for child in rest:
            if child.type in self._handlers:
                self._handlers[child.type](child, span)
        self._depth -= 1

    def _table(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        lead = owner or self._announcing()
        tight = False
        for part in node.children:
            kind = BlockKind.TABLE_HEADER if part.type == "thead" else BlockKind.TABLE_ROW
            for row in part.children:
                cells = [_inline(cell).replace("\n", " ") for cell in row.children]
                if any(cells):
                    span = self._write(" | ".join(cells), kind, lead, tight=tight)
                    lead = span if part.type == "thead" else lead
                    tight = True

    def _definitions(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        term = owner
        for child in node.children:
            if child.type == "dt":
                term = self._write(_inline(child), BlockKind.PARAGRAPH, owner)
            else:
                self.children(child, term)

    def _announcing(self) -> Span | None:
        """The sentence before, if it ends with a colon."""
        return self._leading if self._writer.announces else None

    def _write(self, text: str, kind: BlockKind, lead: Span | None, *, tight: bool = False) -> Span:
        self._leading = None
        return self._writer.block(text, kind, lead=lead, indent=2 * self._depth, tight=tight)


def _inline(node: SyntaxTreeNode) -> str:
    """The prose of a block that holds inline content, empty if it holds none."""
    return "".join(prose(child.token.children or []) for child in node.children if child.token)


def _is_contents(node: SyntaxTreeNode) -> bool:
    """Whether a list is but a table of contents: links to headings of the page, which stand below."""
    inlines = [each for each in node.walk() if each.type == "inline"]
    return len(inlines) > 1 and all(
        [child.type for child in each.children] == ["link"]
        and str(each.children[0].attrs["href"]).startswith("#")
        for each in inlines
    )
