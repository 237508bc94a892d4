"""Captions and transcripts (WebVTT, SubRip) to a document: a paragraph for each speaker's turn."""

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
_SENTENCE_END = re.compile(r"[.!?…][\"'”’]?\Z")
_LONG_TURN = 400  # characters: a longer one ends after its sentence


def read(source: Source) -> Document:
    """The document of a caption file; times are left out, a speaker's name stands before the words.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without any caption.
    """
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    for speaker, text in _speaker_turns(decode(source.data, source.name)):
        flow.paragraph(f"{speaker}: {text}" if speaker else text)
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata={})


def _speaker_turns(text: str) -> Iterator[tuple[str, str]]:
    """Speaker (may be empty) and text of successive cues of one speaker, cut after a sentence if long."""
    speaker, turn = "", ""
    for cue_speaker, words in _cues(text):
        if turn and (cue_speaker != speaker or (len(turn) > _LONG_TURN and _SENTENCE_END.search(turn))):
            yield speaker, turn
            turn = ""
        speaker = cue_speaker
        turn = f"{turn} {words}".strip()
    if turn:
        yield speaker, turn


def _cues(text: str) -> Iterator[tuple[str, str]]:
    """Speaker (may be empty) and text of each cue."""
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
