"""The formats: one module each, chosen by extension or media type.

A format is added by writing ``read(source) -> Document`` and naming it in ``FORMATS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from ingest.formats.container import eml, mbox, zip_file
from ingest.formats.markup import epub, html, xml_file
from ingest.formats.office import docx, ods, odt, old_sheets, pptx, spreadsheet, xlsx
from ingest.formats.pdf import document as pdf
from ingest.formats.pdf import picture_pages
from ingest.formats.sniff import HEAD_BYTES, sniff
from ingest.formats.source import Source
from ingest.formats.text import (
    asciidoc,
    calendar_file,
    captions,
    csv_file,
    ini_file,
    json_file,
    latex,
    log_file,
    markdown,
    markdown_html,
    org,
    plain,
    rst,
    rtf,
    source_code,
    yaml_file,
)
from rag.errors import UnsupportedFormat
from rag.types import Document

VERSION = "formats/7"  # rises when a reader makes another document of the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format and its reader.

    ``plain``: text that no parser written in C takes apart, so that it needs no process of its own, unless
    ``markup`` is found in it.
    """

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    read: Callable[[Source], Document]
    plain: bool = False
    markup: re.Pattern[bytes] | None = None


FORMATS = (
    Format(
        name="Markdown",
        media_types=("text/markdown", "text/x-markdown"),
        extensions=(".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"),
        read=markdown.read,
        plain=True,
        markup=markdown_html.HAS_BLOCKS,
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
    Format(
        name="pictures",
        media_types=tuple(picture_pages.MEDIA_TYPES),
        extensions=picture_pages.EXTENSIONS,
        read=pdf.read_picture,
    ),
    Format(name="Word", media_types=(docx.MEDIA_TYPE,), extensions=(".docx", ".docm"), read=docx.read),
    Format(name="PowerPoint", media_types=(pptx.MEDIA_TYPE,), extensions=(".pptx", ".pptm"), read=pptx.read),
    Format(
        name="Excel", media_types=(xlsx.MEDIA_TYPE,), extensions=(".xlsx", ".xlsm"), read=spreadsheet.read
    ),
    Format(
        name="old Excel and OpenDocument sheets",
        media_types=(old_sheets.MEDIA_TYPE, ods.MEDIA_TYPE),
        extensions=(".xls", ".xlsb", ".ods"),
        read=spreadsheet.read,
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
        media_types=(json_file.MEDIA_TYPE, json_file.NOTEBOOK_MEDIA_TYPE),
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
        media_types=(xml_file.MEDIA_TYPE, "text/xml", "application/rss+xml", "application/atom+xml"),
        extensions=(".xml", ".nxml", ".rss", ".atom", ".opml"),
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
        name="mailbox",
        media_types=(mbox.MEDIA_TYPE,),
        extensions=(".mbox", ".mbx"),
        read=lambda source: mbox.read(source, parse),
    ),
    Format(
        name="calendar",
        media_types=(calendar_file.MEDIA_TYPE,),
        extensions=(".ics", ".ical", ".ifb"),
        read=calendar_file.read,
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
    Format(
        name="reStructuredText",
        media_types=(rst.MEDIA_TYPE, "text/prs.fallenstein.rst"),
        extensions=(".rst", ".rest"),
        read=rst.read,
    ),
    Format(name="Org", media_types=(org.MEDIA_TYPE, "text/x-org"), extensions=(".org",), read=org.read),
    Format(
        name="LaTeX",
        media_types=(latex.MEDIA_TYPE, "text/x-tex", "application/x-latex"),
        extensions=(".tex", ".latex", ".ltx"),
        read=latex.read,
    ),
    Format(
        name="YAML",
        media_types=(yaml_file.MEDIA_TYPE, "text/yaml", "application/x-yaml"),
        extensions=(".yaml", ".yml"),
        read=yaml_file.read,
    ),
    Format(
        name="settings",
        media_types=(ini_file.MEDIA_TYPE,),
        extensions=(".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".desktop", ".service"),
        read=ini_file.read,
    ),
    Format(name="logs", media_types=(log_file.MEDIA_TYPE,), extensions=(".log",), read=log_file.read),
    Format(
        name="source code",
        media_types=(source_code.MEDIA_TYPE,),
        extensions=source_code.EXTENSIONS,
        read=source_code.read,
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
}


_MOST_NAMED = 8  # extensions of a format in a message


def parse(source: Source, media_type: str | None = None) -> Document:
    """The document of a source, parsed in this process. See ``ingest.formats.reading.read``."""
    return format_of(source, media_type).read(source)


def is_supported(name: str, head: bytes = b"") -> bool:
    """Whether a file of this name has an extension that some format has, or is text by its first bytes.

    Args:
        head: the first ``HEAD_BYTES`` bytes or all; without them the name alone decides.
    """
    if head and not _extension(name):
        return sniff("", head) is not None
    try:
        format_by_name(name, None, head)
    except UnsupportedFormat:
        return False
    return True


def supported() -> str:
    """The extensions, for messages: ``.md, .markdown, ... (Markdown); .txt ... (plain text)``."""
    named = []
    for each in FORMATS:
        extensions = [extension for extension in each.extensions if extension]
        more = ", …" if len(extensions) > _MOST_NAMED else ""
        named.append(f"{', '.join(extensions[:_MOST_NAMED])}{more} ({each.name})")
    return "; ".join(named)


def is_read_in_process(file_format: Format, data: bytes) -> bool:
    """Whether no parser written in C takes these bytes apart; what has wide characters is not searched."""
    markup = file_format.markup
    return file_format.plain and (markup is None or not (b"\0" in data or markup.search(data)))


def format_of(source: Source, media_type: str | None) -> Format:
    """The format of a source, by its name, media type or bytes. See ``format_by_name``."""
    return format_by_name(source.name, media_type, source.data[:HEAD_BYTES])


def format_by_name(name: str, media_type: str | None, head: bytes = b"") -> Format:
    """The format of a file, by its name's extension, else its media type, else its first bytes.

    Raises:
        UnsupportedFormat: no format has this extension or media type, and the bytes are no text.
    """
    extension = _extension(name)
    by_extension = _by_extension()
    if extension and extension in by_extension:
        return by_extension[extension]
    by_media_type = _by_media_type()
    bare = (media_type or "").partition(";")[0].strip().lower()
    if bare in by_media_type:
        return by_media_type[bare]
    if extension in _ADVICE:
        raise UnsupportedFormat(f"{name} is {_ADVICE[extension]}")
    found = sniff(extension, head) if head else None
    if found in by_media_type:
        return by_media_type[found]
    if extension in by_extension:
        return by_extension[extension]
    raise UnsupportedFormat(f"{name}: {extension} files can't be read; supported are {supported()}")


@cache
def _by_extension() -> dict[str, Format]:
    return {extension: each for each in FORMATS for extension in each.extensions}


@cache
def _by_media_type() -> dict[str, Format]:
    return {kind: each for each in reversed(FORMATS) for kind in each.media_types}


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
