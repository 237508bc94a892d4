"""E-books (EPUB) to a document: the chapters in the order of the book's spine."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from ingest.formats.container.archive import Archive, is_inside
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.links import with_link_targets
from ingest.formats.markup.page_content import main_content
from ingest.formats.markup.tree import Element, html_text, html_tree, local_name, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
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
    package_name = _package_name(archive, source)
    package = xml_tree(archive.read(package_name), source, allow_doctype=True)
    chapters = _chapters(package, posixpath.dirname(package_name))
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
        write_elements(with_link_targets(main_content(html_tree(html_text(chapter), chapter))), flow)
        flow.end_context()
    texts = {local_name(e): well_formed(" ".join((e.text or "").split())) for e in package.iter() if e.text}
    metadata = {_METADATA[name]: texts[name] for name in _METADATA if texts.get(name)}
    title = choose_title(source, [texts.get("title", "")])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _package_name(archive: Archive, source: Source) -> str:
    """The name of the member that describes the book (its OPF package document)."""
    root = xml_tree(archive.read(_CONTAINER), source, allow_doctype=True)
    paths = [e.get("full-path") for e in root.iter() if local_name(e) == "rootfile"]
    names = [str(path) for path in paths if path]
    if not names or not is_inside(names[0]):
        raise UnreadableDocument(f"{source.name} is no e-book: it names no package")
    return names[0]


def _chapters(package: Element, folder: str) -> list[str]:
    """Names of the spine's members, without its navigation and names that lead out of the archive."""
    items = {e.get("id"): e for e in package.iter() if local_name(e) == "item"}
    names = []
    for reference in (e for e in package.iter() if local_name(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in str(item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href") or ""))))
        if is_inside(name) and "html" in str(item.get("media-type") or ""):
            names.append(name)
    return names
