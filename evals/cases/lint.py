"""What is wrong with cases beside the documents they ask about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.cases.case import Case
from evals.cases.evidence import Evidence, normalize_whitespace
from rag.types import Document

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Documents with their texts folded once."""

    documents: Sequence[Document]
    texts: Sequence[str]
    words: Sequence[str]

    def holds(self, place: Evidence) -> bool:
        return any(
            place.in_document(document.id, document.uri, document.title) and _stands(place, document, text)
            for document, text in zip(self.documents, self.texts, strict=True)
        )


def lint(cases: Sequence[Case], documents: Iterable[Document]) -> list[str]:
    """Findings, one plain line each; empty where nothing is wrong.

    Finds double ids and questions, places that no document holds any more, answerable cases without
    answers or with none that the documents hold (rules apart), unanswerable ones with answers or
    without a kind.
    """
    kept = list(documents)
    texts = [normalize_whitespace(document.text) for document in kept]
    corpus = _Corpus(kept, texts, [_words(text) for text in texts])
    findings = [f"{name}: id used {n} times" for name, n in _doubles(case.id for case in cases)]
    asked = _doubles(_asked(case) for case in cases)
    findings += [f"question asked {n} times: {question}" for question, n in asked]
    for case in cases:
        findings += [f"{case.id}: {line}" for line in (*_shape(case), *_held(case, corpus))]
    return findings


def _asked(case: Case) -> str:
    """The question with what was said before it: "and then?" may be asked in many conversations."""
    turns = (f"{turn.question} {turn.answer}" for turn in case.history)
    return normalize_whitespace(" ".join((*turns, case.question)).lower())


def _doubles(values: Iterable[str]) -> list[tuple[str, int]]:
    return [(value, n) for value, n in Counter(values).items() if n > 1]


def _shape(case: Case) -> list[str]:
    if case.answerable:
        lines = [] if case.answers else ["answerable, but has no answers"]
        lines += [] if case.must_cite else ["answerable, but names no quote that must be cited"]
        return lines + ([f"answerable, but of kind {case.kind}"] if case.kind else [])
    lines = [] if case.kind else ["unanswerable, but has no kind"]
    return lines + (["unanswerable, but has answers or quotes"] if case.answers or case.must_cite else [])


def _held(case: Case, corpus: _Corpus) -> list[str]:
    places = [place for need in (*case.must_cite, case.may_cite, case.must_not_cite) for place in need]
    lines = [f"no document holds {place}" for place in places if not corpus.holds(place)]
    exact = [_words(answer) for answer in case.exact_answers]
    held = any(answer in text for answer in exact for text in corpus.words)
    if len(exact) == len(case.answers) and exact and not held:
        lines.append(f"no document holds any of its answers ({', '.join(case.exact_answers)})")
    return lines


def _stands(place: Evidence, document: Document, text: str) -> bool:
    if place.span is not None:
        return place.span.end <= len(document.text) and (
            place.quote is None
            or normalize_whitespace(place.quote) in normalize_whitespace(place.span.slice(document.text))
        )
    return place.quote is None or normalize_whitespace(place.quote) in text


def _words(text: str) -> str:
    """Lower-cased words with a space around each: punctuation and mark-up tell none apart."""
    return " ".join(("", *_WORD.findall(text.lower()), ""))
