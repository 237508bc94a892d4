"""Spans to whole-sentence citations, each an exact slice of the stored version.

Cited are the sentence that holds the answer; where a pronoun in it was resolved, the sentence that holds
its antecedent; for a table row its header, for a list item its lead-in sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.reading.table_rows import blocks_in, column_names
from rag.text import quote_context
from rag.text import sentences as split_sentences
from rag.types import Citation, Document, Mention, Passage, Span, SpanAnswer

_MAX_AWAY = 4_000  # code points around an antecedent in which its sentence is looked for


def to_citation(document: Document, span: Span) -> Citation:
    """The citation of one span of a document, with its prefix, suffix, section, page and columns."""
    prefix, suffix = quote_context(document.text, span)
    return Citation(
        document_id=document.id,
        version=document.sha256,
        title=document.title,
        uri=document.uri,
        start=span.start,
        end=span.end,
        quote=span.slice(document.text),
        prefix=prefix,
        suffix=suffix,
        section=document.section_at(span.start),
        page=document.page_at(span.start),
        columns=column_names(document, span),
    )


@dataclass(slots=True)
class CitationList:
    """Collects citations in order of first use, each once."""

    items: list[Citation] = field(default_factory=list)

    def add(self, document: Document, spans: Iterable[Span]) -> tuple[int, ...]:
        """The indices of these spans' citations, in the order given, each once."""
        indices: dict[int, None] = {}
        for span in spans:
            citation = to_citation(document, span)
            if citation not in self.items:
                self.items.append(citation)
            indices[self.items.index(citation)] = None
        return tuple(indices)


def cite_sentence(answer: SpanAnswer, sentence: Span, citations: CitationList) -> tuple[int, ...]:
    """Indices for one sentence: its own, its pronouns' antecedents' sentences, its context spans."""
    passage, document = answer.candidate.passage, answer.candidate.document
    naming = naming_sentences(document, passage, sentence)
    context = context_spans(document, passage, sentence)
    return citations.add(document, dict.fromkeys((sentence, *naming, *context)))


def sentences_of(answer: SpanAnswer) -> tuple[Span, ...]:
    """The passage's sentences that hold a span; the span itself where none does (it is in a context span)."""
    sentences = tuple(s for s in answer.candidate.passage.sentences if s.overlaps(answer.span))
    return sentences or (answer.span,)


def naming_sentences(document: Document, passage: Passage, sentence: Span) -> list[Span]:
    """The sentences that hold the antecedents of a sentence's pronouns."""
    antecedents = dict.fromkeys(mention.antecedent for mention in _mentions_in(passage, sentence))
    return [antecedent_sentence(document, passage, antecedent) for antecedent in antecedents]


def readable_sentence(document: Document, passage: Passage, sentence: Span) -> str:
    """A sentence with white space folded and each pronoun's antecedent in square brackets after it."""
    text = document.text
    parts, cursor = [], sentence.start
    for mention in _mentions_in(passage, sentence):
        parts.append(text[cursor : mention.span.end])
        parts.append(f" [{mention.antecedent.slice(text)}]")
        cursor = mention.span.end
    parts.append(text[cursor : sentence.end])
    return " ".join("".join(parts).split())


def antecedent_sentence(document: Document, passage: Passage, antecedent: Span) -> Span:
    """The sentence that holds an antecedent; it may lie before the passage."""
    for sentence in passage.sentences:
        if sentence.contains(antecedent):
            return sentence
    within = next(
        (s.span for s in document.sections if s.span.contains(antecedent)), Span(0, len(document.text))
    )
    for block in blocks_in(document, antecedent):
        if block.span.contains(antecedent):
            within = block.span
    near = Span(max(within.start, antecedent.start - _MAX_AWAY), min(within.end, antecedent.end + _MAX_AWAY))
    holding = (s for s in split_sentences(document.text, near) if s.contains(antecedent))
    return next(holding, antecedent)


def _mentions_in(passage: Passage, sentence: Span) -> list[Mention]:
    return [mention for mention in passage.mentions if sentence.contains(mention.span)]


def context_spans(document: Document, passage: Passage, sentence: Span) -> list[Span]:
    """The context spans of the blocks a sentence is in (a row's header, a list's lead-in)."""
    of_blocks = {block.context_span for block in blocks_in(document, sentence) if block.context_span}
    return sorted(span for span in of_blocks if span in passage.context_spans or passage.span.contains(span))
