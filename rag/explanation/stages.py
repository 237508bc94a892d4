"""How an answer came about, stage by stage, in plain words with the scores."""

from __future__ import annotations

from rag.explanation.corpus import Corpus
from rag.explanation.wording import count, margin, one_line
from rag.types import Answer, DecideStep, Outcome, RetrievedPassage

_LISTED = 5  # passages that an explanation lists


def explain_stages(outcome: Outcome, corpus: Corpus) -> list[str]:
    """A line a stage, with its scores: retrieved, read, decided, cited."""
    trace = outcome.trace
    standalone = trace.retrieved.standalone_question if trace.retrieved else None
    passages = trace.retrieved.passages if trace.retrieved else ()
    lines = [f"Understood as: {standalone}"] if standalone else []
    lines += [f"Found {count(len(passages), 'passage', 'passages')}; the best are"]
    lines += [f"{n}. {_passage_line(passage, corpus)}" for n, passage in enumerate(passages[:_LISTED], 1)]
    spans = trace.read.best if trace.read else ()
    if spans:
        lines.append(f"Read {len(spans)} of them, each for the words that answer best:")
    ranks = {passage.passage_id: n for n, passage in enumerate(passages, 1)}
    lines += [
        f"passage {ranks.get(span.passage_id, '?')}: “{one_line(span.text)}”, {margin(span.margin)}"
        for span in spans
    ]
    return [*lines, *_decision_lines(outcome, trace.decided)]


def _passage_line(passage: RetrievedPassage, corpus: Corpus) -> str:
    document = corpus.document(passage.document_id)
    text = one_line(passage.span.slice(document.text))
    dense = "not near by meaning" if passage.dense is None else f"meaning {passage.dense:.2f}"
    lexical = "no words in common" if passage.lexical is None else f"words {passage.lexical:.1f}"
    offsets = f"{passage.span.start}-{passage.span.end}"
    return f"{document.uri} {offsets} ({dense}, {lexical}): {text[:90]}…"


def _decision_lines(outcome: Outcome, decided: DecideStep | None) -> list[str]:
    lines = []
    if decided and decided.features:
        features = (f"{name.replace('_', ' ')} {value:.2f}" for name, value in decided.features.items())
        lines.append(f"Weighed: {', '.join(features)}")
    needed = f", where {decided.threshold:.0%} is needed" if decided else ""
    lines.append(f"The best candidate is right with {outcome.confidence:.0%}{needed}.")
    if isinstance(outcome, Answer):
        lines.append(f"Cited {count(len(outcome.citations), 'place', 'places')}, each checked to be exact.")
    else:
        lines.append(f"So there is no answer: {str(outcome.reason).replace('_', ' ')}.")
    return lines
