"""Mutation operators on documents: the evidence of a case is dropped, swapped, contradicted or imitated.

Pure functions: of a case and a document they make a changed or a further document, None where they can't.
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
_FULL_NAMES = ("Marlow Tresidder", "Ines Kalvaitis", "Orrin Delacroix", "Wren Halvorsen")
_SINGLE_NAMES = ("Tarnvale", "Ostrava Ridge", "Quillmoor", "Pellworth")


def drop_sentences(document: Document, spans: Sequence[Span]) -> Document | None:
    """The document without the sentences that overlap these spans."""
    dropped = [s for s in sentences(document.text) if any(s.overlaps(span) for span in spans)]
    if not dropped:
        return None
    text, cursor, parts = document.text, 0, []
    for span in dropped:
        parts.append(text[cursor : span.start])
        cursor = span.end
    return _with_text(document, "".join((*parts, text[cursor:])))


def drop_evidence(case: Case, document: Document) -> Document | None:
    """Without the sentences that must be cited."""
    return drop_sentences(document, [region.span for region in _first_evidence(case, document)])


def drop_citations(citations: Sequence[Citation], document: Document) -> Document | None:
    """Without the sentences that an answer cited."""
    return drop_sentences(document, [c.span for c in citations if c.document_id == document.id])


def swap_values(case: Case, document: Document) -> Document | None:
    """With every accepted answer in it replaced by another number or name."""
    answers = [answer for answer in case.exact_answers if answer in document.text]
    if not answers:
        return None
    changed = _replace_answers(document.text, answers)
    return None if changed == document.text else _with_text(document, changed)


def contradict(case: Case, document: Document) -> Document | None:
    """A further document that has the evidence with another number or name."""
    if swap_values(case, document) is None:
        return None
    evidence = regions([evidence for group in case.must_cite for evidence in group], [document])
    text = _sentences_with(document, evidence)
    swapped = _replace_answers(text, case.exact_answers)
    return None if swapped == text else _further_document(document, "A later report", swapped)


def distract(case: Case, document: Document) -> Document | None:
    """A further document with words of the evidence that doesn't answer the question."""
    topic = _sentences_with(document, _first_evidence(case, document))
    if not topic:
        return None
    for answer in sorted(case.exact_answers, key=len, reverse=True):
        topic = re.sub(rf"(?<!\w){re.escape(answer)}(?!\w)", "somebody", topic)
    words = " ".join(topic.split()[:12])
    text = (
        "Readers wrote to us about this report. Many had heard of it before. "
        f"One letter began with the words {words}, and went on to speak of the weather."
    )
    return _further_document(document, "Letters", text)


def _first_evidence(case: Case, document: Document) -> tuple[Region, ...]:
    return regions(case.must_cite[0] if case.must_cite else (), [document])


def _sentences_with(document: Document, evidence: Sequence[Region]) -> str:
    """The sentences that overlap evidence."""
    return " ".join(
        span.slice(document.text)
        for span in sentences(document.text)
        if any(region.span.overlaps(span) for region in evidence)
    )


def _replace_answers(text: str, answers: Sequence[str]) -> str:
    """Each answer replaced by another value of the shortest one's type.

    The longest first: the shortest would leave the rest of a longer name beside the new one.
    """
    ordered = sorted(answers, key=len, reverse=True)
    other = _other_value(ordered[-1])
    for answer in ordered:
        text = re.sub(rf"(?<!\w){re.escape(answer)}(?!\w)", other, text)
    return text


def _other_value(text: str) -> str:
    """Another number or name, the same one for the same text."""
    if _NUMBER.search(text):
        return _NUMBER.sub(lambda m: f"{int(m[0].replace(',', '')) * 3 + 7:,}", text)
    names = _FULL_NAMES if " " in text else _SINGLE_NAMES
    return names[crc32(text.encode()) % len(names)]


def _with_text(document: Document, text: str) -> Document:
    """The document with another text, without the structure of the old one."""
    return replace(document, text=text, sections=(), pages=(), blocks=(), sha256="")


def _further_document(document: Document, title: str, text: str) -> Document:
    return Document(
        id=f"mutant-{document.id}",
        uri=f"mutant/{document.id}.txt",
        title=title,
        text=text,
        collection=document.collection,
    )
