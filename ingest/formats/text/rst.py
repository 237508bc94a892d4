"""reStructuredText to a document, by docutils' tree: sections, lists, tables, notes, code.

No file is included and no raw text is taken over; directives and roles of Sphinx are read for their text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text import plain
from ingest.formats.text.decode import decode
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

MEDIA_TYPE = "text/x-rst"
_SETTINGS: dict[str, Any] = {
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "input_encoding": "unicode",
    "syntax_highlight": "none",
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "toc_backlinks": False,
    "line_length_limit": 10_000_000,
}
_SKIPPED = frozenset(
    "comment substitution_definition target system_message raw pending transition title decoration"
    " meta generated".split()
)
_LABELS = {
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "important": "Important",
    "note": "Note",
    "tip": "Tip",
    "warning": "Warning",
}
_ALT_WORDS = 3


def read(source: Source) -> Document:
    """The document of a reStructuredText file; its title is its first heading, else the file's name.

    A file on which docutils itself fails is read as plain text.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without text.
    """
    tree = _tree(decode(source.data, source.name))
    if tree is None:
        return replace(plain.read(source), media_type=MEDIA_TYPE)
    writer = DocumentWriter(source.limits)
    _Writer(Flow(writer)).write_children(tree, None, 1)
    title = choose_title(source, writer.top_headings)
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _tree(text: str) -> Any | None:
    """The tree of a text by docutils; None where it fails, as it does on some malformed text."""
    from docutils.core import publish_doctree

    from ingest.formats.text.rst_directives import register

    register(text)
    try:
        return publish_doctree(text, settings_overrides=_SETTINGS)
    except (RecursionError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # its directives and transforms raise whatever their code runs into
        return None


class _Writer:
    """Writes a tree's nodes in order, each with its context span."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._noted: dict[str, Span] = {}
        self._handlers: dict[str, Callable[[Any, Span | None, int], None]] = {
            "section": self._section,
            "paragraph": self._paragraph,
            "rubric": self._paragraph,
            "attribution": self._paragraph,
            "caption": self._paragraph,
            "bullet_list": self._list,
            "enumerated_list": self._list,
            "definition_list_item": self._definition,
            "field": self._field,
            "option_list_item": self._option,
            "line_block": self._lines,
            "literal_block": self._code,
            "doctest_block": self._code,
            "math_block": self._code,
            "block_quote": self._quote,
            "table": self._table,
            "footnote": self._footnote,
            "citation": self._footnote,
            "topic": self._titled,
            "sidebar": self._titled,
            "admonition": self._titled,
            "image": self._image,
            **dict.fromkeys(_LABELS, self._labelled),
        }

    def write_children(self, node: Any, owner: Span | None, level: int) -> None:
        """Writes the children of a node; ``level`` is that of a heading in it."""
        for child in node.children:
            name = _name(child)
            if name in _SKIPPED:
                continue
            handler = self._handlers.get(name)
            if handler is not None:
                handler(child, owner, level)
            elif name == "#text" or not hasattr(child, "children"):
                self._flow.paragraph(" ".join(child.astext().split()), owner)
            else:
                self.write_children(child, owner, level)

    def _section(self, node: Any, _: Span | None, level: int) -> None:
        for child in node.children:
            if _name(child) == "title":
                self._flow.heading(_inline(child), min(level, 6))
        self.write_children(node, None, level + 1)

    def _paragraph(self, node: Any, owner: Span | None, _: int) -> None:
        self._note(node, self._flow.paragraph(_inline(node), owner))

    def _list(self, node: Any, owner: Span | None, level: int) -> None:
        context_span = self._flow.list_context(owner)
        first = int(node.get("start", 1))
        for number, item in enumerate(node.children, first):
            mark = "-" if _name(node) == "bullet_list" else _number_mark(node, number)
            rest = [child for child in item.children if _name(child) not in _SKIPPED]
            span = context_span
            if rest and _name(rest[0]) == "paragraph":
                text = _inline(rest[0])
                tight = number > first or self._flow.depth > 0
                span = self._flow.item(f"{mark} {text}", context_span, tight=tight)
                self._note(rest.pop(0), span)
            with self._flow.nested():
                self._write(rest, span, level)
        self._flow.end_context()

    def _definition(self, node: Any, owner: Span | None, level: int) -> None:
        terms = [_inline(child) for child in node.children if _name(child) in ("term", "classifier")]
        span = self._flow.paragraph(" : ".join(terms), owner)
        self._flow.end_context()
        for child in node.children:
            if _name(child) == "definition":
                self.write_children(child, span if len(span) else owner, level)

    def _field(self, node: Any, owner: Span | None, level: int) -> None:
        name = " ".join(_inline(child) for child in node.children if _name(child) == "field_name")
        body = [each for child in node.children if _name(child) == "field_body" for each in child.children]
        first = _inline(body.pop(0)) if body and _name(body[0]) == "paragraph" else ""
        span = self._flow.paragraph(f"{name}: {first}".strip(), owner)
        self._write(body, span, level)
        self._flow.end_context()

    def _option(self, node: Any, owner: Span | None, level: int) -> None:
        names = ", ".join(child.astext() for group in node.children[:1] for child in group.children)
        body = [each for child in node.children[1:] for each in child.children]
        first = _inline(body.pop(0)) if body and _name(body[0]) == "paragraph" else ""
        span = self._flow.paragraph(f"{names}: {first}", owner)
        self._write(body, span, level)
        self._flow.end_context()

    def _lines(self, node: Any, owner: Span | None, _: int) -> None:
        lines = [_inline(line) for line in node.findall() if _name(line) == "line"]
        self._flow.paragraph("\n".join(line for line in lines if line), owner)

    def _code(self, node: Any, owner: Span | None, _: int) -> None:
        self._flow.code(node.astext(), owner)

    def _quote(self, node: Any, owner: Span | None, level: int) -> None:
        context_span = owner or self._flow.announcement()
        for child in node.children:
            if _name(child) == "paragraph":
                self._flow.quote(_inline(child), context_span)
            else:
                self._write([child], context_span, level)
        self._flow.end_context()

    def _table(self, node: Any, owner: Span | None, _: int) -> None:
        for child in node.children:
            if _name(child) == "title":
                owner = self._flow.paragraph(f"{_inline(child).rstrip(':')}:", owner)
        heads = [row for head in node.findall() if _name(head) == "thead" for row in head.children]
        bodies = [row for body in node.findall() if _name(body) == "tbody" for row in body.children]
        self._flow.table(_grid([*heads, *bodies]), owner, header_rows=len(heads) or None)

    def _footnote(self, node: Any, _: Span | None, level: int) -> None:
        """A note, with the block that refers to it as its context."""
        noted = next((self._noted[each] for each in node.get("ids", ()) if each in self._noted), None)
        self._flow.end_context()
        self._write([child for child in node.children if _name(child) != "label"], noted, level)

    def _titled(self, node: Any, owner: Span | None, level: int) -> None:
        if "contents" in node.get("classes", ()):
            return
        for child in node.children:
            if _name(child) == "title":
                title = _inline(child)
                span = self._flow.paragraph(title if title[-1:] in ":?!.…" else f"{title}:", owner)
                owner = span if len(span) else owner
        self.write_children(node, owner, level)
        self._flow.end_context()

    def _labelled(self, node: Any, owner: Span | None, level: int) -> None:
        rest = list(node.children)
        if rest and _name(rest[0]) == "paragraph":
            first = rest.pop(0)
            self._note(first, self._flow.paragraph(f"{_LABELS[_name(node)]}: {_inline(first)}", owner))
        self._write(rest, owner, level)
        self._flow.end_context()

    def _image(self, node: Any, owner: Span | None, _: int) -> None:
        self._flow.paragraph(_alternative(node), owner)

    def _write(self, children: Sequence[Any], owner: Span | None, level: int) -> None:
        """Writes some of a node's children."""
        for child in children:
            handler = self._handlers.get(_name(child))
            if handler is not None:
                handler(child, owner, level)
            elif _name(child) not in _SKIPPED:
                self.write_children(child, owner, level)

    def _note(self, node: Any, span: Span) -> None:
        """Remembers the footnotes that a block refers to."""
        for child in node.findall():
            if _name(child) in ("footnote_reference", "citation_reference") and len(span):
                self._noted.setdefault(child.get("refid", ""), span)


