"""Boxes in Markdown (GitHub, MkDocs, Docusaurus, MyST, Pandoc): their kinds and titles,"
" without their marks."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

LABELS = frozenset(
    "note tip hint important warning caution danger attention error info success question example bug failure"
    " seealso todo abstract summary deprecated versionadded versionchanged".split()
)
"""Kinds of boxes whose name tells a reader something."""
_BOXES = LABELS | frozenset(
    "admonition dropdown details tab tab-item tab-set grid grid-item grid-item-card card"
    " card-body card-header"
    " card-footer aside margin sidebar topic glossary div pull-quote epigraph quote rubric figure"
    " exercise solution prf theorem proof definition lemma container only versionremoved".split()
)
_LEFT_OUT = frozenset(
    "toctree contents include image bibliography raw tableofcontents eval include-md"
    " literalinclude footbibliography"
    " sectionauthor meta index target automodule autoclass autofunction autosummary video iframe".split()
)
_MYST = re.compile(r"\{([A-Za-z][\w:.+-]{0,40})\}[ \t]*(.*)", re.S)
_PANDOC = re.compile(r"\{[^{}\n]*?\.([\w-]+)[^{}\n]*\}[ \t]*(.*)")
_WORD = re.compile(r"([\w-]{1,40})[ \t]*(?:\[([^\]\n]*)\])?[ \t]*(?:\{[^{}\n]*\})?[ \t]*(.*)")
_TITLE_ATTRIBUTE = re.compile(r"title=\"([^\"\n]+)\"")
_OPTION = re.compile(r"^:([\w-]+):[ \t]*([^\n]*)(?:\n|\Z)")
_ALERT = re.compile(r"\[!([\w-]{1,30})\][+-]?[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box: its kind in lower case ("note"), and its title if it has one of its own."""

    kind: str
    title: str = ""

    @property
    def label(self) -> str:
        """What stands before the text of a box without a title: "Note"; empty where its kind"
        " tells nothing."""
        names = {"seealso": "See also", "versionadded": "New", "versionchanged": "Changed", "todo": "To do"}
        return names.get(self.kind, self.kind.capitalize()) if self.kind in LABELS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A MyST directive in a fence: ``kind`` is ``box``, ``table`` (rows in ``body``),"
    " ``skip`` or ``code``."""

    kind: str
    box: Box
    options: dict[str, str]
    body: str


def container_box(info: str) -> Box:
    """The box that begins with ":::" and these words: "note Title", "tip[Title]", "{note} Title" or
    "{.callout-note}"."""
    info = info.strip()
    if match := _MYST.fullmatch(info):
        return _box(match[1], match[2])
    if match := _PANDOC.fullmatch(info):
        title = _TITLE_ATTRIBUTE.search(info)
        return _box(match[1].removeprefix("callout-"), title[1] if title else match[2])
    if match := _WORD.fullmatch(info):
        return _box(match[1], match[2] or match[3])
    return Box(kind="")


def alert_box(first_line: str) -> tuple[Box, str] | None:
    """The box of a quotation that begins with "[!NOTE]", and the rest of its first line."""
    match = _ALERT.match(first_line)
    return (Box(kind=match[1].lower()), first_line[match.end() :].strip()) if match else None


def fence_directive(info: str, content: str) -> Directive | None:
    """The directive of a fence with braces in its info, as "```{note} Title"; None for code."""
    match = _MYST.match(info.strip())
    if match is None:
        return None
    name, argument = match[1].lower(), match[2].strip()
    options, body = split_options(content)
    box = _box(name, argument)
    if name in _LEFT_OUT:
        return Directive(kind="skip", box=box, options=options, body="")
    if name in ("list-table", "csv-table"):
        return Directive(kind=name, box=box, options=options, body=body)
    if name == "table" or name in _BOXES:
        return Directive(kind="box", box=box, options=options, body=body)
    return None


def split_options(content: str) -> tuple[dict[str, str], str]:
    """Options of a directive (":class: dropdown", a line each) and the text below them."""
    options: dict[str, str] = {}
    while match := _OPTION.match(content):
        options[match[1].lower()] = match[2].strip()
        content = content[match.end() :]
    return options, content


def csv_rows(content: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a table in a directive; none where it is damaged."""
    try:
        return list(csv.reader(content.splitlines(), delimiter=delimiter[:1] or ",", skipinitialspace=True))
    except csv.Error:
        return []


def _box(name: str, title: str) -> Box:
    kind = name.lower()
    title = title.strip().strip('"').strip()
    return Box(kind=kind, title="" if title.lower() == kind else title)
