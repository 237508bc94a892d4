"""Which of a file's names for itself is a title, and the document's title when none is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed

# What stands where a title should, in lower case: fields of forms and templates, parts of every document,
# stamps, and what programs write by themselves.
_GENERIC = frozenset(
    line.strip()
    for line in """
    name, title, subtitle, document title, document name, document, new document, heading, header, footer
    subject, page, cover, cover page, title page, template, blank, none, null, n/a, unknown
    contents, content, table of contents, list of contents, toc, index, list of figures, list of tables
    home, home page, homepage, menu, navigation, main navigation
    untitled, untitled document, untitled presentation, untitled spreadsheet, no title, no subject
    presentation, powerpoint presentation, slide, sheet, workbook, book, spreadsheet
    draft, confidential, strictly confidential, private and confidential, company confidential, internal
    internal use only, for internal use only, do not copy, do not distribute, copy, sample, specimen, void
    preliminary, watermark, uncontrolled copy, for review, final draft
    """.replace("\n", ",").split(",")
    if line.strip()
)
_NUMBERED = re.compile(r"\s*(?:#|no\.?)?\s*[\divxlc]{0,4}\s*(?:(?:of|/)\s*\d+)?")  # "Page 1 of 9", "Sheet1"
_PROGRAM = re.compile(
    r"microsoft (?:office )?(?:word|excel|powerpoint|publisher|visio|outlook|onenote|project)"
    r"(?: document| presentation)?(?:\s*[-–—]\s.*)?"
    r"|.*\.(?:docx?|docm|pptx?|xlsx?|xlsm|rtf|indd|pmd|tex|dvi|ps|od[tpsg]|pdf|html?|aspx|php|md|txt"
    r"|pages|key|numbers|exe|wpd|wps|qxd|fm|cdr|ai|eps|psd|pub|vsdx?|prn|tmp|dat|csv|xml|tiff?|jpe?g|png)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\w+://\S+|[A-Za-z]:\\.*|/\S+|[0-9a-fA-F]{8}[0-9a-fA-F-]{8,}")
_LETTERS_APART = re.compile(r"(?:\w\s+){3,}\w")
_LINK_SIGNS = "\u200b\u00b6#\N{LINK SYMBOL} "  # which generators of web pages put behind headings


def tidy(title: str) -> str:
    """A title on one line, without the signs of links behind it."""
    return " ".join(well_formed(title).split()).rstrip(_LINK_SIGNS)


def is_title(text: str) -> bool:
    """Whether a tidy text can be a title: it has words, and isn't generic, a stamp, or made by a program.

    >>> [is_title(text) for text in ("Leave policy", "Table of Contents", "Microsoft Word - leave.doc")]
    [True, False, False]
    """
    if sum(character.isalpha() for character in text) < 2:
        return False
    bare = text.strip(" .:-–—*_()[]|").lower()
    words = re.match(r"[^\d#]*", bare)
    stem = words[0].strip() if words else bare
    if bare in _GENERIC or (stem in _GENERIC and _NUMBERED.fullmatch(bare[len(stem) :])):
        return False
    return not any(pattern.fullmatch(text) for pattern in (_PROGRAM, _ADDRESS, _LETTERS_APART))


def choose_title(source: Source, candidates: Iterable[str]) -> str:
    """The first of these that is a title, else the file's name without its extension."""
    tidied = (tidy(candidate) for candidate in candidates)
    return next((title for title in tidied if is_title(title)), source.stem_title)
