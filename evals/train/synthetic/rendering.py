"""An invented page's passage as the service shows it, and where the answer stands in that."""

from __future__ import annotations

import random
from collections.abc import Sequence

from evals.train.data.examples import Example
from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.split import PassageSplitter
from rag.reading.context import ReaderContext, reader_context
from rag.types import Candidate, Document, Scores, Span

_KIND = "page"
_SPLITTER = PassageSplitter()


def document_of(flow: Flow) -> Document:
    """What was written, as a document."""
    source = Source(data=b"", name="page", uri="page", document_id="page")
    return flow.writer.document(source, title="", media_type="text/plain", metadata={})


def example_of(
    document: Document,
    asked: str,
    answer: Span | None,
    rng: random.Random,
    near: Sequence[Span] = (),
    shows: Sequence[str] = (),
) -> Example | None:
    """The passage with the answer as the service shows it; without one, one of those ``near``.

    None where there is no such passage, or the view of it lacks one of what it must show.
    """
    passages = list(_SPLITTER.split(document))
    if answer is not None:
        passages = [passage for passage in passages if passage.span.contains(answer)]
    elif near:
        passages = [p for p in passages if any(p.span.overlaps(span) for span in near)]
    if not passages:
        return None
    view = reader_context(
        Candidate(passage=rng.choice(passages), document=document, scores=Scores(fused=0.0))
    )
    span = _seen(view, answer) if answer is not None else None
    shown = view.text.casefold()  # a name may begin a sentence
    if (answer is not None and span is None) or any(text.casefold() not in shown for text in shows):
        return None
    return Example(question=asked, context=view.text, span=span, kind=_KIND, labelled=True)


def _seen(view: ReaderContext, place: Span) -> Span | None:
    """Where a stretch of the document stands in a view, whole."""
    for segment in view.segments:
        if segment.antecedent is None and segment.source.contains(place):
            start = segment.at + place.start - segment.source.start
            return Span(start, start + len(place))
    return None
