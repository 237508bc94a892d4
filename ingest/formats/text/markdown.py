"""Markdown to a document whose text is plain prose.

The document's text is written from the parsed blocks: headings as lines, items as "- item", table rows as
"cell | cell", code as it stands. Quotes then read like the rendered page, and are exact, because offsets
are into this text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ingest.formats.flow import Flow
from ingest.formats.link_targets import LinkTargets
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.front_matter import split_front_matter
from ingest.formats.text.markdown_html import HtmlBlocks, block_tree, rendered
from ingest.formats.text.markdown_inline import html_text, inline_text
from ingest.formats.text.template_tags import without_tags
from ingest.formats.titles import choose_title
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
    writer = DocumentWriter(source.limits)
    html_blocks = HtmlBlocks(without_tags(body))
    tree = SyntaxTreeNode(_parser().parse(html_blocks.text))
    _TreeWriter(Flow(writer), html_blocks, source).write_children(tree, None)
    title = choose_title(source, [metadata.get("title", ""), *writer.top_headings])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(deflist_plugin).use(footnote_plugin, inline=False)


class _TreeWriter:
    """Writes a syntax tree's blocks in order, each with its context span."""

    def __init__(self, flow: Flow, html_blocks: HtmlBlocks, source: Source) -> None:
        self._flow = flow
        self._html_blocks = html_blocks
        self._source = source
        self._targets = LinkTargets()
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

    def write_children(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        """Writes the children of a node; ``owner`` is the span of the list item that holds them."""
        for child in node.children:
            handler = self._handlers.get(child.type)
            if handler is not None:
                handler(child, owner)
            elif child.type != "inline":
                self.write_children(child, owner)

    def _heading(self, node: SyntaxTreeNode, _: Span | None) -> None:
        self._targets.next_section()
        self._flow.heading(_inline(node), int(node.tag[1]))

    def _paragraph(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._flow.paragraph(_inline(node, self._targets), owner)

    def _html(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        block = self._html_blocks.source_at(node.content)
        if block is None:
            self._flow.paragraph(html_text(node.content), owner)
        else:
            self._write_html(rendered(block, _parser().render), owner)
        self._flow.end_context()

    def _write_html(self, html: str, owner: Span | None) -> None:
        from ingest.formats.markup.elements import write_elements
        from ingest.formats.markup.links import with_link_targets

        tree = block_tree(html, self._source)
        write_elements(with_link_targets(tree, self._targets), self._flow, owner)

    def _quote(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        context_span = owner or self._flow.announcement()
        for child in node.children:
            if child.type == "paragraph":
                self._flow.quote(_inline(child, self._targets), context_span)
            elif child.type in self._handlers:
                self._handlers[child.type](child, context_span)
        self._flow.end_context()

    def _code(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        self._flow.code(node.content, owner)

    def _list(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        if _is_table_of_contents(node):
            return
        context_span = self._flow.list_context(owner)
        first = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, first):
            mark = "-" if node.type == "bullet_list" else f"{number}."
            self._item(item, mark, context_span, tight=number > first or self._flow.depth > 0)
        self._flow.end_context()

    def _item(self, node: SyntaxTreeNode, mark: str, context_span: Span | None, *, tight: bool) -> None:
        rest = list(node.children)
        span = context_span
        if rest and rest[0].type == "paragraph":
            text = _inline(rest.pop(0), self._targets)
            span = self._flow.item(f"{mark} {text}", context_span, tight=tight)
        with self._flow.nested():
            for child in rest:
                if child.type in self._handlers:
                    self._handlers[child.type](child, span)

    def _table(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        rows = [
            [_inline(cell, None if part.type == "thead" else self._targets) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        self._flow.table(rows, owner, header_rows=1)

    def _definitions(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        term = owner
        for child in node.children:
            if child.type == "dt":
                term = self._flow.paragraph(_inline(child), owner)
                self._flow.end_context()
            else:
                self.write_children(child, term)


def _inline(node: SyntaxTreeNode, targets: LinkTargets | None = None) -> str:
    """The text of a block's inline content; empty if it has none."""
    return "".join(inline_text(child.token.children or [], targets) for child in node.children if child.token)


def _is_table_of_contents(node: SyntaxTreeNode) -> bool:
    """Whether all items of a list are links to headings of the page."""
    items = [child for child in node.walk() if child.type == "inline"]
    return len(items) > 1 and all(
        [child.type for child in item.children] == ["link"]
        and str(item.children[0].attrs["href"]).startswith("#")
        for item in items
    )
