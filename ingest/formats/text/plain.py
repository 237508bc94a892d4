"""Plain text to a document: the text unchanged, with its headings, lists and paragraphs recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.formats.outline import Heading, outline
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.titles import choose_title
from rag.text import sentences
from rag.types import Block, BlockKind, Document, Span

_WIDEST_WRAP = 160  # characters: text with a longer line isn't wrapped
_LINE = re.compile(r"\S[^\n]*")
_ITEM = re.compile(r"(?:[-*+•‣▪·–]|\d{1,3}[.)]|[a-zA-Z]\)|\([a-z\d]{1,3}\))[^\S\n]+\S")
_NUMBERED = re.compile(r"(?:\d{1,2}\.)+\d{0,2}[^\S\n]+(?=[^\W\d_])")
_RULE = re.compile(r"([=\-~*_#])\1{2,}")
_LABEL = re.compile(r"(?!(?:Chapter|Part|Section|Appendix|Step|Lesson|Unit)\b)[^:]{1,40}:\s", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\"'”’)\]»]*\Z")
_NO_TITLE_END = re.compile(r"[.,;:。，；：…\-–—]\Z")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_TITLE_WORDS = 14
_TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One or more wrapped lines that belong together; ``after_gap``: an empty line comes before."""

    span: Span
    text: str
    indent: int
    after_gap: bool

    @property
    def is_item(self) -> bool:
        return _ITEM.match(self.text) is not None


def read(source: Source) -> Document:
    """The document of a text file. Its title is its first line, if that looks like a title.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
        DocumentTooLarge: more blocks than the limit.
    """
    text = decode(source.data, source.name)
    lines = _unwrapped(text, list(_lines(text)))
    source.limits.require_blocks(len(lines))
    title = choose_title(source, [lines[0].text] if _begins_with_title(lines) else [])
    blocks = list(_blocks(text, lines))
    headings = [_heading(block.span, text, title) for block in blocks if block.kind is BlockKind.HEADING]
    return Document(
        id=source.document_id,
        uri=source.uri,
        title=title,
        text=text,
        media_type="text/plain",
        sections=outline(headings, len(text), title),
        blocks=tuple(blocks),
        collection=source.collection,
    )


def _heading(span: Span, text: str, title: str) -> Heading:
    heading = " ".join(span.slice(text).split())
    return Heading(span=span, text=heading, level=1 if heading == title else 2)


def _lines(text: str) -> Iterator[_Line]:
    end = 0
    for match in _LINE.finditer(text):
        body = match[0].rstrip()
        start = match.start()
        line_start = text.rfind("\n", end, start) + 1
        yield _Line(
            span=Span(start, start + len(body)),
            text=body,
            indent=start - max(line_start, end),
            after_gap=text.count("\n", end, start) > 1,
        )
        end = match.end()


def _unwrapped(text: str, lines: Sequence[_Line]) -> list[_Line]:
    """Lines joined where a paragraph is wrapped at a width."""
    width = max(line.indent + len(line.text) for line in lines)
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and _continues(groups[-1][-1], line, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    spans = [Span(group[0].span.start, group[-1].span.end) for group in groups]
    return [
        replace(group[0], span=span, text=" ".join(span.slice(text).split()))
        for group, span in zip(groups, spans, strict=True)
    ]


def _continues(line: _Line, following: _Line, width: int) -> bool:
    """Whether a line break only wraps a paragraph: the next word would hardly have fitted."""
    if (
        following.after_gap
        or following.is_item
        or _RULE.fullmatch(line.text)
        or _RULE.fullmatch(following.text)
    ):
        return False
    if width > _WIDEST_WRAP:
        return False
    if following.text[0].islower() or (line.is_item and following.indent > line.indent):
        return True
    room = width - line.indent - len(line.text) - 1
    return len(following.text.split(None, 1)[0]) + width // 10 > room


def _begins_with_title(lines: Sequence[_Line]) -> bool:
    """Whether the first line is a heading, or looks like a title with an empty line behind it."""
    return _is_heading(lines, 0) or (len(lines) > 1 and lines[1].after_gap and _is_title(lines[0].text))


def _blocks(text: str, lines: Sequence[_Line]) -> Iterator[Block]:
    """The block of each line, by its form and by the line that follows."""
    parents: list[tuple[int, Span]] = []
    context_span: Span | None = None
    for index, line in enumerate(lines):
        if _RULE.fullmatch(line.text):
            continue
        if _is_heading(lines, index) or (index == 0 and _begins_with_title(lines)):
            parents, context_span = [], None
            yield Block(span=line.span, kind=BlockKind.HEADING)
        elif line.is_item:
            parents = [(indent, span) for indent, span in parents if indent < line.indent]
            yield Block(
                span=line.span,
                kind=BlockKind.LIST_ITEM,
                context_span=parents[-1][1] if parents else context_span,
            )
            parents.append((line.indent, line.span))
        else:
            parents, context_span = [], sentences(text, line.span)[-1]
            yield Block(span=line.span, kind=BlockKind.PARAGRAPH)


def _is_heading(lines: Sequence[_Line], index: int) -> bool:
    """Whether a line looks like a title and has a sentence below it, or is underlined."""
    line = lines[index]
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None:
        return False
    if _RULE.fullmatch(following.text) and not following.after_gap:
        return _is_title(line.text) and not line.is_item
    if line.is_item and not _NUMBERED.match(line.text):
        return False
    if not _is_title(_NUMBERED.sub("", line.text)) or _is_in_numbered_list(lines, index):
        return False
    sentence_follows = _SENTENCE_END.search(following.text) is not None and not following.is_item
    return sentence_follows and len(following.text) > len(line.text)


def _is_in_numbered_list(lines: Sequence[_Line], index: int) -> bool:
    """Whether a numbered line is a list's item rather than a numbered heading: one is beside it."""
    around = lines[max(0, index - 1) : index + 2]
    return lines[index].is_item and sum(line.is_item for line in around) > 1


def _is_title(line: str) -> bool:
    """Whether a line is short, begins with a capital or a digit, and doesn't end like a sentence.

    A line with two numbers is no title but a fact (a score, a price list) that must stay citable.
    """
    words = line.split()
    if len(line) > _TITLE_CHARACTERS or len(words) > _TITLE_WORDS or "://" in line:
        return False
    if not any(c.isalpha() for c in line) or line[0].islower() or not line[0].isalnum():
        return False
    if _NO_TITLE_END.search(line) or _LABEL.match(line) or len(_NUMBER.findall(line)) > 1:
        return False
    return line[-1] not in "?!？！" or _in_title_case(words)


def _in_title_case(words: Sequence[str]) -> bool:
    """Whether there are two words or more, with at most a quarter of the long ones in lower case."""
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(words) > 1 and sum(word[0].islower() for word in long) <= len(long) // 4
