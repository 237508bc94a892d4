"""The package that Word, PowerPoint and Excel files are (Open Packaging): a ZIP of XML parts."""

from __future__ import annotations

import re

from ingest.formats.container.archive import Archive
from ingest.formats.markup.tree import local_name, xml_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.errors import UnreadableDocument

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ROOT = "_rels/.rels"
_PROPERTIES = {
    "creator": "author",
    "subject": "subject",
    "keywords": "keywords",
    "description": "description",
}


def open_package(source: Source, kind: str, *parts: str) -> Archive:
    """The parts of an Office file, after a check that all of them unpack within the limits.

    Args:
        kind: the format's name, for messages.
        parts: names of which the package must have one.

    Raises:
        UnreadableDocument: not such a file, encrypted, damaged, or with a document type in its XML
            (which these formats forbid, and attacks by entities need).
        DocumentTooLarge: it unpacks to more than the limit.
    """
    if source.data.startswith(_OLE):
        raise UnreadableDocument(
            f"{source.name} is an old or password-protected Office file; save it as {kind} without a password"
        )
    if not source.data.startswith(b"PK"):
        raise UnreadableDocument(f"{source.name} is no {kind} file")
    archive = Archive(source)
    archive.check_size()
    if not any(part in archive for part in parts):
        raise UnreadableDocument(f"{source.name} is no {kind} file: it lacks {parts[0]}")
    for name in archive.names:
        if name.endswith((".xml", ".rels")) and _DTD.search(archive.read(name)[:65536]):
            raise UnreadableDocument(f"{source.name} declares a document type in {name}, which is refused")
    return archive


def main_part(archive: Archive, source: Source, usual: str) -> str:
    """The name of the part that holds the document or workbook: the usual one, if it is there, else the one
    that the package names. Raises UnreadableDocument."""
    if usual in archive or _ROOT not in archive:
        return usual
    for element in xml_tree(archive.read(_ROOT), source):
        target = (element.get("Target") or "").lstrip("/")
        if (element.get("Type") or "").endswith("/officeDocument") and target in archive:
            return target if target.endswith(".xml") else usual
    return usual


def core_properties(archive: Archive, source: Source) -> tuple[str, dict[str, str]]:
    """Title (may be empty) and metadata of an Office file, from its core properties (Dublin Core)."""
    if "docProps/core.xml" not in archive:
        return "", {}
    try:
        root = xml_tree(archive.read("docProps/core.xml"), source)
    except UnreadableDocument:
        return "", {}
    texts = {local_name(element): " ".join((element.text or "").split()) for element in root}
    metadata = {
        _PROPERTIES[name]: well_formed(text) for name, text in texts.items() if text and name in _PROPERTIES
    }
    return well_formed(texts.get("title", "")), metadata
