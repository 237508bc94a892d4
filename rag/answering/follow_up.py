"""Whether what was read speaks of what a follow-up asks, and not of what was asked before it.

"How long are server logs kept?" "And invoices?": the sentence on logs is about as near to the completed
question as one on invoices, and where the documents say nothing of invoices it is nearer than all others. So
the evidence of a follow-up has to mention what the follow-up brings to the conversation, and, where it only
refers to it ("it", "there"), something of the turn before.
"""

from __future__ import annotations

from rag.answering.selection import sentence_support
from rag.english.words import mentions
from rag.question.analysis import QuestionAnalysis
from rag.reading.context import heading_line, readable_text
from rag.types import Candidate, Reading, Span, SpanAnswer


def speaks_of_follow_up(analysis: QuestionAnalysis, reading: Reading, short: SpanAnswer | None) -> bool:
    """Whether a reading's evidence mentions all of what is new, and its passage some of what is shared.

    Headings above the passage count as mentions, and so do a question just before the evidence and the
    passage's context spans.

    Args:
        short: the short answer that is shown; None where the best supported sentence is the evidence.
    """
    candidate = reading.candidate
    passage, document = candidate.passage, candidate.document
    headings = heading_line(document, passage)
    around = [headings, *(span.slice(document.text) for span in passage.context_spans)]
    if analysis.new:
        evidence = _evidence(analysis, reading, short)
        texts = [*around, *(readable_text(document, passage, span) for span in evidence)]
        if not all(mentions(texts, [word]) for word in analysis.new):
            return False
    text = readable_text(document, passage, passage.span)
    return not analysis.shared or mentions([*around, text], analysis.shared)


def _evidence(analysis: QuestionAnalysis, reading: Reading, short: SpanAnswer | None) -> list[Span]:
    """The sentences that the answer rests on, and a question before them that they answer."""
    candidate: Candidate = reading.candidate
    sentences = candidate.passage.sentences
    if short is not None and short.candidate == candidate:
        numbers = [n for n, sentence in enumerate(sentences) if sentence.overlaps(short.span)]
    else:
        support = sentence_support(analysis, reading)
        numbers = [max(range(len(support)), key=lambda n: (support[n], -n))]
    text = candidate.document.text
    asked = [n - 1 for n in numbers[:1] if n and sentences[n - 1].slice(text).rstrip("*_ \n").endswith("?")]
    return [sentences[n] for n in (*asked, *numbers)]