def _name(node: Any) -> str:
    return str(node.tagname)


def _inline(node: Any) -> str:
    """The text of a node on one line, without the numbers of footnotes."""
    return " ".join("".join(_parts(node)).split())


def _parts(node: Any) -> list[str]:
    parts: list[str] = []
    for child in node.children:
        name = _name(child)
        if name == "#text":
            parts.append(str(child.astext()))
        elif name == "image":
            parts.append(_alternative(child))
        elif name not in ("footnote_reference", "system_message") and hasattr(child, "children"):
            parts += _parts(child)
    return parts


def _alternative(node: Any) -> str:
    text = str(node.get("alt", ""))
    return text if len(text.split()) >= _ALT_WORDS else ""


def _number_mark(node: Any, number: int) -> str:
    """An item's mark as its list is numbered: "3." or "(c)"."""
    kind = node.get("enumtype", "arabic")
    text = str(number)
    if kind in ("loweralpha", "upperalpha") and 1 <= number <= 26:
        text = chr(ord("a" if kind == "loweralpha" else "A") + number - 1)
    elif kind in ("lowerroman", "upperroman"):
        text = _roman(number) if kind == "upperroman" else _roman(number).lower()
    return f"{node.get('prefix', '')}{text}{node.get('suffix', '.') or '.'}"


def _roman(number: int) -> str:
    signs = (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text


def _grid(rows: Sequence[Any]) -> list[list[str]]:
    """Cells by row and column; a cell that spans rows is repeated in each."""
    grid: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in rows:
        texts: list[str] = []
        entries = iter(row.children)
        while True:
            if len(texts) in spanning:
                left, text = spanning.pop(len(texts))
                if left > 1:
                    spanning[len(texts)] = (left - 1, text)
                texts.append(text)
                continue
            entry = next(entries, None)
            if entry is None:
                break
            text = " ".join(filter(None, (_inline(child) for child in entry.children)))
            for column in range(min(int(entry.get("morecols", 0)), 100) + 1):
                cell = text if column == 0 else ""
                if entry.get("morerows"):
                    spanning[len(texts)] = (int(entry["morerows"]), cell)
                texts.append(cell)
        grid.append(texts)
    return grid
