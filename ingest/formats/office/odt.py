"""OpenDocument texts and presentations to a document, by way of the HTML that means the same."""

from __future__ import annotations

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write
from ingest.formats.markup.html import title
from ingest.formats.markup.tree import Element, local, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
SLIDES_MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
_TAGS = {
    "p": "p",
    "list": "ul",
    "list-item": "li",
    "list-header": "li",
    "table": "table",
    "table-header-rows": "thead",
    "table-row": "tr",
    "table-cell": "td",
    "covered-table-cell": "td",
    "line-break": "br",
    "note": "sup",
    "text-box": "div",
    "section": "div",
}
_SKIPPED = frozenset(
    "tracked-changes table-of-content alphabetical-index annotation annotation-end sequence-decls forms"
    " note-body settings object object-ole image desc event-listeners table-column bookmark".split()
)


def read(source: Source) -> Document:
    """The document of an .odt or .odp file; footnotes follow the text, a presentation's slides are pages.

    Raises:
        UnreadableDocument: no such file, damaged or encrypted, or without text.
        DocumentTooLarge: it unpacks or nests beyond the limits.
    """
    archive = Archive(source)
    archive.measure()
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableDocument(f"{source.name} is encrypted: it needs a password")
    root = xml_tree(archive.read("content.xml"), source)
    bodies = [
        e for e in root.iter() if local(e) in ("text", "presentation") and local(e.getparent()) == "body"
    ]
    if not bodies:
        raise UnreadableDocument(f"{source.name} is no OpenDocument text or presentation")
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    slides = [e for e in bodies[0] if local(e) == "page"]
    if len(slides) > source.limits.pages:
        raise DocumentTooLarge(
            f"{source.name} has {len(slides):,} slides; the limit is {source.limits.pages:,}"
        )
    for number, part in enumerate(slides or bodies, 1):
        if slides:
            writer.page(number)
        write(_html(part), flow)
        flow.close()
    for note in (e for e in bodies[0].iter() if local(e) == "note-body"):
        write(_html(note), flow)
    named, metadata = _properties(archive, source)
    media_type = SLIDES_MEDIA_TYPE if slides else MEDIA_TYPE
    return writer.document(
        source, title=title(writer, named, source), media_type=media_type, metadata=metadata
    )


def _html(element: Element) -> Element:
    from lxml import html

    name = local(element)
    made = html.Element(_TAGS.get(name, "span"))
    if name == "h":
        level = next((str(v) for k, v in element.attrib.items() if k.endswith("outline-level")), "1")
        made = html.Element(f"h{min(int(level), 6) if level.isdigit() and int(level) else 1}")
    elif name in ("page", "text", "presentation", "note-body"):
        made = html.Element("div")
    elif name == "frame" and "title" in _attribute(element, "class"):
        made = html.Element("h1")
    for key, target in (("number-rows-spanned", "rowspan"), ("number-columns-spanned", "colspan")):
        if name == "table-cell" and _attribute(element, key):
            made.set(target, _attribute(element, key))
    made.text = element.text
    for child in element:
        _add(made, child)
    return made


def _add(made: Element, child: Element) -> None:
    name = local(child)
    if name in ("s", "tab"):
        count = _attribute(child, "c")
        _append_text(made, " " * min(int(count), 100) if count.isdigit() else " ")
    elif name == "covered-table-cell":
        return
    elif name == "notes" or name in _SKIPPED or not name:
        pass
    else:
        part = _html(child)
        made.append(part)
    _append_text(made, child.tail)


def _append_text(element: Element, text: str | None) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _attribute(element: Element, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _properties(archive: Archive, source: Source) -> tuple[str, dict[str, str]]:
    if "meta.xml" not in archive:
        return "", {}
    root = xml_tree(archive.read("meta.xml"), source)
    texts = {local(e): well_formed(" ".join((e.text or "").split())) for e in root.iter() if e.text}
    author = texts.get("creator") or texts.get("initial-creator")
    return texts.get("title", ""), {"author": author} if author else {}
