"""Markdown to a document whose text is plain prose.

The document's text is written from the parsed blocks: headings as lines, items as "- item", table rows as
"cell | cell", code as it stands. Quotes then read like the rendered page, and are exact, because offsets
are into this text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ingest.formats.flow import Flow
from ingest.formats.link_targets import LinkTargets
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.front_matter import read_front_matter
from ingest.formats.text.jsx import is_mdx, without_jsx
from ingest.formats.text.markdown_directives import (
    Box,
    Directive,
    alert_box,
    container_box,
    csv_rows,
    fence_directive,
    split_options,
)
from ingest.formats.text.markdown_html import HtmlBlocks, block_tree, rendered
from ingest.formats.text.markdown_inline import html_text, inline_text
from ingest.formats.text.markdown_source import prepared
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

MEDIA_TYPE = "text/markdown"
_FIRST_HEADING = re.compile(r"^# +([^\n]*?)[ \t#]*$", re.M)
_MAX_DIRECTIVES = 5  # in one another
_TASK = re.compile(r"\A\[([ xX])\] ")


def read(source: Source) -> Document:
    """The document of a Markdown file; the values of its front matter are its metadata and its first lines.

    The title is the front matter's, else the first top-level heading, else the file's name.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or nothing but a title and tags.
    """
    front_matter = read_front_matter(decode(source.data, source.name))
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    named = front_matter.metadata.get("title", "")
    first = _FIRST_HEADING.search(front_matter.body)
    flow.facts(front_matter.lines, choose_title(source, [named, _plain(first[1]) if first else ""]))
    write_markdown(front_matter.body, flow, source, mdx=is_mdx(source.name, front_matter.body))
    title = choose_title(source, [named, *writer.top_headings])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=front_matter.metadata)


def write_markdown(text: str, flow: Flow, source: Source, *, mdx: bool = False) -> None:
    """Writes the blocks of a Markdown text, which is of ``source`` or a part of it.

    Args:
        mdx: it holds JavaScript and components; then an indented line is no code.
    """
    html_blocks = HtmlBlocks(prepared(without_jsx(text) if mdx else text))
    tree = _tree(html_blocks.text, indented_code=not mdx)
    _TreeWriter(flow, html_blocks, source).write_children(tree, None)


def _tree(source: str, *, indented_code: bool = True) -> SyntaxTreeNode:
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(_parser(indented_code).parse(source))


@cache
def _parser(indented_code: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(footnote_plugin, inline=False).use(admon_plugin)
    parser.use(container_plugin, "box", validate=lambda info, *_: bool(info.strip(" :")))
    return parser if indented_code else parser.disable("code")


class _TreeWriter:
    """Writes a syntax tree's blocks in order, each with its context span.

    ``depth`` counts the directives around it; ``_noted`` has, for each footnote, the block that refers to it.
    """

    def __init__(
        self,
        flow: Flow,
        html_blocks: HtmlBlocks,
        source: Source,
        targets: LinkTargets | None = None,
        depth: int = 0,
    ) -> None:
        self._flow = flow
        self._html_blocks = html_blocks
        self._source = source
        self._targets = targets or LinkTargets()
        self._depth = depth
        self._noted: dict[object, Span] = {}
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
            "footnote": self._footnote,
            "container_box": self._container,
            "admonition": self._admonition,
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
        self._note(node, self._flow.paragraph(_inline(node, self._targets), owner))

    def _footnote(self, node: SyntaxTreeNode, _: Span | None) -> None:
        """A note, with the block that refers to it as its context."""
        self._flow.end_context()
        self.write_children(node, self._noted.get(node.meta.get("id")))

    def _note(self, node: SyntaxTreeNode, span: Span) -> None:
        """Remembers the footnotes that a block refers to."""
        for child in node.children:
            for token in (child.token.children if child.token else None) or ():
                if token.type == "footnote_ref" and len(span):
                    self._noted.setdefault(token.meta.get("id"), span)

    def _container(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        children = list(node.children)
        if children and children[0].type == "paragraph":
            text = children[0].children[0].content if children[0].children else ""
            options, rest = split_options(text)
            if options and not rest.strip():
                children = children[1:]
        self._box(container_box(node.info), children, owner)

    def _admonition(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        children = list(node.children)
        title = ""
        if children and children[0].type == "admonition_title":
            title = _inline(children.pop(0))
        kind = str(node.meta.get("tag", ""))
        self._box(Box(kind=kind, title="" if title.lower() == kind else title), children, owner)

    def _box(self, box: Box, children: list[SyntaxTreeNode], owner: Span | None) -> None:
        """A title of its own is a line before the box's text and its context; else its kind is before it."""
        if box.title:
            title = _plain(box.title)
            span = self._flow.paragraph(title if title[-1:] in ":?!.…" else f"{title}:", owner)
            owner = span if len(span) else owner
        elif box.label and children and children[0].type == "paragraph":
            first = children.pop(0)
            self._note(first, self._flow.paragraph(f"{box.label}: {_inline(first, self._targets)}", owner))
        for child in children:
            handler = self._handlers.get(child.type)
            if handler is not None:
                handler(child, owner)
            else:
                self.write_children(child, owner)
        self._flow.end_context()

    def _html(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        block = self._html_blocks.source_at(node.content)
        if block is None:
            self._flow.paragraph(html_text(node.content), owner)
        else:
            self._write_html(rendered(block, _parser(True).render), owner)
        self._flow.end_context()

    def _write_html(self, html: str, owner: Span | None) -> None:
        from ingest.formats.markup.elements import write_elements
        from ingest.formats.markup.links import with_link_targets

        tree = block_tree(html, self._source)
        write_elements(with_link_targets(tree, self._targets), self._flow, owner)

    def _quote(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        if self._alert(node, owner):
            return
        context_span = owner or self._flow.announcement()
        for child in node.children:
            if child.type == "paragraph":
                self._flow.quote(_inline(child, self._targets), context_span)
            elif child.type in self._handlers:
                self._handlers[child.type](child, context_span)
        self._flow.end_context()

    def _alert(self, node: SyntaxTreeNode, owner: Span | None) -> bool:
        """Writes a quotation that begins with "[!NOTE]" as a box; False: it is none."""
        first = node.children[0] if node.children else None
        inline = first.children[0] if first is not None and first.type == "paragraph" else None
        tokens = list(inline.token.children or []) if inline is not None and inline.token else []
        if not tokens or tokens[0].type != "text" or not tokens[0].content.startswith("[!"):
            return False
        end = next((at for at, token in enumerate(tokens) if token.type.endswith("break")), len(tokens))
        found = alert_box(inline_text(tokens[:end]))
        if found is None:
            return False
        box, head = found
        body = inline_text(tokens[end + 1 :], self._targets)
        children = list(node.children[1:])
        if head and (body or children):
            box = Box(kind=box.kind, title=head)
        text = body or ("" if box.title else head)
        if box.title:
            span = self._flow.paragraph(head if head[-1] in ":?!.…" else f"{head}:", owner)
            owner = span
            self._flow.paragraph(text, owner)
        else:
            self._flow.paragraph(f"{box.label}: {text}" if box.label and text else text, owner)
        self._box(Box(kind=""), children, owner)
        return True

    def _code(self, node: SyntaxTreeNode, owner: Span | None) -> None:
        directive = fence_directive(node.info, node.content) if node.type == "fence" else None
        if directive is None or self._depth >= _MAX_DIRECTIVES:
            self._flow.code(node.content, owner)
        elif directive.kind != "skip":
            self._directive(directive, owner)

    def _directive(self, directive: Directive, owner: Span | None) -> None:
        """A MyST directive: a box of Markdown, or a table."""
        rows: list[list[str]] = []
        html_blocks = HtmlBlocks(prepared(directive.body))
        tree = _tree(html_blocks.text) if directive.kind != "csv-table" else None
        if tree is None:
            rows = [[_plain(cell) for cell in row] for row in csv_rows(directive.body)]
            header = directive.options.get("header", "")
            rows = [*csv_rows(header), *rows]
        elif directive.kind == "list-table":
            rows = [
                [
                    " ".join(_inline(part) for part in cell.children if part.type == "paragraph")
                    for cell in cells
                ]
                for cells in _list_cells(tree)
            ]
        if tree is None or rows:
            caption = _plain(directive.box.title)
            owner = self._flow.paragraph(f"{caption}:", owner) if caption else owner
            count = directive.options.get("header-rows", "")
            header_rows = int(count) if count.isascii() and count.isdigit() and len(count) < 3 else None
            self._flow.table(
                rows, owner, header_rows=header_rows or (1 if "header" in directive.options else None)
            )
            return
        inner = _TreeWriter(self._flow, html_blocks, self._source, self._targets, self._depth + 1)
        inner._noted = self._noted
        inner._box(directive.box, list(tree.children) if tree is not None else [], owner)

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
            first = rest.pop(0)
            text = _TASK.sub(lambda match: "☐ " if match[1] == " " else "☑ ", _inline(first, self._targets))
            span = self._flow.item(f"{mark} {text}", context_span, tight=tight)
            self._note(first, span)
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


def _plain(text: str) -> str:
    """A line of Markdown without its inline marks."""
    return " ".join(inline_text(token.children or []) for token in _parser(True).parseInline(text)).strip()


def _list_cells(tree: SyntaxTreeNode) -> list[list[SyntaxTreeNode]]:
    """The cells of a table that is written as a list of lists."""
    lists = [child for child in tree.children if child.type == "bullet_list"]
    rows = [item for each in lists for item in each.children]
    return [
        [cell for each in row.children if each.type == "bullet_list" for cell in each.children]
        for row in rows
    ]


def _is_table_of_contents(node: SyntaxTreeNode) -> bool:
    """Whether all items of a list are links to headings of the page."""
    items = [child for child in node.walk() if child.type == "inline"]
    return len(items) > 1 and all(
        [child.type for child in item.children] == ["link"]
        and str(item.children[0].attrs["href"]).startswith("#")
        for item in items
    )
