"""A question in the words of its collection: misspelt words corrected, acronyms beside their long forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.question.acronyms import expand_acronyms
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.question.initials import spelled_out, written_out
from rag.question.spelling import correct_spelling


def reword(
    analysis: QuestionAnalysis,
    texts: Sequence[str],
    defining: Sequence[str],
    *,
    headings: Sequence[str] = (),
    is_known: Callable[[str], bool] | None,
    limit: int,
) -> QuestionAnalysis:
    """The analysis with the question as it is to be searched and read; an equal one where nothing changes.

    A corrected question is analysed anew. An expanded one is not: form, names and content words are those of
    the question as it was put. An acronym that nothing defines and that the passages spell out is replaced;
    ``guessed`` then says so.

    Args:
        texts: passages that the question retrieved, best first.
        defining: texts that may define its acronyms or long forms; without any none is expanded.
        headings: titles and headings above the passages.
        is_known: whether a word is spelt right (see ``correct_spelling``); None leaves the spelling.
        limit: the maximum length of a question, in code points.
    """
    corrected = analysis if is_known is None else _corrected(analysis, texts, is_known, limit)
    if defining:
        corrected = replace(
            corrected,
            standalone=expand_acronyms(corrected.standalone, defining, texts),
            search_text=expand_acronyms(corrected.search_text, defining, texts),
        )
    return _written_out(corrected, (*texts, *defining), headings, is_known)


def _written_out(
    analysis: QuestionAnalysis,
    texts: Sequence[str],
    headings: Sequence[str],
    is_known: Callable[[str], bool] | None,
) -> QuestionAnalysis:
    """The analysis with acronyms replaced by what the passages spell them out by."""
    spelled, searched = (
        spelled_out(text, texts, headings, is_known=is_known)
        for text in (analysis.standalone, analysis.search_text)
    )
    if not spelled:
        return analysis
    acronyms = {one.acronym.casefold() for one in spelled}
    return replace(
        analysis,
        standalone=written_out(analysis.standalone, spelled),
        search_text=written_out(analysis.search_text, searched),
        names=tuple(name for name in analysis.names if name not in acronyms),
        guessed=True,
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
