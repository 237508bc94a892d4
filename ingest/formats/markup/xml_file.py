"""XML to a document: journal articles (JATS) by their meaning, other XML as names and values."""

from __future__ import annotations

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import inline_text, write_elements
from ingest.formats.markup.tree import Element, append_text, local_name, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import decode, well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "application/xml"
_JATS = {
    "article-title": "h1",
    "sec": "section",
    "p": "p",
    "disp-quote": "blockquote",
    "preformat": "pre",
    "code": "pre",
    "list": "ul",
    "list-item": "li",
    "def-list": "dl",
    "def": "dd",
    "table-wrap": "div",
    "fig": "div",
    "label": "span",
    "caption": "div",
    "ref-list": "ul",
    "ref": "li",
    "abstract": "section",
    "ack": "section",
    "sup": "sup",
    "sub": "sub",
    "break": "br",
    "fn": "div",
    "mixed-citation": "span",
    "element-citation": "span",
    "disp-formula": "p",
}
_TABLE = frozenset("table thead tbody tfoot tr td th".split())
_CONTAINERS = frozenset("article front article-meta body back title-group sub-article".split())
_SKIPPED = frozenset(
    "journal-meta article-id article-categories contrib-group aff author-notes pub-date history permissions"
    " counts custom-meta-group related-article self-uri kwd-group funding-group object-id graphic media"
    " alternatives tex-math elocation-id volume issue fpage lpage".split()
)


def read(source: Source) -> Document:
    """The document of an XML file. Entities are not expanded and nothing that it refers to is loaded.

    Raises:
        UnreadableDocument: not well-formed, with references to entities, nested too deep, or without text.
    """
    decode(source.data, source.name)  # refuses binary data with a plainer reason than the parser's
    root = xml_tree(source.data, source, allow_doctype=True)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    if local_name(root) == "article" and any(local_name(child) in ("front", "body") for child in root):
        write_elements(_to_html(root, 1), flow)
    elif _is_leaf(root) or _is_mixed(root):
        flow.paragraph(_words(root))
    else:
        _write_generic(root, flow)
    title = choose_title(source, writer.top_headings)
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _to_html(root: Element, level: int) -> Element:
    """A JATS tree as the HTML tree of the same meaning; ``level`` is that of its sections' headings."""
    from lxml import html

    root_name = local_name(root)
    converted = html.Element(_JATS.get(root_name, root_name if root_name in _TABLE else "span"))
    if root_name in _CONTAINERS:
        converted = html.Element("div")
    inner = level + (root_name in ("sec", "abstract", "ack", "ref-list"))
    converted.text = root.text
    for attribute in ("rowspan", "colspan"):
        if root.get(attribute):
            converted.set(attribute, root.get(attribute))
    for child in root:
        name = local_name(child)
        if name in _SKIPPED or not name:
            append_text(converted, child.tail)
            continue
        if name == "title" and root_name != "caption":
            part = html.Element(f"h{min(inner, 6)}")
            part.text = well_formed(inline_text(_to_html(child, inner)))
        elif name == "term":
            part = _to_html(child, inner)
            part.tag = "dt"
        else:
            part = _to_html(child, inner)
        part.tail = child.tail
        converted.append(part)
        if name == "label":
            part.tail = " " + (part.tail or "")
    return converted


def _write_generic(root: Element, flow: Flow) -> None:
    """Records of leaves as tables; other leaves as "name: value"; mixed content as paragraphs."""
    children = [child for child in root if local_name(child)]
    grid = _records(children)
    if grid:
        flow.table(grid, header_rows=1)
        return
    for child in children:
        words = _words(child)
        if not words:
            continue
        if _is_leaf(child):
            flow.paragraph(f"{_name(child)}: {words}")
        elif _is_mixed(child):
            flow.paragraph(words)
        else:
            _write_generic(child, flow)


def _records(children: list[Element]) -> list[list[str]]:
    """A table of siblings of one name whose children are all leaves; empty where there are none."""
    if len(children) < 2 or len({local_name(child) for child in children}) > 1:
        return []
    if any(len(each) for child in children for each in child) or not all(len(child) for child in children):
        return []
    names = list(dict.fromkeys(_name(each) for child in children for each in child))
    rows = []
    for child in children:
        values = {_name(each): " ".join((each.text or "").split()) for each in child}
        rows.append([values.get(name, "") for name in names])
    return [names, *rows]


def _words(element: Element) -> str:
    """All text in an element, with white space folded."""
    return " ".join(" ".join(element.itertext()).split())


def _is_leaf(element: Element) -> bool:
    return not any(local_name(child) for child in element)


def _is_mixed(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _name(element: Element) -> str:
    """An element's name as words: "first name" of ``first_name``."""
    return " ".join(local_name(element).replace("_", " ").replace("-", " ").split())
