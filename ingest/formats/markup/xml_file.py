"""XML to a document: journal articles (JATS) by their meaning, other XML as names and values."""

from __future__ import annotations

import re

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import inline_text, write_elements
from ingest.formats.markup.feed import is_feed, read_feed
from ingest.formats.markup.tree import Element, append_text, local_name, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import decode, well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
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
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENCODING = re.compile(r"(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_MAX_COLUMNS = 60
_TITLES = ("name", "title", "label", "id", "key")
_TECHNICAL = frozenset("schemaLocation noNamespaceSchemaLocation xmlns space base nil".split())
_TECHNICAL_SPACES = ("{http://www.w3.org/2001/XMLSchema-instance}",)
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
    root = _tree(source)
    if is_feed(root):
        return read_feed(root, source, MEDIA_TYPE)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    is_article = local_name(root) == "article" and any(local_name(each) in ("front", "body") for each in root)
    if is_article:
        write_elements(_to_html(root, 1), flow)
    elif _is_leaf(root) or _is_mixed(root):
        _write_attributes(root, flow)
        flow.paragraph(_words(root))
    else:
        _write_attributes(root, flow)
        _write_generic(root, flow)
    top = writer.top_headings
    title = choose_title(source, top if is_article or len(top) == 1 else ())
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _tree(source: Source) -> Element:
    """The root element; a stray byte or control character loses itself, not the file."""
    text = decode(source.data, source.name)  # refuses binary data with a plainer reason than the parser's
    try:
        return xml_tree(source.data, source, allow_doctype=True)
    except DocumentTooLarge:
        raise
    except UnreadableDocument:
        cleaned = _ENCODING.sub(r"\1", _NOT_XML.sub("", text), count=1).lstrip().encode()
        if cleaned == source.data:
            raise
        return xml_tree(cleaned, source, allow_doctype=True)


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


def _write_generic(root: Element, flow: Flow, level: int = 1) -> None:
    """Records of leaves as tables; other leaves as "name: value"; mixed content as paragraphs."""
    children = [child for child in root if local_name(child)]
    grid = _records(children)
    if grid:
        flow.table(grid, header_rows=1)
        return
    for child in children:
        words = _words(child)
        if _is_leaf(child):
            _write_leaf(child, words, flow)
        elif _is_mixed(child):
            _write_attributes(child, flow)
            flow.paragraph(words)
        else:
            flow.heading(_title(child), min(level, 6))
            _write_attributes(child, flow)
            _write_generic(child, flow, level + bool(_title(child)))


def _write_leaf(element: Element, words: str, flow: Flow) -> None:
    """A value with its attributes behind it, "price: 12 (currency: EUR)"; attributes alone as a line each."""
    attributes = _attributes(element)
    if not words:
        _write_attributes(element, flow)
        return
    told = f" ({'; '.join(f'{name}: {value}' for name, value in attributes.items())})" if attributes else ""
    flow.paragraph(f"{_name(element)}: {words}{told}")


def _write_attributes(element: Element, flow: Flow) -> None:
    """An element's attributes as facts about what it names, else about what it is."""
    attributes = _attributes(element)
    subject = _title(element) or _name(element)
    flow.facts([f"{name}: {value}" for name, value in attributes.items() if value != subject], subject)


def _title(element: Element) -> str:
    """The attribute that names an element; empty if there is none."""
    attributes = _attributes(element)
    return next((attributes[name] for name in _TITLES if attributes.get(name)), "")


def _attributes(element: Element) -> dict[str, str]:
    """Names and values of an element's attributes, without those that only serve programs."""
    found: dict[str, str] = {}
    for name, value in element.attrib.items():
        text = " ".join(str(value).split())
        bare = str(name).rpartition("}")[2]
        if text and bare not in _TECHNICAL and not str(name).startswith(_TECHNICAL_SPACES):
            found[" ".join(bare.replace("_", " ").replace("-", " ").split())] = text
    return found


def _records(children: list[Element]) -> list[list[str]]:
    """A table of siblings of one name whose children are all leaves, with their attributes as columns too;
    empty where there are none."""
    if len(children) < 2 or len({local_name(child) for child in children}) > 1:
        return []
    if any(len(each) or each.attrib for child in children for each in child):
        return []
    if not all(len(child) or child.attrib for child in children):
        return []
    if any(_is_mixed(child) and len(child) for child in children):
        return []
    rows = []
    for child in children:
        values = _attributes(child)
        values |= {_name(each): " ".join((each.text or "").split()) for each in child}
        if not len(child) and (child.text or "").strip():
            values[_name(child)] = " ".join(child.text.split())
        rows.append(values)
    names = list(dict.fromkeys(name for values in rows for name in values))
    if not names or len(names) > _MAX_COLUMNS:
        return []
    return [names, *([values.get(name, "") for name in names] for values in rows)]


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
