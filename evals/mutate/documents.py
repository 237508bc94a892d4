"""Breaks of the documents: what one case rests on is dropped, swapped, contradicted or imitated.

Pure: a document and a case in, a changed or further document out, None where the case offers no hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

from evals.cases.case import Case
from evals.diagnose.regions import regions
from rag.explanation.regions import Region
from rag.text import sentences
from rag.types import Citation, Document, Span

_NUMBER = re.compile(r"\d[\d,]*")
_NAMES = ("Marlow Tresidder", "Ines Kalvaitis", "Orrin Delacroix", "Wren Halvorsen")
_WORDS = ("Tarnvale", "Ostrava Ridge", "Quillmoor", "Pellworth")


def without(document: Document, spans: Sequence[Span]) -> Document | None:
    """The document with these stretches cut out, whole sentences at a time."""
    whole = [s for s in sentences(document.text) if any(s.overlaps(span) for span in spans)]
    if not whole:
        return None
    text, cursor, kept = document.text, 0, []
    for span in whole:
        kept.append(text[cursor : span.start])
        cursor = span.end
    return _changed(document, "".join((*kept, text[cursor:])))


def gold_dropped(case: Case, document: Document) -> Document | None:
    """Without the sentences that must be cited."""
    return without(document, [region.span for region in _gold(case, document)])


def cited_dropped(citations: Sequence[Citation], document: Document) -> Document | None:
    """Without the sentences that an answer cited."""
    return without(document, [c.span for c in citations if c.document_id == document.id])


def values_swapped(case: Case, document: Document) -> Document | None:
    """With the answer replaced, wherever it stands, by another number or name."""
    texts = [text for text in case.exact_answers if text in document.text]
    if not texts:
        return None
    # The shortest first would leave the rest of a longer name standing beside the new one.
    ordered = sorted(texts, key=len, reverse=True)
    other = _other(ordered[-1])
    changed = document.text
    for text in ordered:
        changed = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", other, changed)
    return None if changed == document.text else _changed(document, changed)


def contradicting(case: Case, document: Document) -> Document | None:
    """A further document that says the same of another number or name."""
    swapped = values_swapped(case, document)
    if swapped is None:
        return None
    found = regions([place for need in case.must_cite for place in need], [document])
    said = [s.slice(document.text) for s in sentences(document.text) if _overlaps(s, found)]
    told = _replaced(" ".join(said), case)
    return None if told == " ".join(said) else _beside(document, "A later report", told)


def distracting(case: Case, document: Document) -> Document | None:
    """A further document on the same words that says nothing of what was asked."""
    found = _gold(case, document)
    said = [s.slice(document.text) for s in sentences(document.text) if _overlaps(s, found)]
    if not said:
        return None
    topic = " ".join(said)
    for text in sorted(case.exact_answers, key=len, reverse=True):
        topic = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "somebody", topic)
    told = f"Readers wrote to us about this report. Many had heard of it before. {_asked_about(topic)}"
    return _beside(document, "Letters", told)


def _asked_about(topic: str) -> str:
    words = topic.split()[:12]
    return f"One letter began with the words {' '.join(words)}, and went on to speak of the weather."


def _gold(case: Case, document: Document) -> tuple[Region, ...]:
    places = case.must_cite[0] if case.must_cite else ()
    return regions(places, [document])


def _overlaps(sentence: Span, found: Sequence[Region]) -> bool:
    return any(region.span.overlaps(sentence) for region in found)


def _replaced(text: str, case: Case) -> str:
    ordered = sorted(case.exact_answers, key=len, reverse=True)
    other = _other(ordered[-1])
    for answer in ordered:
        text = re.sub(rf"(?<!\w){re.escape(answer)}(?!\w)", other, text)
    return text


def _other(text: str) -> str:
    """Another value of the same kind, the same one for the same text."""
    if _NUMBER.search(text):
        return _NUMBER.sub(lambda m: f"{int(m[0].replace(',', '')) * 3 + 7:,}", text)
    choices = _NAMES if " " in text else _WORDS
    return choices[crc32(text.encode()) % len(choices)]


def _changed(document: Document, text: str) -> Document:
    """The document with another text: its structure no longer fits and is left out."""
    return replace(document, text=text, sections=(), pages=(), blocks=(), sha256="")


def _beside(document: Document, title: str, text: str) -> Document:
    return Document(
        id=f"mutant-{document.id}",
        uri=f"mutant/{document.id}.txt",
        title=title,
        text=text,
        collection=document.collection,
    )
