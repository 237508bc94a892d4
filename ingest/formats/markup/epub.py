"""E-books (EPUB) to a document: the chapters in the order of the book's spine."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from ingest.formats.container.archive import Archive, is_inside
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write
from ingest.formats.markup.page_content import main_content
from ingest.formats.markup.tree import Element, html_text, html_tree, local, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/epub+zip"
_CONTAINER = "META-INF/container.xml"
_METADATA = {"creator": "author", "language": "language", "date": "published", "publisher": "publisher"}


def read(source: Source) -> Document:
    """The document of an e-book; its table of contents and cover are left out.

    Raises:
        UnreadableDocument: no EPUB, damaged or encrypted, or without text.
        DocumentTooLarge: more chapters, or unpacked to more, than the limits.
    """
    archive = Archive(source)
    place = _package_place(archive, source)
    package = xml_tree(archive.read(place), source, allow_doctype=True)
    chapters = _chapters(package, posixpath.dirname(place))
    if len(chapters) > source.limits.pages:
        raise DocumentTooLarge(
            f"{source.name} has {len(chapters):,} chapters; the limit is {source.limits.pages:,}"
        )
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    for name in chapters:
        if name not in archive:
            continue
        chapter = source.part(archive.read(name), name)
        write(main_content(html_tree(html_text(chapter), chapter)), flow)
        flow.close()
    texts = {local(e): well_formed(" ".join((e.text or "").split())) for e in package.iter() if e.text}
    metadata = {_METADATA[name]: texts[name] for name in _METADATA if texts.get(name)}
    title = texts.get("title") or source.stem_title
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _package_place(archive: Archive, source: Source) -> str:
    root = xml_tree(archive.read(_CONTAINER), source, allow_doctype=True)
    places = [str(e.get("full-path")) for e in root.iter() if local(e) == "rootfile" and e.get("full-path")]
    if not places or not is_inside(places[0]):
        raise UnreadableDocument(f"{source.name} is no e-book: it names no package")
    return places[0]


def _chapters(package: Element, folder: str) -> list[str]:
    """Names of the spine's members; what lies outside the archive is not among them."""
    items = {e.get("id"): e for e in package.iter() if local(e) == "item"}
    found = []
    for reference in (e for e in package.iter() if local(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in str(item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href") or ""))))
        if is_inside(name) and "html" in str(item.get("media-type") or ""):
            found.append(name)
    return found
