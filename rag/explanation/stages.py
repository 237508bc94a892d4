"""How an answer came about, stage by stage, in plain words with the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rag.explanation.corpus import Corpus
from rag.explanation.wording import count, items_shown, margin, one_line, relevance
from rag.types import Abstention, Answer, DraftStep, Outcome, ReadStep, RetrievedPassage, RewriteStep, Trace

_LISTED = 5  # passages that an explanation lists


def explain_stages(outcome: Outcome, corpus: Corpus) -> list[str]:
    """A line a stage, with its scores: rewritten, retrieved, read, decided, drafted, cited."""
    if isinstance(outcome, Abstention) and outcome.reply is not None:
        return ["Taken for small talk, so that nothing was searched (SAYWHERE_SMALL_TALK__REPLIES)."]
    trace = outcome.trace
    standalone = trace.retrieved.standalone_question if trace.retrieved else None
    passages = trace.retrieved.passages if trace.retrieved else ()
    lines = [f"Understood as: {standalone}"] if standalone else []
    lines += _rewriting_lines(trace)
    lines += [f"Found {count(len(passages), 'passage', 'passages')}; the best are"]
    lines += [f"{n}. {_passage_line(passage, corpus)}" for n, passage in enumerate(passages[:_LISTED], 1)]
    ranks = {passage.passage_id: n for n, passage in enumerate(passages, 1)}
    lines += _reading_lines(trace.read, ranks) if trace.read else []
    return [*lines, *_decision_lines(outcome, trace)]


def _rewriting_lines(trace: Trace) -> Iterator[str]:
    """What an LLM had searched beside the question, or why it had nothing searched."""
    for step in trace.steps:
        if isinstance(step, RewriteStep) and step.failure is not None:
            yield f"An LLM was asked for other words and failed: {step.failure.replace('_', ' ')}."
        elif isinstance(step, RewriteStep) and step.queries:
            yield f"Searched for as well: {'; '.join(one_line(query) for query in step.queries)}"


def _reading_lines(step: ReadStep, ranks: Mapping[str, int]) -> list[str]:
    """A line a passage that was read: its relevance and the words in it that answer best."""
    relevances = {passage.passage_id: passage.relevance for passage in step.passages}
    spans = {span.passage_id: span for span in step.best}
    read_ids = dict.fromkeys((*relevances, *spans))
    lines = [f"Read {len(read_ids)} of them, each for the words that answer best:"] if read_ids else []
    for passage_id in read_ids:
        span = spans.get(passage_id)
        parts = [f"relevance {relevance(relevances[passage_id])}"] if passage_id in relevances else []
        parts += [f"“{one_line(span.text)}”, {margin(span.margin)}"] if span else []
        lines.append(f"passage {ranks.get(passage_id, '?')}: {'; '.join(parts)}")
    return lines


def _passage_line(passage: RetrievedPassage, corpus: Corpus) -> str:
    document = corpus.document(passage.document_id)
    text = one_line(passage.span.slice(document.text))
    dense = "not near by meaning" if passage.dense is None else f"meaning {passage.dense:.2f}"
    lexical = "no words in common" if passage.lexical is None else f"words {passage.lexical:.1f}"
    offsets = f"{passage.span.start}-{passage.span.end}"
    return f"{document.uri} {offsets} ({dense}, {lexical}): {text[:90]}…"


def _decision_lines(outcome: Outcome, trace: Trace) -> list[str]:
    lines = []
    decided = trace.decided
    if decided and decided.features:
        features = (f"{name.replace('_', ' ')} {value:.2f}" for name, value in decided.features.items())
        lines.append(f"Weighed: {', '.join(features)}")
    needed = f", where {decided.threshold:.0%} is needed" if decided else ""
    lines.append(f"The best candidate is right with {outcome.confidence:.0%}{needed}.")
    lines += _draft_lines(trace.drafted) if trace.drafted else []
    if isinstance(outcome, Answer):
        lines += _unit_lines(outcome)
        lines.append(f"Cited {count(len(outcome.citations), 'place', 'places')}, each checked to be exact.")
    else:
        lines.append(f"So there is no answer: {str(outcome.reason).replace('_', ' ')}.")
    return lines


def _draft_lines(step: DraftStep) -> list[str]:
    """What came of an LLM's draft: whether it is the answer, and which of its sentences were dropped."""
    if not step.evidence:
        return ["No LLM was asked for a draft: no place is accepted for this question."]
    sentences = count(step.kept + len(step.dropped), "sentence", "sentences")
    evidence = f"{step.evidence} pieces of evidence"
    lines = [f"{step.model} drafted {sentences} from {evidence}, {step.kept} verified."]
    rules = Counter(str(sentence.rule).replace("_", " ") for sentence in step.dropped)
    if rules:
        lines.append(f"Dropped: {', '.join(f'{number} {rule}' for rule, number in rules.items())}.")
    if step.is_used:
        return [*lines, "So the answer is in its words."]
    why = f"it failed ({step.failure.replace('_', ' ')})" if step.failure else "nothing of it could stand"
    why = "it found no answer" if step.is_declined and not step.failure else why
    return [*lines, f"The draft isn't used: {why}."]


def _unit_lines(answer: Answer) -> list[str]:
    """In which unit an answer is given, how much of a list it shows, how it is marked, and what it lacks."""
    total = answer.item_count
    of_items = "" if total is None else f", {items_shown(answer)} of {total} items shown"
    unit = str(answer.unit).replace("_", " ")
    lines = [f"Answered in the unit “{unit}”{of_items}, marked as {answer.certainty}."]
    if answer.short_answer_confidence is not None:
        lines.append(f"The short answer is right with {answer.short_answer_confidence:.0%}.")
    return lines + [f"Not found: {part}" for part in answer.unanswered]
