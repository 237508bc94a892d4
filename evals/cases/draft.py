"""Drafts cases from documents by rule, for a person to correct. Drafts are never asked.

A question is drafted only where the wording of a document makes one that a reader could ask: a heading that
is a question, a list with its lead-in, a condition, a purpose, a definition, a reason, a person, a date or a
limit (``evals/cases/drafting``). Fewer drafts are better than poor ones, so there may be fewer than wanted.
Of a few there is an unanswerable twin, in which a name is replaced by one that no document holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from evals.cases.drafting.draft import Draft
from evals.cases.drafting.from_headings import from_headings
from evals.cases.drafting.from_lists import from_lists
from evals.cases.drafting.from_occasions import from_occasions, occasion
from evals.cases.drafting.from_sentences import SENTENCE_SOURCES
from evals.cases.evidence import normalize_whitespace
from rag.english.function_words import ARTICLES
from rag.types import Document

_SOURCES: tuple[Callable[[Document], Iterator[Draft]], ...] = (
    from_headings,
    from_lists,
    *SENTENCE_SOURCES,
)
# Of minutes and mails a sentence alone says too little: who said it, and when.
_OF_OCCASIONS = (from_occasions, from_headings)
_UNUSED_NAMES = ("Tarnvale", "Quillmoor", "Pellworth", "Ostrava Ridge")
_MAX_SHARE = 4  # at most one draft in four opens with the same words
_OPENING_WORDS = 2

Row = Mapping[str, Any]


def draft_cases(documents: Iterable[Document], count: int) -> list[Row]:
    """Up to ``count`` rows in the form of a case file, taken from all documents in turn.

    A question that several documents answer in the same words has their places as alternatives; one that they
    answer in different words is left out, as nobody could say which is meant.
    """
    documents = list(documents)
    corpus_text = "\n".join(document.text for document in documents)
    by_document = [list(_drafts(document, turn)) for turn, document in enumerate(documents)]
    places = _places(documents, by_document)
    unused = next((name for name in _UNUSED_NAMES if name not in corpus_text), None)
    rows: list[Row] = []
    for draft in _limited(_in_turn(by_document), places, count):
        if len(rows) < count:
            rows.append(_row(len(rows) + 1, draft, places[_key(draft)]))
        if draft.name is not None and unused is not None and len(rows) < count:
            rows.append(_twin_row(len(rows) + 1, draft.question.replace(draft.name, unused)))
    return rows


def _drafts(document: Document, turn: int) -> Iterator[Draft]:
    """The drafts of a document, its kinds in turn, the ``turn``th first. What they must cite stands in it."""
    text = normalize_whitespace(document.text)
    sources = _OF_OCCASIONS if occasion(document.title) else _SOURCES
    turned = (*sources[turn % len(sources) :], *sources[: turn % len(sources)])
    for draft in _in_turn([list(source(document)) for source in turned]):
        if all(quote in text for quote in draft.quotes):
            yield draft


def _in_turn(lists: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    """The first of each list, then the second of each, …"""
    return (draft for draft in chain.from_iterable(zip_longest(*lists)) if draft is not None)


def _key(draft: Draft) -> str:
    """What makes two questions the same: their words, but for articles."""
    return " ".join(word for word in draft.question.casefold().split() if word not in ARTICLES)


def _places(
    documents: Sequence[Document], by_document: Sequence[Sequence[Draft]]
) -> dict[str, dict[tuple[str, ...], list[str]]]:
    """By question: its quotes, with the uris of the documents that have them."""
    places: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for document, drafts in zip(documents, by_document, strict=True):
        for draft in drafts:
            uris = places.setdefault(_key(draft), {}).setdefault(draft.quotes, [])
            if document.uri not in uris:
                uris.append(document.uri)
    return places


def _limited(
    drafts: Iterable[Draft], places: Mapping[str, Mapping[tuple[str, ...], Sequence[str]]], count: int
) -> Iterator[Draft]:
    """Each question once, if its evidence is one; of those that open alike only a few."""
    seen: set[str] = set()
    evidence: set[tuple[str, ...]] = set()
    openings: Counter[str] = Counter()
    for draft in drafts:
        key = _key(draft)
        opening = "stand for" if key.endswith(" stand for?") else " ".join(key.split()[:_OPENING_WORDS])
        is_known = key in seen or draft.quotes in evidence
        if is_known or len(places[key]) > 1 or openings[opening] >= max(2, count // _MAX_SHARE):
            continue
        openings[opening] += 1
        seen.add(key)
        evidence.add(draft.quotes)
        yield draft


def _row(number: int, draft: Draft, places: Mapping[tuple[str, ...], Sequence[str]]) -> Row:
    uris = places[draft.quotes]
    groups = [[{"document": uri, "quote": quote} for uri in uris] for quote in draft.quotes]
    form = {} if draft.form is None else {"form": str(draft.form)}
    return {
        "id": f"draft-{number:03d}",
        "question": draft.question,
        "answerable": True,
        **({"answers": list(draft.answers)} if draft.answers else {}),
        **form,
        **({} if draft.polarity is None else {"polarity": draft.polarity}),
        "must_cite": [group[0] if len(group) == 1 else group for group in groups],
        "tags": ["draft"],
        "draft": True,
    }


def _twin_row(number: int, question: str) -> Row:
    return {
        "id": f"draft-{number:03d}",
        "question": question,
        "answerable": False,
        "kind": "swapped_name",
        "tags": ["draft"],
        "draft": True,
    }
