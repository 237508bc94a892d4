"""The text of a message to a document in which what others wrote before is marked as quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.tree import html_tree
from ingest.formats.source import Source
from ingest.formats.text import plain
from ingest.formats.writer import DocumentWriter
from rag.types import Block, BlockKind, Document, Section, Span

_QUOTE_MARKS = re.compile(r"(?:> ?)+")
_WROTE = r"(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev)"
_ATTRIBUTION = re.compile(
    rf"[^\n]{{3,200}}\n?[^\n]{{0,200}}\b{_WROTE}(?: [^\n]{{1,80}})?\s?[:：]\Z", re.IGNORECASE
)
_WRAPPED_ATTRIBUTION = re.compile(
    rf"^((?:On|Am|Le|El|Il|Op|Em|Den)\b[^\n]{{5,200}})\n((?!>)[^\n]{{0,100}}\b{_WROTE}[^\n]{{0,40}}:)$", re.M
)
_EARLIER = re.compile(
    r"\s*(?:-{2,}\s*(?:Original Message|Original Appointment|Forwarded [Mm]essage|Weitergeleitete Nachricht"
    r"|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}.*"
    r"|Begin forwarded message:"
    r"|\*?(?:From|Von|De|Da|Van):\*?\s[^\n]{1,300}\n\*?(?:Sent|Date|To|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden)"
    r"[^\n:]{0,10}:.*)",
    re.S,
)
_HIDDEN_TAGS = ("script", "style", "head", "title", "meta", "link", "template", "noscript", "object", "svg")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SIGNATURE = re.compile(r"^-- ?$", re.M)
_MAX_HEADING = 200


def read_plain(source: Source, text: str, *, flowed: bool = False) -> Document:
    """The document of a plain text; lines behind ">" are quotes, without their marks.

    Args:
        flowed: lines that end with a space go on in the next (RFC 3676).

    Raises:
        UnreadableDocument: without text.
    """
    text = _WRAPPED_ATTRIBUTION.sub(r"\1 \2", text)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    attribution: Span | None = None
    for is_quoted, body in _stretches(text):
        joined = _unflowed(body) if flowed else body
        part = (
            plain.read(source.part(_SIGNATURE.sub("", joined).encode(), source.name))
            if joined.strip(" \n-")
            else None
        )
        if part is None:
            continue
        if is_quoted:
            for block in part.blocks:
                flow.quote(block.span.slice(part.text), attribution)
        else:
            offset = writer.include(part, "")
            last = part.blocks[-1].span
            is_attribution = _ATTRIBUTION.fullmatch(last.slice(part.text).strip()) is not None
            attribution = last.shift(offset) if is_attribution else None
    return _with_earlier(
        writer.document(source, title=source.stem_title, media_type="text/plain", metadata={})
    )


def read_html(source: Source, text: str) -> Document:
    """The document of an HTML text; all that shows is kept, as a message has no menus.

    Raises:
        UnreadableDocument: without text.
    """
    tree = html_tree(text, source)
    for element in list(tree.iter()):
        is_hidden = not isinstance(element.tag, str) or element.tag in _HIDDEN_TAGS
        is_hidden = is_hidden or _HIDDEN.search(element.get("style") or "") is not None
        if is_hidden and element.getparent() is not None:
            element.drop_tree()
    writer = DocumentWriter(source.limits)
    write_elements(tree, Flow(writer))
    return _with_earlier(
        writer.document(source, title=source.stem_title, media_type="text/html", metadata={})
    )


def _stretches(text: str) -> Iterator[tuple[bool, str]]:
    """Stretches of own and of quoted lines, without the marks of quoting."""
    quoted: bool | None = None
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        is_quoted = line.startswith(">")
        if not line.strip() and quoted is not None:
            is_quoted = quoted
        if is_quoted != quoted and lines:
            yield bool(quoted), "\n".join(lines)
            lines = []
        quoted = is_quoted
        marks = _QUOTE_MARKS.match(line)
        if marks and lines and marks[0].count(">") != depth:
            lines.append("")  # another's words
        depth = marks[0].count(">") if marks else depth
        lines.append(line[marks.end() :] if marks else line)
    if lines:
        yield bool(quoted), "\n".join(lines)


def _unflowed(text: str) -> str:
    return re.sub(r"(?<=[^\s-]) \n(?=\S)", " ", text)


def _with_earlier(document: Document) -> Document:
    """The document with the earlier messages below its own text as a section of quotes.

    It begins at the first block that says who wrote what follows, if nothing but quotes follows; a block
    with the headers of a message quotes all that follows.
    """
    at = _first_of_earlier(document)
    if at is None:
        return document
    text, head = document.text, document.blocks[at].span
    name = " ".join(head.slice(text).split("\n")[0].split())[:_MAX_HEADING].rstrip(":")
    blocks = [*document.blocks[: at + 1], *(_as_quote(block, head) for block in document.blocks[at + 1 :])]
    before = [section for section in document.sections if section.span.start < head.start]
    if before:
        before[-1] = replace(before[-1], span=Span(before[-1].span.start, head.start))
    after = [section for section in document.sections if section.span.start > head.start]
    end = after[0].span.start if after else len(text)
    inner = [replace(section, path=(name, *section.path)) for section in after]
    sections = (*before, Section(span=Span(head.start, end), path=(name,)), *inner)
    return replace(document, blocks=tuple(blocks), sections=sections)


def _first_of_earlier(document: Document) -> int | None:
    own = 0  # the blocks that hold the writer's own words, as far as the last one
    for number, block in enumerate(document.blocks):
        text = block.span.slice(document.text)
        if _EARLIER.match(text) and block.kind is not BlockKind.QUOTE and number + 1 < len(document.blocks):
            return number
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            own = number
    has_quotes = own + 1 < len(document.blocks) and document.blocks[own + 1].kind is BlockKind.QUOTE
    text = document.blocks[own].span.slice(document.text).strip()
    return own if has_quotes and _ATTRIBUTION.fullmatch(text) else None


def _as_quote(block: Block, context_span: Span) -> Block:
    kind = BlockKind.QUOTE if block.kind is BlockKind.PARAGRAPH else block.kind
    return replace(block, kind=kind, context_span=block.context_span or context_span)
