"""Captions and transcripts (WebVTT, SubRip) to a document: what was said, by whom, in paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "text/vtt"
_TIMES = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>\n]{0,200}>")
_END = re.compile(r"[.!?…][\"'”’]?\Z")
_LONG = 400


def read(source: Source) -> Document:
    """The document of a caption file; times are left out, a speaker's name stands before the words.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without any caption.
    """
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    for speaker, text in _turns(decode(source.data, source.name)):
        flow.paragraph(f"{speaker}: {text}" if speaker else text)
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata={})


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Captions of one speaker in a row as one text, cut after a sentence once it is long."""
    speaker, said = "", ""
    for who, words in _cues(text):
        if said and (who != speaker or (len(said) > _LONG and _END.search(said))):
            yield speaker, said
            said = ""
        speaker = who
        said = f"{said} {words}".strip()
    if said:
        yield speaker, said


def _cues(text: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"\n[^\S\n]*\n", text):
        lines = block.split("\n")
        times = next((at for at, line in enumerate(lines) if _TIMES.match(line)), None)
        if times is None:
            continue
        body = "\n".join(lines[times + 1 :])
        voice = _VOICE.search(body)
        words = " ".join(unescape(_TAG.sub("", body)).split())
        if words:
            yield (" ".join(voice[1].split()) if voice else ""), words
