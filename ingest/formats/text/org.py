"""Org to a document: its blocks as Markdown's, read by the same reader.

Headlines, lists, tables, blocks and links of Org have a form in Markdown each; lists and tables are then
the same whatever they were written in. Drawers, options and comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.markdown import write_markdown
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "text/org"
_HEADLINE = re.compile(
    r"(?P<stars>\*{1,12})\s+(?:(?P<state>TODO|DONE|NEXT|WAITING|CANCELLED|HOLD|STARTED)\s+)?(?:\[#\w\]\s+)?(?P<text>.*?)"
    r"(?:\s+:[\w@#%:]+:)?\s*"
)
_OPTION = re.compile(r"#\+(?P<name>\w+)(?:\[[^\]\n]*\])?:\s*(?P<value>.*)", re.IGNORECASE)
_BEGIN = re.compile(r"\s*#\+begin_(?P<kind>\w+)\s*(?P<rest>.*)", re.IGNORECASE)
_PLAN = re.compile(r"\s*(?:(?:SCHEDULED|DEADLINE|CLOSED):\s*[<\[][^>\]\n]*[>\]]\s*)+")
_PLAN_PART = re.compile(r"(SCHEDULED|DEADLINE|CLOSED):\s*[<\[]([^>\]\n]*)[>\]]")
_DRAWER = re.compile(r"\s*:([A-Za-z][\w-]*):\s*")
_PROPERTY = re.compile(r"\s*:([\w-]+):\s+(\S.*)")
_LINK = re.compile(r"\[\[(?P<target>[^\[\]\n]{1,1000})\](?:\[(?P<text>[^\[\]\n]{1,500})\])?\]")
_MARKS = re.compile(r"(?<![\w*/=~+])([*/=~_])(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w*/=~+])")
_FOOTNOTE = re.compile(r"\\\[fn:([\w-]+)\\\]")  # after escaping
_DEFINITION = re.compile(r"(\s*[-+])\s+(\S[^\n]{0,200}?)\s+::\s+(.*)")
_SKIPPED_PROPERTIES = frozenset(
    ("id", "custom_id", "export_file_name", "created", "header-args", "visibility")
)
_ESCAPED = re.compile(r"([\\`<*_#\[\]])")


def read(source: Source) -> Document:
    """The document of an Org file; its title is its ``#+TITLE``, else its first headline.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without text.
    """
    options: dict[str, str] = {}
    body = "\n".join(_apart(_markdown(decode(source.data, source.name).split("\n"), options)))
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    told = [f"{name}: {options[name]}" for name in ("author", "date", "description") if options.get(name)]
    flow.paragraph("\n".join(told))
    flow.end_context()
    write_markdown(body, flow, source)
    title = choose_title(source, [options.get("title", ""), *writer.top_headings])
    metadata = {
        name: value for name, value in options.items() if name in ("author", "date", "description", "title")
    }
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _markdown(lines: list[str], options: dict[str, str]) -> Iterator[str]:
    """The lines in Markdown; the options found are added to ``options``."""
    fence = drawer = ""
    for line in lines:
        bare = line.strip()
        if fence:
            is_end = bare.lower().startswith("#+end_")
            if is_end or fence != ">":
                yield {">": ""}.get(fence, "~~~~~~~~") if is_end else line
            else:
                yield f"> {_inline(line)}"
            fence = "" if is_end else fence
        elif drawer:
            match = _PROPERTY.fullmatch(line)
            if match and drawer == "PROPERTIES" and match[1].lower() not in _SKIPPED_PROPERTIES:
                yield f"{match[1].lower()}: {_inline(match[2])}  "
            drawer = "" if bare.upper() == ":END:" else drawer
            if not drawer:
                yield ""
        elif match := _BEGIN.fullmatch(line):
            fence = (
                ">"
                if match["kind"].lower() in ("quote", "verse", "center", "note", "tip", "warning")
                else "code"
            )
            if match["kind"].lower() == "comment":
                fence = "code"
            yield from ("", "" if fence == ">" else "~~~~~~~~")
        elif match := _OPTION.fullmatch(bare):
            name, value = match["name"].lower(), match["value"].strip()
            if name == "caption":
                yield from ("", f"{_inline(value)}:", "")
            elif value:
                options.setdefault(name, value)
        elif bare.startswith("# ") or bare == "#" or (bare.startswith("#+") and " " not in bare):
            continue
        elif match := _HEADLINE.fullmatch(line):
            state = f"{match['state']} " if match["state"] else ""
            yield from ("", f"{'#' * min(6, len(match['stars']))} {state}{_inline(match['text'])}", "")
        elif _PLAN.fullmatch(line):
            yield from (f"{name.capitalize()}: {when}  " for name, when in _PLAN_PART.findall(line))
            yield ""
        elif (match := _DRAWER.fullmatch(line)) and bare.upper() != ":END:":
            drawer = match[1].upper()
        elif bare.startswith("|"):
            yield from _table_line(bare)
        elif bare.startswith(": ") or bare == ":":
            yield f"        {bare[2:]}"
        elif match := _DEFINITION.fullmatch(line):
            yield f"{match[1]} {_inline(match[2])}: {_inline(match[3])}"
        elif match := re.fullmatch(r"\[fn:([\w-]+)\]\s+(.*)", line):
            yield from ("", f"[^{match[1]}]: {_inline(match[2])}", "")
        elif match := re.fullmatch(r"(\s*(?:[-+]|\s\*|\d{1,9}[.)])\s+)(.*)", line):
            yield match[1] + _inline(match[2])
        else:
            yield _inline(line) if bare else ""
    if fence and fence != ">":
        yield "~~~~~~~~"


def _apart(lines: Iterator[str]) -> Iterator[str]:
    """The lines with an empty one before and after each table."""
    was_table = False
    for line in lines:
        is_table = line.startswith("|")
        if is_table != was_table:
            yield ""
        was_table = is_table
        yield line


def _table_line(line: str) -> Iterator[str]:
    if not re.fullmatch(r"\|[-+|]*", line):
        yield _inline(line)
    elif line.strip("|"):
        yield "|" + "|".join("---" for _ in line.strip("|").split("+")) + "|"


def _inline(text: str) -> str:
    """A line's text without Org's marks; signs that Markdown would read are escaped."""
    parts: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        parts += [_MARKS.sub(r"\2", text[at : match.start()]), match["text"] or match["target"]]
        at = match.end()
    escaped = _ESCAPED.sub(r"\\\1", "".join([*parts, _MARKS.sub(r"\2", text[at:])]))
    return _FOOTNOTE.sub(r"[^\1]", escaped)
