"""Checks cases against the documents they ask about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.cases.case import Case
from evals.cases.evidence import Evidence, contains_text, normalize_whitespace
from evals.cases.words import joined_words
from rag.types import Document, QuestionForm

# Where an accepted answer decides; in other forms the evidence may decide alone.
_DECIDED_BY_ANSWERS = frozenset({None, QuestionForm.FACT})


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Documents with their texts and their words normalised once."""

    documents: Sequence[Document]
    texts: Sequence[str]
    words: Sequence[str]

    def holds(self, evidence: Evidence) -> bool:
        return any(
            evidence.in_document(document.id, document.uri, document.title)
            and _holds(document, text, evidence)
            for document, text in zip(self.documents, self.texts, strict=True)
        )


def lint(cases: Sequence[Case], documents: Iterable[Document]) -> list[str]:
    """Findings, one plain line each; empty where nothing is wrong.

    Finds duplicate ids and questions, evidence that no document holds, answerable cases without answers
    (where their form wants one) or with none that the documents hold (cases with rules apart), yes/no
    questions without a polarity, unanswerable ones with answers or without a kind.
    """
    documents = list(documents)
    texts = [normalize_whitespace(document.text) for document in documents]
    corpus = _Corpus(documents, texts, [joined_words(text) for text in texts])
    findings = [f"{name}: id used {n} times" for name, n in _duplicates(case.id for case in cases)]
    questions = _duplicates(_conversation(case) for case in cases)
    findings += [f"question asked {n} times: {question}" for question, n in questions]
    for case in cases:
        findings += [f"{case.id}: {line}" for line in (*_check_fields(case), *_check_texts(case, corpus))]
    return findings


def _conversation(case: Case) -> str:
    """The question with the turns before it: "and then?" may be asked in many conversations."""
    turns = (f"{turn.question} {turn.answer}" for turn in case.history)
    return normalize_whitespace(" ".join((*turns, case.question)).lower())


def _duplicates(values: Iterable[str]) -> list[tuple[str, int]]:
    return [(value, n) for value, n in Counter(values).items() if n > 1]


def _check_fields(case: Case) -> list[str]:
    if case.answerable:
        lacks_answers = case.form in _DECIDED_BY_ANSWERS and not case.answers
        lines = ["answerable, but has no answers"] if lacks_answers else []
        if case.form is QuestionForm.YES_NO and case.polarity is None:
            lines.append("a yes/no question without a polarity: neither yes nor no is checked")
        lines += [] if case.must_cite else ["answerable, but names no quote that must be cited"]
        return lines + ([f"answerable, but of kind {case.kind}"] if case.kind else [])
    lines = [] if case.kind else ["unanswerable, but has no kind"]
    return lines + (["unanswerable, but has answers or quotes"] if case.answers or case.must_cite else [])


def _check_texts(case: Case, corpus: _Corpus) -> list[str]:
    groups = (*case.must_cite, case.may_cite, case.must_not_cite)
    absent = [evidence for group in groups for evidence in group if not corpus.holds(evidence)]
    lines = [f"no document holds {evidence}" for evidence in absent]
    answers = [joined_words(answer) for answer in case.exact_answers]
    has_rules = len(answers) < len(case.answers)
    if answers and not has_rules and not any(answer in text for answer in answers for text in corpus.words):
        lines.append(f"no document holds any of its answers ({', '.join(case.exact_answers)})")
    return lines


def _holds(document: Document, text: str, evidence: Evidence) -> bool:
    if evidence.span is None:
        return evidence.quote is None or normalize_whitespace(evidence.quote) in text
    if evidence.span.end > len(document.text):
        return False
    return evidence.quote is None or contains_text(evidence.span.slice(document.text), evidence.quote)
