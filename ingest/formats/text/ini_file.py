"""Settings in lines (TOML, INI, properties, .conf) to a document, with their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.settings import Group, Setting, write_group
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "application/toml"
_SECTION = re.compile(r"\[{1,2}\s*([^\[\]\n]{1,300}?)\s*\]{1,2}\s*(?:[#;].*)?")
_SETTING = re.compile(
    r"(?P<name>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[\w.\-/ ]{1,200}?)[ \t]*(?:=|:(?=\s)|:=)[ \t]*(?P<value>.*)"
)
_COMMENT = re.compile(r"[#;!]+(?!\[)\s?|//+\s?|REM\s", re.IGNORECASE)
_TEXT_MARKS = ('"""', "'''")
_NOTE = re.compile(r"\s+[#;]\s+([^\"']*)\Z")
_MAX_VALUE_LINES = 2_000
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)'")


def read(source: Source) -> Document:
    """The document of a file of settings: sections by their names, "name: value" lines, comments.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
    """
    writer = DocumentWriter(source.limits)
    top = _groups(decode(source.data, source.name))
    write_group(top, Flow(writer), source)
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata={})


def write_lines(text: str, flow: Flow) -> None:
    """Writes a text of settings that is in no known form, line by line; a comment is a paragraph."""
    lines: list[str] = []
    was_comment = False
    for line in [*text.split("\n"), ""]:
        bare = line.strip()
        is_comment = bare.startswith("#")
        if (not bare or is_comment != was_comment) and lines:
            flow.paragraph((" " if was_comment else "\n").join(lines))
            lines = []
        if bare:
            lines.append(bare.lstrip("#").strip() if is_comment else bare)
        was_comment = is_comment


def _groups(text: str) -> Group:
    top = Group(name="")
    group = top
    comment: list[str] = []
    lines = iter(text.split("\n"))
    for line in lines:
        bare = line.strip()
        if not bare:
            comment = [*comment, ""] if comment else []
        elif match := _SECTION.fullmatch(bare):
            group = Group(name=match[1].strip("\"'"), comment=_prose(comment))
            top.groups.append(group)
            comment = []
        elif match := _COMMENT.match(bare):
            comment.append(bare[match.end() :].strip())
        elif match := _SETTING.fullmatch(bare):
            name, value, note = match["name"].strip("\"'").strip(), *_value(match["value"], lines)
            group.settings.append(Setting(name=name, value=value, comment=_prose(comment), note=note))
            comment = []
        else:
            group.settings.append(Setting(name="", value=bare, comment=_prose(comment)))
            comment = []
    if _prose(comment):
        group.settings.append(Setting(name="", value=_prose(comment)))
    return top


def _prose(comment: list[str]) -> str:
    text = "\n".join(comment).strip("\n")
    return text if any(character.isalpha() for character in text) else ""


def _value(first: str, lines: Iterator[str]) -> tuple[str, str]:
    """A value, read on over lines where quotes or brackets are open, and the comment behind it."""
    value = first.strip()
    mark = value[:3]
    if mark in _TEXT_MARKS:
        body = value[3:]
        for _, line in zip(range(_MAX_VALUE_LINES), lines, strict=False) if mark not in body else ():
            body += f"\n{line}"
            if mark in line:
                break
        return body.partition(mark)[0].strip(), ""
    while value.endswith("\\"):
        value = value[:-1].rstrip() + " " + next(lines, "").strip()
    if value[:1] in "[{" and value:
        parts = [value]
        depth = _depth(value)
        for _, line in zip(range(_MAX_VALUE_LINES), lines, strict=False) if depth > 0 else ():
            parts.append(re.sub(r"(?:^|\s)#[^\"']*$", "", line).strip())
            depth += _depth(parts[-1])
            if depth <= 0:
                break
        value = " ".join(part for part in parts if part)
    note = _NOTE.search(value)
    value = value[: note.start()] if note else value
    if value[:1] == "[" and value[-1:] == "]" and "{" not in value:
        value = ", ".join(item.strip() for item in value[1:-1].split(",") if item.strip())
    return _QUOTED.sub(lambda match: match[1] or match[2] or "", value).strip(), note[
        1
    ].strip() if note else ""


def _depth(text: str) -> int:
    bare = _QUOTED.sub("", text)
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
