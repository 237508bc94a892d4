"""Drafts cases from documents by rule, for a person to correct. Drafts are never asked.

A sentence that holds a name, number or date becomes a question with that answer: "Who or what" asks for the
sentence's subject, a gap to fill for anything else. Of every other draft there is an unanswerable twin, in
which a name is replaced by one that no document holds. The questions are crude, but quicker to correct than
to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from rag.english.function_words import ARTICLES, DEMONSTRATIVES
from rag.english.pronouns import SUBJECT_PRONOUNS
from rag.text import sentences
from rag.types import Document, Span

_NAME = r"[A-Z][\w’'-]+(?:\s+(?:of|the|and|de|van|for)\s+(?=[A-Z])|\s+[A-Z][\w’'-]+)*"
_SUBJECT = re.compile(
    rf"^(?P<name>{_NAME})\s+(?P<rest>(?:is|are|was|were|has|had|have|will|can|[a-z]+(?:ed|es|s))\s.+)$",
    re.DOTALL,
)
_VALUE = re.compile(
    r"\$\s?\d[\d,.]*(?:\s(?:million|billion|trillion))?|\b\d[\d,]*(?:\.\d+)?(?:\s?%|\s(?:percent|million|billion))?"
)
_INNER_NAME = re.compile(rf"(?<=[a-z,]\s){_NAME}")
_UNUSED_NAMES = ("Tarnvale", "Quillmoor", "Pellworth", "Ostrava Ridge")
_MIN_WORDS, _MAX_WORDS = 7, 40  # of a sentence that is asked about
_OPENING = ARTICLES | DEMONSTRATIVES | SUBJECT_PRONOUNS | frozenset("and at but for if in on when".split())
_FUNCTION_WORDS = frozenset(word.capitalize() for word in _OPENING)

Row = Mapping[str, Any]


def draft_cases(documents: Iterable[Document], count: int) -> list[Row]:
    """Up to ``count`` rows in the form of a case file, taken from all documents in turn."""
    documents = list(documents)
    corpus_text = "\n".join(document.text for document in documents)
    streams = [_from_document(document, corpus_text) for document in documents]
    drafts: list[Row] = []
    questions: set[str] = set()
    for rows in zip_longest(*streams):
        for row in rows:
            if row is not None and row["question"] not in questions:
                questions.add(row["question"])
                drafts.append({"id": f"draft-{len(drafts) + 1:03d}", **row})
            if len(drafts) == count:
                return drafts
    return drafts


def _from_document(document: Document, corpus_text: str) -> Iterator[Row]:
    with_twin = False
    for sentence in _spread(sentences(document.text)):
        row = _from_sentence(" ".join(sentence.slice(document.text).split()), document)
        if row is None:
            continue
        yield row
        with_twin = not with_twin
        twin = _unanswerable(row, corpus_text) if with_twin else None
        if twin is not None:
            yield twin


def _spread(spans: Sequence[Span]) -> list[Span]:
    """Sentences in an order that covers the document early: every fourth one, then those after each, …"""
    return [span for first in range(4) for span in spans[first::4]]


def _from_sentence(text: str, document: Document) -> Row | None:
    if not _MIN_WORDS <= len(text.split()) <= _MAX_WORDS or not text.endswith((".", "!", "”", '."')):
        return None
    subject = _SUBJECT.match(text)
    if subject is not None and subject["name"].split()[0] not in _FUNCTION_WORDS:
        question = f"Who or what {subject['rest'].rstrip('.!”')}?"
        return _row(question, subject["name"], text, document)
    value = _VALUE.search(text) or _INNER_NAME.search(text)
    if value is None:
        return None
    gap = f"{text[: value.start()]}____{text[value.end() :]}"
    return _row(f"What belongs in the gap: “{gap}”?", value[0].strip(), text, document)


def _row(question: str, answer: str, sentence: str, document: Document) -> Row:
    return {
        "question": question,
        "answerable": True,
        "answers": [answer],
        "must_cite": [{"document": document.uri, "quote": sentence}],
        "tags": ["draft"],
        "draft": True,
    }


def _unanswerable(row: Row, corpus_text: str) -> Row | None:
    """The same question with a name that no document mentions."""
    name = re.search(rf"(?<=\s){_NAME}", row["question"].partition(" ")[2])
    other = next((other for other in _UNUSED_NAMES if other not in corpus_text), None)
    if name is None or other is None or name[0] in _FUNCTION_WORDS:
        return None
    return {
        "question": row["question"].replace(name[0], other),
        "answerable": False,
        "kind": "swapped_name",
        "tags": ["draft"],
        "draft": True,
    }
