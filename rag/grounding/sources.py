"""The sentences that a statement may rest on, with the places that they are cited from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.answering.citations import naming_sentences, readable_sentence
from rag.text import sentences
from rag.types import Candidate, Document, Passage, Span

MAX_CHARACTERS = 1_000
"""Of a piece that is compared: a longer sentence, of a table or code, is cut between words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSentence:
    """One sentence, item or row of a source.

    Attributes:
        text: as it is compared: white space folded, each pronoun's antecedent in brackets after it.
        spans: what is cited: the sentence, and those that name its antecedents.
        context: what stands over it: title, headings, a table's header row, a list's lead-in.
        document: None of a text that came with the request; ``given`` is then its index.
    """

    text: str
    spans: tuple[Span, ...]
    context: tuple[str, ...] = ()
    document: Document | None = None
    given: int | None = None


def of_passages(document: Document, passages: Iterable[Passage]) -> Iterator[SourceSentence]:
    """The sentences of a stored document's passages, in order."""
    for passage in passages:
        over = (
            document.title,
            *document.section_at(passage.span.start),
            *(span.slice(document.text) for span in passage.context_spans),
        )
        for sentence in (piece for s in passage.sentences for piece in pieces(document.text, s)):
            yield SourceSentence(
                text=readable_sentence(document, passage, sentence),
                spans=(sentence, *naming_sentences(document, passage, sentence)),
                context=tuple(dict.fromkeys(over)),
                document=document,
            )


def of_candidates(candidates: Iterable[Candidate]) -> Iterator[SourceSentence]:
    """The sentences of retrieved passages, best passage first."""
    for candidate in candidates:
        yield from of_passages(candidate.document, (candidate.passage,))


def of_text(text: str, index: int) -> Iterator[SourceSentence]:
    """The sentences of a text that came with the request."""
    for span in (piece for sentence in sentences(text) for piece in pieces(text, sentence)):
        yield SourceSentence(text=" ".join(span.slice(text).split()), spans=(span,), given=index)


def pieces(text: str, sentence: Span) -> Iterator[Span]:
    """A sentence as pieces of at most ``MAX_CHARACTERS``, cut at white space where there is any."""
    start = sentence.start
    while sentence.end - start > MAX_CHARACTERS:
        limit = start + MAX_CHARACTERS
        end = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        end = end if end > start else limit
        yield Span(start, end)
        start = end
        while start < sentence.end and text[start].isspace():
            start += 1
    if start < sentence.end:
        yield Span(start, sentence.end)
