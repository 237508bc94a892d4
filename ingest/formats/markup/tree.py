"""Bytes to trees of elements; entities aren't expanded, nothing is loaded, and depth is limited."""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import Any

from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from rag.errors import DocumentTooLarge, UnreadableDocument

Element = Any  # lxml.etree._Element; lxml carries no types

_HTML_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_PROLOGUE = re.compile(r"\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def html_tree(text: str, source: Source) -> Element:
    """The root element of an HTML page, repaired as browsers do.

    Raises:
        UnreadableDocument: it holds no element, or nests deeper than the limit.
    """
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    cleaned = _NOT_XML.sub("", _PROLOGUE.sub("", text, count=1))
    try:
        root = html.document_fromstring(cleaned.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        raise UnreadableDocument(f"{source.name} is no HTML: it holds no element") from None
    check_depth(root, source)
    return root


def html_text(source: Source) -> str:
    """The text of an HTML file in the encoding that it declares, else as detected."""
    data = source.data
    declared = _HTML_CHARSET.search(data[:4096]) or _XML_ENCODING.match(data)
    if declared and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = declared[1].decode("ascii")
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii") else name
        try:
            if codecs.lookup(name).name not in ("utf-16", "utf-16-le", "utf-16-be"):
                return decode(data.decode(name).encode(), source.name)
        except (LookupError, UnicodeError):
            pass  # a wrong declaration: the encoding is detected from the bytes
    return decode(data, source.name)


def xml_tree(data: bytes, source: Source, *, allow_doctype: bool = False) -> Element:
    """The root element of an XML file. Entities aren't expanded, nothing is loaded.

    Raises:
        UnreadableDocument: not well-formed, nested deeper than the limit, with a document type that
            is not allowed, or with references to entities that it declares.
    """
    from lxml import etree

    has_doctype = _DTD.search(data[:65536].replace(b"\0", b"")) is not None
    if has_doctype and not allow_doctype:
        raise UnreadableDocument(f"{source.name} declares a document type or entities, which are refused")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=not has_doctype,  # with entities, libxml2's own limits hold
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is damaged"
        if "depth" in reason:  # libxml2's own limit, far above ours
            raise DocumentTooLarge(_too_deep(source)) from None
        raise UnreadableDocument(f"{source.name} is not well-formed XML: {reason}") from None
    dtd = root.getroottree().docinfo.internalDTD
    declared = {entity.name for entity in dtd.iterentities()} if dtd is not None else set()
    for entity in list(root.iter(etree.Entity)):
        if entity.name in declared:
            raise UnreadableDocument(f"{source.name} refers to entities of its own, which are refused")
        _replace(entity, html5.get(f"{entity.name};", entity.text))  # unknown ones stay as written
    check_depth(root, source)
    return root


def _replace(entity: Element, text: str) -> None:
    """Puts a named character (``&mdash;``) in place of the reference to it."""
    parent, before = entity.getparent(), entity.getprevious()
    text += entity.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(entity)


def check_depth(root: Element, source: Source) -> None:
    """Raises DocumentTooLarge if elements nest deeper than the limit."""
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > source.limits.depth:
            raise DocumentTooLarge(_too_deep(source))


def _too_deep(source: Source) -> str:
    return f"{source.name} nests elements more than {source.limits.depth} deep; that is the limit"


def local_name(element: Element) -> str:
    """An element's name without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def append_text(element: Element, text: str | None) -> None:
    """Adds text behind all that an element holds."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def remove_element(element: Element) -> None:
    """Removes an element or comment; the text behind it stays. A root stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
