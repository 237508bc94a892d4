"""Markdown to a document whose text reads as plain prose.

The stored text is written anew from the parsed blocks: headings as lines, items as "- item", table
rows as "cell | cell", code as it stands. Quotes then read as the page does, and are still exact,
because the stored text is what offsets point into.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.front_matter import split_front_matter
from ingest.formats.text.markdown_inline import html_prose, prose
from ingest.formats.text.template_tags import without_tags
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

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
    _Walk(Flow(writer)).children(tree, None)
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

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
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
        self._flow.heading(_inline(node), int(node.tag[1]))

    def _paragraph(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._flow.paragraph(_inline(node), owner)

    def _html(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._flow.paragraph(html_prose(node.content), owner)
        self._flow.close()

    def _quote(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        context_span = owner or self._flow.announcing()
        for child in node.children:
            if child.type == "paragraph":
                self._flow.quote(_inline(child), context_span)
            elif child.type in self._handlers:
                self._handlers[child.type](child, context_span)
        self._flow.close()

    def _code(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._flow.code(node.content, owner)

    def _list(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        if _is_contents(node):
            return
        context_span = self._flow.context_span(owner)
        first = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, first):
            mark = "-" if node.type == "bullet_list" else f"{number}."
            self._item(item, mark, context_span, tight=number > first or self._flow.depth > 0)
        self._flow.close()

    def _item(self, node: SyntaxTreeNode, mark: str, context_span: Span | None, *, tight: bool) -> None:
        rest = list(node.children)
        span = context_span
        if rest and rest[0].type == "paragraph":
            span = self._flow.item(f"{mark} {_inline(rest.pop(0))}", context_span, tight=tight)
        with self._flow.deeper():
            for child in rest:
                if child.type in self._handlers:
                    self._handlers[child.type](child, span)

    def _table(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        rows = [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
        self._flow.table(rows, owner, header_rows=1)

    def _definitions(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        term = owner
        for child in node.children:
            if child.type == "dt":
                term = self._flow.paragraph(_inline(child), owner)
                self._flow.close()
            else:
                self.children(child, term)


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
