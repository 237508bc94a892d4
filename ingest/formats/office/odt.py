"""OpenDocument texts and presentations to a document, by way of HTML of the same meaning."""

from __future__ import annotations

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.link_targets import LinkTargets
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.html import page_title
from ingest.formats.markup.links import with_link_targets
from ingest.formats.markup.tree import Element, append_text, local_name, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
SLIDES_MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
_TAGS = {
    "p": "p",
    "a": "a",
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
    archive.check_size()
    require_unencrypted(archive, source)
    root = xml_tree(archive.read("content.xml"), source)
    bodies = [
        e
        for e in root.iter()
        if local_name(e) in ("text", "presentation") and local_name(e.getparent()) == "body"
    ]
    if not bodies:
        raise UnreadableDocument(f"{source.name} is no OpenDocument text or presentation")
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    slides = [e for e in bodies[0] if local_name(e) == "page"]
    if len(slides) > source.limits.pages:
        raise DocumentTooLarge(
            f"{source.name} has {len(slides):,} slides; the limit is {source.limits.pages:,}"
        )
    targets = LinkTargets()
    for number, part in enumerate(slides or bodies, 1):
        if slides:
            writer.page(number)
        write_elements(with_link_targets(_to_html(part), targets), flow)
        flow.end_context()
    for note in (e for e in bodies[0].iter() if local_name(e) == "note-body"):
        write_elements(with_link_targets(_to_html(note), targets), flow)
    file_title, metadata = properties(archive, source)
    return writer.document(
        source,
        title=page_title(writer, file_title, source),
        media_type=SLIDES_MEDIA_TYPE if slides else MEDIA_TYPE,
        metadata=metadata,
    )


def _to_html(element: Element) -> Element:
    from lxml import html

    name = local_name(element)
    converted = html.Element(_TAGS.get(name, "span"))
    if name == "h":
        level = next((str(v) for k, v in element.attrib.items() if k.endswith("outline-level")), "1")
        converted = html.Element(f"h{min(int(level), 6) if level.isdigit() and int(level) else 1}")
    elif name in ("page", "text", "presentation", "note-body"):
        converted = html.Element("div")
    elif name == "frame" and "title" in _attribute(element, "class"):
        converted = html.Element("h1")
    elif name == "table-cell" and _is_in_head(element):
        converted = html.Element("th")
    for key, target in (("number-rows-spanned", "rowspan"), ("number-columns-spanned", "colspan")):
        if name == "table-cell" and _attribute(element, key):
            converted.set(target, _attribute(element, key))
    if name == "a":
        converted.set("href", _attribute(element, "href"))
    converted.text = element.text
    for child in element:
        _append_child(converted, child)
    return converted


def _is_in_head(cell: Element) -> bool:
    row = cell.getparent()
    return row is not None and local_name(row.getparent()) == "table-header-rows"


def _append_child(converted: Element, child: Element) -> None:
    name = local_name(child)
    if name in ("s", "tab"):
        count = _attribute(child, "c")
        append_text(converted, " " * min(int(count), 100) if count.isdigit() else " ")
    elif name == "covered-table-cell":
        return
    elif name and name != "notes" and name not in _SKIPPED:
        converted.append(_to_html(child))
    append_text(converted, child.tail)


def _attribute(element: Element, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def require_unencrypted(archive: Archive, source: Source) -> None:
    """Raises UnreadableDocument for an OpenDocument file that needs a password."""
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableDocument(f"{source.name} is encrypted: it needs a password")


def properties(archive: Archive, source: Source) -> tuple[str, dict[str, str]]:
    """Title (may be empty) and metadata of an OpenDocument file. Raises UnreadableDocument."""
    if "meta.xml" not in archive:
        return "", {}
    root = xml_tree(archive.read("meta.xml"), source)
    texts = {local_name(e): well_formed(" ".join((e.text or "").split())) for e in root.iter() if e.text}
    author = texts.get("creator") or texts.get("initial-creator")
    return texts.get("title", ""), {"author": author} if author else {}
