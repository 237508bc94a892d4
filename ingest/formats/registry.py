"""The formats: one module each, chosen by extension or media type.

A format is added by writing ``read(source) -> Document`` and naming it in ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.formats.container import eml, zip_file
from ingest.formats.markup import epub, html, xml_file
from ingest.formats.office import docx, odt, pptx, xlsx
from ingest.formats.pdf import document as pdf
from ingest.formats.source import Source
from ingest.formats.text import asciidoc, captions, csv_file, json_file, markdown, plain, rtf
from rag.errors import UnsupportedFormat
from rag.types import Document

VERSION = "formats/6"  # rises when a reader makes another document of the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format and its reader. ``plain``: text that no parser written in C takes apart, so that it
    needs no process of its own."""

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    read: Callable[[Source], Document]
    plain: bool = False


FORMATS = (
    Format(
        name="Markdown",
        media_types=("text/markdown", "text/x-markdown"),
        extensions=(".md", ".markdown", ".mdown", ".mkd"),
        read=markdown.read,
        plain=True,
    ),
    Format(
        name="plain text",
        media_types=("text/plain",),
        extensions=(".txt", ".text", ""),
        read=plain.read,
        plain=True,
    ),
    Format(
        name="HTML",
        media_types=("text/html", "application/xhtml+xml"),
        extensions=(".html", ".htm", ".xhtml"),
        read=html.read,
    ),
    Format(name="PDF", media_types=(pdf.MEDIA_TYPE,), extensions=(".pdf",), read=pdf.read),
    Format(name="Word", media_types=(docx.MEDIA_TYPE,), extensions=(".docx", ".docm"), read=docx.read),
    Format(name="PowerPoint", media_types=(pptx.MEDIA_TYPE,), extensions=(".pptx", ".pptm"), read=pptx.read),
    Format(name="Excel", media_types=(xlsx.MEDIA_TYPE,), extensions=(".xlsx", ".xlsm"), read=xlsx.read),
    Format(
        name="old Excel and OpenDocument sheets",
        media_types=(xlsx.OLD_MEDIA_TYPE, xlsx.OPEN_MEDIA_TYPE),
        extensions=(".xls", ".xlsb", ".ods"),
        read=xlsx.read_other,
    ),
    Format(
        name="OpenDocument",
        media_types=(odt.MEDIA_TYPE, odt.SLIDES_MEDIA_TYPE),
        extensions=(".odt", ".odp"),
        read=odt.read,
    ),
    Format(
        name="CSV",
        media_types=(csv_file.MEDIA_TYPE, "text/tab-separated-values"),
        extensions=(".csv", ".tsv", ".tab"),
        read=csv_file.read,
    ),
    Format(
        name="JSON",
        media_types=(json_file.MEDIA_TYPE,),
        extensions=(".json", ".ipynb"),
        read=json_file.read,
    ),
    Format(
        name="JSON lines",
        media_types=(json_file.LINES_MEDIA_TYPE, "application/jsonl"),
        extensions=(".jsonl", ".ndjson"),
        read=json_file.read_lines,
    ),
    Format(
        name="XML",
        media_types=(xml_file.MEDIA_TYPE, "text/xml"),
        extensions=(".xml", ".nxml"),
        read=xml_file.read,
    ),
    Format(name="EPUB", media_types=(epub.MEDIA_TYPE,), extensions=(".epub",), read=epub.read),
    Format(
        name="e-mail",
        media_types=(eml.MEDIA_TYPE,),
        extensions=(".eml",),
        read=lambda source: eml.read(source, parse),
    ),
    Format(
        name="captions",
        media_types=(captions.MEDIA_TYPE, "application/x-subrip"),
        extensions=(".vtt", ".srt"),
        read=captions.read,
    ),
    Format(
        name="AsciiDoc",
        media_types=(asciidoc.MEDIA_TYPE,),
        extensions=(".adoc", ".asciidoc", ".asc"),
        read=asciidoc.read,
    ),
    Format(name="RTF", media_types=(rtf.MEDIA_TYPE, "text/rtf"), extensions=(".rtf",), read=rtf.read),
    Format(
        name="ZIP of these",
        media_types=(zip_file.MEDIA_TYPE, "application/x-zip-compressed"),
        extensions=(".zip",),
        read=lambda source: zip_file.read(source, parse),
    ),
)
_ADVICE = {
    ".doc": "an old Word file: save it as .docx",
    ".ppt": "an old PowerPoint file: save it as .pptx",
    ".msg": "an Outlook message: save it as .eml",
    ".pages": "a Pages file: export it as .docx or .pdf",
    ".numbers": "a Numbers file: export it as .xlsx",
    ".key": "a Keynote file: export it as .pptx or .pdf",
    ".tex": "a LaTeX source: give its .pdf",
}


def parse(source: Source, media_type: str | None = None) -> Document:
    """The document of a source, parsed in this process. See ``ingest.formats.reading.read``."""
    return format_of(source, media_type).read(source)


def is_supported(name: str) -> bool:
    """Whether a file of this name has an extension that some format has."""
    return _extension(name) in _by_extension()


def supported() -> str:
    """All extensions, for messages: ``.md, .markdown, ... (Markdown); .txt ... (plain text)``."""
    named = (f"{', '.join(e for e in each.extensions if e)} ({each.name})" for each in FORMATS)
    return "; ".join(named)


def format_of(source: Source, media_type: str | None) -> Format:
    """The format of a source, by its name's extension or else its media type. See ``format_by_name``."""
    return format_by_name(source.name, media_type)


def format_by_name(name: str, media_type: str | None) -> Format:
    """The format of a file, by its name's extension or else its media type.

    Raises:
        UnsupportedFormat: no format has this extension or media type.
    """
    extension = _extension(name)
    by_extension = _by_extension()
    if extension and extension in by_extension:
        return by_extension[extension]
    bare = (media_type or "").partition(";")[0].strip().lower()
    for each in FORMATS:
        if bare in each.media_types:
            return each
    if extension in by_extension:
        return by_extension[extension]
    if extension in _ADVICE:
        raise UnsupportedFormat(f"{name} is {_ADVICE[extension]}")
    raise UnsupportedFormat(f"{name}: {extension} files can't be read; supported are {supported()}")


def _by_extension() -> dict[str, Format]:
    return {extension: each for each in FORMATS for extension in each.extensions}


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
