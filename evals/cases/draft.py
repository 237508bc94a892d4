"""Drafts of cases from documents, by rule: a start for a person to correct, never a gate.

A sentence with a name, number or date in it becomes a question whose answer that is: the sentence's
subject by "Who or what", anything else as a gap to fill. Every other draft of a name is also asked of a
name that no document holds, as an unanswerable one. What is crude about a question is plain to see,
and quicker put right than written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

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
_OTHERS = ("Tarnvale", "Quillmoor", "Pellworth", "Ostrava Ridge")
_LEAST, _MOST = 7, 40  # words of a sentence that is worth asking about
_COMMON = frozenset(
    "The A An In On At It He She They We You I This That These Those But And When If For".split()
)

Row = Mapping[str, Any]


def draft_cases(documents: Iterable[Document], count: int) -> list[Row]:
    """Up to ``count`` rows in the form of a case file, taken from all documents in turn."""
    told = list(documents)
    everything = "\n".join(document.text for document in told)
    streams = [_of_document(document, everything) for document in told]
    found: list[Row] = []
    asked: set[str] = set()
    for rows in zip_longest(*streams):
        for row in rows:
            if row is not None and row["question"] not in asked:
                asked.add(row["question"])
                found.append({"id": f"draft-{len(found) + 1:03d}", **row})
            if len(found) == count:
                return found
    return found


def _of_document(document: Document, everything: str) -> Iterator[Row]:
    every_other = False
    for sentence in _spread(sentences(document.text)):
        row = _of_sentence(" ".join(sentence.slice(document.text).split()), document)
        if row is None:
            continue
        yield row
        every_other = not every_other
        twin = _unanswerable(row, everything) if every_other else None
        if twin is not None:
            yield twin


def _spread(found: Sequence[Span]) -> list[Span]:
    """From all over the document: every fourth first, then those between."""
    return [sentence for first in range(4) for sentence in found[first::4]]


def _of_sentence(text: str, document: Document) -> Row | None:
    if not _LEAST <= len(text.split()) <= _MOST or not text.endswith((".", "!", "”", '."')):
        return None
    subject = _SUBJECT.match(text)
    if subject is not None and subject["name"].split()[0] not in _COMMON:
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


def _unanswerable(row: Row, everything: str) -> Row | None:
    """The same question of a name that nothing mentions."""
    name = re.search(rf"(?<=\s){_NAME}", row["question"].partition(" ")[2])
    other = next((other for other in _OTHERS if other not in everything), None)
    if name is None or other is None or name[0] in _COMMON:
        return None
    return {
        "question": row["question"].replace(name[0], other),
        "answerable": False,
        "kind": "swapped_name",
        "tags": ["draft"],
        "draft": True,
    }
