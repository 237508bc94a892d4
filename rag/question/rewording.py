"""A question in the words of its collection: misspelt words corrected, acronyms beside their long forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.question.acronyms import expand_acronyms
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.question.spelling import correct_spelling


def reword(
    analysis: QuestionAnalysis,
    texts: Sequence[str],
    defining: Sequence[str],
    *,
    is_known: Callable[[str], bool] | None,
    limit: int,
) -> QuestionAnalysis:
    """The analysis with the question as it is to be searched and read; an equal one where nothing changes.

    A corrected question is analysed anew. An expanded one is not: form, names and content words are those of
    the question as it was put.

    Args:
        texts: passages that the question retrieved, best first.
        defining: texts that may define its acronyms or long forms; without any none is expanded.
        is_known: whether a word is spelt right (see ``correct_spelling``); None leaves the spelling.
        limit: the maximum length of a question, in code points.
    """
    corrected = analysis if is_known is None else _corrected(analysis, texts, is_known, limit)
    if not defining:
        return corrected
    return replace(
        corrected,
        standalone=expand_acronyms(corrected.standalone, defining, texts),
        search_text=expand_acronyms(corrected.search_text, defining, texts),
    )


def _corrected(
    analysis: QuestionAnalysis, texts: Sequence[str], is_known: Callable[[str], bool], limit: int
) -> QuestionAnalysis:
    standalone = correct_spelling(analysis.standalone, texts, is_known)
    if standalone == analysis.standalone:
        return analysis
    search_text = correct_spelling(analysis.search_text, texts, is_known)
    again = analyze_question(standalone, limit=max(len(standalone), limit))
    return replace(
        again,
        text=analysis.text,
        search_text=search_text,
        completed=analysis.completed,
        new=analysis.new,
        shared=analysis.shared,
    )
