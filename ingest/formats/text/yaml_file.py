"""YAML to a document: settings with their comments, as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.ini_file import write_lines
from ingest.formats.text.settings import Group, Setting, write_group
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge
from rag.types import Document

MEDIA_TYPE = "application/yaml"


def read(source: Source) -> Document:
    """The document of a YAML file. Values stay as written (08:30, 1.10, yes); aliases are not expanded.

    A file that is no YAML, as a template of it, is read line by line.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
        DocumentTooLarge: values nest deeper than the limit.
    """
    text = decode(source.data, source.name)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    try:
        groups = list(_Reader(text, source).documents())
    except yaml.YAMLError:
        write_lines(text, flow)
        groups = []
    for group in groups:
        write_group(group, flow, source)
    names = [
        each.value
        for group in groups[:1]
        for each in group.settings
        if each.name.lower() in ("title", "name")
    ]
    return writer.document(source, title=choose_title(source, names[:1]), media_type=MEDIA_TYPE, metadata={})


class _Reader:
    """Builds groups from the parser's events, without recursion."""

    def __init__(self, text: str, source: Source) -> None:
        self._source = source
        self._text = text
        self._lines = text.split("\n")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Sequence[yaml.Event] = list(yaml.parse(text, Loader=loader))
        inside = {
            line
            for event in self._events
            if isinstance(event, yaml.ScalarEvent)
            for line in range(_start(event)[0] + 1, _end(event)[0])
        }
        self._comments = {
            at: line.strip().lstrip("#").strip()
            for at, line in enumerate(self._lines)
            if line.lstrip().startswith("#") and at not in inside
        }

    def documents(self) -> Iterator[Group]:
        """The top group of each document; comments at its beginning belong to its first setting."""
        stack: list[
            tuple[Group, str | None, str]
        ] = []  # a group, the name that waits for a value, its comment
        top = Group(name="")
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                top, stack = Group(name=""), []
            elif isinstance(event, yaml.DocumentEndEvent):
                if top.settings or top.groups:
                    yield top
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if len(stack) > self._source.limits.depth:
                    limit = self._source.limits.depth
                    raise DocumentTooLarge(
                        f"{self._source.name} nests values more than {limit} deep; that is the limit"
                    )
                is_list = isinstance(event, yaml.SequenceStartEvent)
                if not stack:
                    top.is_list, group = is_list, top
                else:
                    parent, name, comment = stack[-1]
                    group = Group(name=name or "", comment=comment, is_list=is_list)
                    parent.groups.append(group)
                    stack[-1] = (parent, None, "")
                stack.append((group, None, ""))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
            elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                value = event.value if isinstance(event, yaml.ScalarEvent) else f"*{event.anchor}"
                line = _start(event)[0]
                if not stack:
                    top.settings.append(Setting(name="", value=value, comment=self._comment_above(line)))
                    continue
                group, name, comment = stack[-1]
                if group.is_list:
                    above, note = self._comment_above(line), self._note_behind(event)
                    group.settings.append(Setting(name="", value=value, comment=above, note=note))
                elif name is None:
                    stack[-1] = (group, value, self._comment_above(line))
                else:
                    if value.strip():
                        note = self._note_behind(event)
                        group.settings.append(Setting(name=name, value=value, comment=comment, note=note))
                    stack[-1] = (group, None, "")

    def _comment_above(self, line: int) -> str:
        """The comment lines right above a line, an empty one between paragraphs; each is used once."""
        found: list[str] = []
        at = line - 1
        while at >= 0 and (at in self._comments or not self._lines[at].strip()):
            found.append(self._comments.pop(at, ""))
            at -= 1
        text = "\n".join(reversed(found)).strip("\n")
        return text if any(character.isalpha() for character in text) else ""

    def _note_behind(self, event: yaml.Event) -> str:
        """The comment behind a value on its line."""
        (first, _), (last, column) = _start(event), _end(event)
        rest = self._lines[last][column:] if first == last < len(self._lines) else ""
        bare = rest.strip()
        return bare.lstrip("#").strip() if rest[:1] == " " and bare.startswith("#") else ""


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 0."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _end(event: yaml.Event) -> tuple[int, int]:
    mark = event.end_mark
    return (mark.line, mark.column) if mark else (0, 0)
