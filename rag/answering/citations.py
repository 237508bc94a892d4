"""Spans to whole-sentence citations, each an exact slice of the stored version.

A citation of the sentence that holds the answer; where a pronoun in it was led back to a name, one
of the sentence that names; for a table's row its header, for a list's item its lead-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.text import quote_context, sentences
from rag.types import Citation, Document, Mention, Passage, Span, SpanAnswer, Statement


def citation(document: Document, span: Span) -> Citation:
    """The citation of one span of a document, with its surroundings, section and page."""
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
    )


@dataclass(slots=True)
class Citations:
    """Collects citations in order of first use, each once."""

    found: list[Citation] = field(default_factory=list)

    def add(self, document: Document, spans: Iterable[Span]) -> tuple[int, ...]:
        """The indices of these spans' citations, in the order given."""
        indices: dict[int, None] = {}
        for span in spans:
            made = citation(document, span)
            if made not in self.found:
                self.found.append(made)
            indices[self.found.index(made)] = None
        return tuple(indices)


def statements(spans: Sequence[SpanAnswer], citations: Citations) -> tuple[Statement, ...]:
    """What the first span's sentences say, supported by the citations of all spans.

    Further spans are the same answer found elsewhere: their sentences are cited beside the first's.
    """
    first, elsewhere = spans[0], spans[1:]
    own = [(said(first, sentence), citations_for(first, sentence, citations)) for sentence in holding(first)]
    more = [
        index
        for span in elsewhere
        for sentence in holding(span)
        for index in citations_for(span, sentence, citations)
    ]
    return tuple(
        Statement(text=text, citations=tuple(dict.fromkeys((*indices, *more)))) for text, indices in own
    )


def citations_for(span: SpanAnswer, sentence: Span, citations: Citations) -> tuple[int, ...]:
    """Indices for one sentence: itself, the sentences that name its pronouns, its lead-in."""
    passage, document = span.candidate.passage, span.candidate.document
    naming = [
        naming_sentence(document, passage, antecedent)
        for antecedent in dict.fromkeys(m.antecedent for m in _mentions_in(passage, sentence))
    ]
    context_spans = _leads(document, passage, sentence)
    return citations.add(document, dict.fromkeys((sentence, *naming, *context_spans)))


def holding(span: SpanAnswer) -> tuple[Span, ...]:
    """The passage's sentences that hold a span; the span itself where none does (it is in a lead)."""
    found = tuple(s for s in span.candidate.passage.sentences if s.overlaps(span.span))
    return found or (span.span,)


def said(span: SpanAnswer, sentence: Span) -> str:
    """A sentence as it reads, white space folded, its pronouns' names in square brackets behind them."""
    text = span.candidate.document.text
    parts, cursor = [], sentence.start
    for mention in _mentions_in(span.candidate.passage, sentence):
        parts.append(text[cursor : mention.span.end])
        parts.append(f" [{mention.antecedent.slice(text)}]")
        cursor = mention.span.end
    parts.append(text[cursor : sentence.end])
    return " ".join("".join(parts).split())


def naming_sentence(document: Document, passage: Passage, antecedent: Span) -> Span:
    """The sentence in which a referent stands; it may lie before the passage."""
    for sentence in passage.sentences:
        if sentence.contains(antecedent):
            return sentence
    within = next((s.span for s in document.sections if s.span.contains(antecedent)), None)
    for block in document.blocks:
        if block.span.contains(antecedent):
            within = block.span
    found = (s for s in sentences(document.text, within) if s.contains(antecedent))
    return next(found, antecedent)


def _mentions_in(passage: Passage, sentence: Span) -> list[Mention]:
    return [mention for mention in passage.mentions if sentence.contains(mention.span)]


def _leads(document: Document, passage: Passage, sentence: Span) -> list[Span]:
    """The leads of the block a sentence is in; without blocks, none."""
    known = {
        block.context_span
        for block in document.blocks
        if block.context_span and block.span.overlaps(sentence)
    }
    return sorted(
        context_span
        for context_span in known
        if context_span in passage.context_spans or passage.span.contains(context_span)
    )
