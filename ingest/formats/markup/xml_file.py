"""XML to a document: journal articles (JATS) by their meaning, other XML as names and values."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import inline, write
from ingest.formats.markup.tree import Element, local, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import decode, well_formed
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
_SKIPPED = frozenset(
    "journal-meta article-id article-categories contrib-group aff author-notes pub-date history permissions"
    " counts custom-meta-group related-article self-uri kwd-group funding-group object-id graphic media"
    " alternatives tex-math elocation-id volume issue fpage lpage".split()
)


def read(source: Source) -> Document:
    """The document of an XML file. Entities are not expanded and nothing that it names is loaded.

    Raises:
        UnreadableDocument: not well-formed, with references to entities, nested too deep, or without text.
    """
    decode(source.data, source.name)  # refuses what is no text, with a better reason than a parser's
    root = xml_tree(source.data, source, allow_doctype=True)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    if local(root) == "article" and any(local(child) in ("front", "body") for child in root):
        write(_html(root, 1), flow)
    else:
        _generic(root, flow)
    tops = [heading.text for heading in writer.headings if heading.level == 1]
    title = tops[0] if tops else source.stem_title
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _html(root: Element, level: int) -> Element:
    """A JATS tree as the HTML tree that means the same."""
    from lxml import html

    made = html.Element(_JATS.get(local(root), local(root) if local(root) in _TABLE else "span"))
    if local(root) in ("article", "front", "article-meta", "body", "back", "title-group", "sub-article"):
        made = html.Element("div")
    inner = level + (local(root) in ("sec", "abstract", "ack", "ref-list"))
    made.text = root.text
    for name in ("rowspan", "colspan"):
        if root.get(name):
            made.set(name, root.get(name))
    for child in root:
        name = local(child)
        if name in _SKIPPED or not name:
            _add_text(made, child.tail)
            continue
        if name == "title" and local(root) != "caption":
            part = html.Element(f"h{min(inner, 6)}")
            part.text = well_formed(inline(_html(child, inner)))
        elif name == "term":
            part = _html(child, inner)
            part.tag = "dt"
        else:
            part = _html(child, inner)
        part.tail = child.tail
        made.append(part)
        if name == "label":
            part.tail = " " + (part.tail or "")
    return made


def _add_text(element: Element, text: str | None) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _generic(root: Element, flow: Flow) -> None:
    """Records of leaves as tables; other leaves as "name: value"; mixed content as paragraphs."""
    children = [child for child in root if local(child)]
    grid = _records(children)
    if grid:
        flow.table(grid, header_rows=1)
        return
    for child in children:
        texts = [" ".join(t.split()) for t in child.itertext()]
        if not any(texts):
            continue
        if not any(local(each) for each in child):
            flow.paragraph(f"{_name(child)}: {' '.join(filter(None, texts))}")
        elif _is_mixed(child):
            flow.paragraph(" ".join(filter(None, texts)))
        else:
            _generic(child, flow)


def _records(children: list[Element]) -> list[list[str]]:
    """A table of siblings of one name whose children are all leaves; empty where they are none."""
    if len(children) < 2 or len({local(child) for child in children}) > 1:
        return []
    if any(len(each) for child in children for each in child) or not all(len(child) for child in children):
        return []
    names = list(dict.fromkeys(_name(each) for child in children for each in child))
    rows = []
    for child in children:
        values = {_name(each): " ".join((each.text or "").split()) for each in child}
        rows.append([values.get(name, "") for name in names])
    return [names, *rows]


def _is_mixed(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _name(element: Element) -> str:
    return " ".join(_words(local(element)))


def _words(name: str) -> Iterator[str]:
    yield from name.replace("_", " ").replace("-", " ").split()
