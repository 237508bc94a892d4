"""Resolves "he" and "she" to the name of their antecedent, so that a reader can answer with the name.

Own rules on the words of each sentence, and no model; docs/decisions/coreference.md compares them with one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.coreference.discourse import Discourse
from rag.coreference.person_mentions import person_mentions
from rag.coreference.tokens import Token, proper_words, tokenize
from rag.types import Document, Mention, Passage, Span

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_MAX_TITLE_NAME_WORDS = 4


class PronounResolver:
    """Fulfils ``Resolver``: pure, linear in the text, own rules and no model.

    Resolves "he" and "she" outside quotations; a person must be named or described in the same
    section. The antecedent is the fullest mention so far in the document, of the sentences given.
    """

    @property
    def fingerprint(self) -> str:
        return "pronouns-2"

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]:
        """The passages with their ``mentions`` filled, in the order given."""
        mentions = list(_resolved(document, passages))
        starts = [mention.span.start for mention in mentions]
        resolved = []
        for passage in passages:
            low = bisect_left(starts, passage.span.start)
            high = bisect_left(starts, passage.span.end)
            inside = tuple(mention for mention in mentions[low:high] if passage.span.contains(mention.span))
            resolved.append(replace(passage, mentions=inside))
        return resolved


def _resolved(document: Document, passages: Sequence[Passage]) -> Iterator[Mention]:
    """Every pronoun that has an antecedent, in order."""
    sentences = _distinct_sentences(passages)
    if not sentences or not _PRONOUN.search(document.text, sentences[0].start, sentences[-1].end):
        return
    tokenized = list(_tokenized(document.text, sentences))
    proper = frozenset[str]().union(*(proper_words(tokens) for tokens in tokenized))
    discourse = Discourse(topic=_title_name(document.title))
    section, number = -1, 0
    for tokens, own_section in zip(tokenized, _section_numbers(document, sentences), strict=True):
        if own_section != section:
            discourse.start_section()
            section = own_section
        number += not all(token.quoted for token in tokens)  # no salience decays over a quotation
        yield from discourse.process_sentence(number, tokens, person_mentions(tokens, proper))


def _distinct_sentences(passages: Sequence[Passage]) -> list[Span]:
    """The passages' sentences in order, none twice and none overlapping one before."""
    distinct: list[Span] = []
    for sentence in sorted({sentence for passage in passages for sentence in passage.sentences}):
        if not distinct or distinct[-1].end <= sentence.start:
            distinct.append(sentence)
    return distinct


def _tokenized(text: str, sentences: Sequence[Span]) -> Iterator[list[Token]]:
    """Each sentence's tokens; a quotation left open ends with its line."""
    quoted, end = False, 0
    for span in sentences:
        tokens, quoted = tokenize(text, span, quoted and "\n" not in text[end : span.start])
        end = span.end
        yield tokens


def _section_numbers(document: Document, sentences: Sequence[Span]) -> Iterator[int]:
    """Which of the document's sections each sentence begins in; 0 before the first."""
    sections = document.sections
    number = 0
    for sentence in sentences:
        while number < len(sections) and sections[number].span.start <= sentence.start:
            number += 1
        yield number


def _title_name(title: str) -> frozenset[str]:
    """The words of a title that may be a name and nothing else: "Ines Okoro (singer)"."""
    words = title.partition("(")[0].split()
    is_name = 1 < len(words) <= _MAX_TITLE_NAME_WORDS and all(word[0].isupper() for word in words)
    return frozenset(words) if is_name else frozenset()
