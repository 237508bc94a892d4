"""Synthetic pages as examples: the passage as ``ingest`` splits it, in the context that the reader gets."""

from __future__ import annotations

import random
from collections.abc import Sequence

from evals.train.data.examples import Example, ExampleKind
from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.split import PassageSplitter
from rag.reading.context import ReaderContext, reader_context
from rag.types import Candidate, Document, Scores, Span

_SPLITTER = PassageSplitter()


def build_document(flow: Flow) -> Document:
    """The document of what was written."""
    source = Source(data=b"", name="page", uri="page", document_id="page")
    return flow.writer.document(source, title="", media_type="text/plain", metadata={})


def page_example(
    document: Document,
    question: str,
    answer: Span | None,
    rng: random.Random,
    overlapping: Sequence[Span] = (),
    must_show: Sequence[str] = (),
) -> Example | None:
    """An example with the reader context of one passage of the document.

    Args:
        answer: its span of the document; the passage is the one that contains it.
        overlapping: without an answer, the passage is one that overlaps one of these spans.
        must_show: texts that the context has to contain, regardless of case.

    Returns:
        None where no passage fits.
    """
    passages = list(_SPLITTER.split(document))
    if answer is not None:
        passages = [passage for passage in passages if passage.span.contains(answer)]
    elif overlapping:
        passages = [p for p in passages if any(p.span.overlaps(span) for span in overlapping)]
    if not passages:
        return None
    context = reader_context(
        Candidate(passage=rng.choice(passages), document=document, scores=Scores(fused=0.0))
    )
    span = _span_in_context(context, answer) if answer is not None else None
    text = context.text.casefold()  # a name may begin a sentence
    if (answer is not None and span is None) or any(
        required.casefold() not in text for required in must_show
    ):
        return None
    return Example(
        question=question,
        context=context.text,
        span=span,
        kind=ExampleKind.SYNTHETIC_PAGE,
        label_only=True,
    )


def _span_in_context(context: ReaderContext, span: Span) -> Span | None:
    """A span of the document as one of the context; None where no segment has all of it."""
    for segment in context.segments:
        if segment.antecedent is None and segment.source.contains(span):
            return span.shift(segment.at - segment.source.start)
    return None
