"""Data augmentation: questions as users type them, and contexts with a title before them."""

from __future__ import annotations

import random
from dataclasses import replace

from evals.train.data.examples import Example
from evals.train.data.unanswerable import capitalized_names
from rag.english.function_words import ARTICLES
from rag.english.verbs import BE, DO, HAVE
from rag.storage.index_rows import context_prefix

# Probabilities.
_KNOWN_TITLE = 0.5
_NAME_AS_TITLE = 0.2
_NO_QUESTION_MARK = 0.15
_KEY_WORDS = 0.06
_TYPO = 0.06
_SMALL_TALK = 0.08

_OMITTED_IN_KEY_WORDS = (
    ARTICLES | (BE - {"being"}) | DO | HAVE | frozenset("at for in it its of on to what which".split())
)
_SMALL_TALK_TEMPLATES = (
    "hi, {}",
    "hello! {}",
    "ok so {}",
    "question: {}",
    "can you tell me: {}",
    "please tell me, {}",
    "I'd like to know: {}",
    "not sure who to ask, but {}",
    "{} thanks",
    "{} asking for a colleague",
)


def augment(example: Example, rng: random.Random) -> Example:
    """The question as users type it, and half of the time a known title before the context.

    The service shows the reader no title, but its passages begin with all sorts of lines. Now and then a
    context without a title gets its most frequent name for one, and a context with a title that name as a
    section's heading.
    """
    example = replace(example, question=augment_question(example.question, rng))
    title, name = example.title, next(iter(capitalized_names(example.context)), "")
    if rng.random() >= (_KNOWN_TITLE if title else _NAME_AS_TITLE):
        return example
    headings = [name] if title and name and rng.random() < _NAME_AS_TITLE else []
    prefix = context_prefix((title or name, *headings)) if title or name else ""
    span = example.span and example.span.shift(len(prefix))
    return replace(example, context=prefix + example.context, span=span)


def augment_question(question: str, rng: random.Random) -> str:
    """Mostly the question as it is; else without its mark, as key words, with a typo, or in small talk."""
    chance = rng.random()
    if chance < _NO_QUESTION_MARK:
        return question.rstrip(" ?")
    if chance < _NO_QUESTION_MARK + _KEY_WORDS:
        words = [word for word in question.rstrip(" ?").split() if word.lower() not in _OMITTED_IN_KEY_WORDS]
        return " ".join(words) if len(words) > 2 else question
    if chance < _NO_QUESTION_MARK + _KEY_WORDS + _TYPO:
        words = question.split()
        long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]
        if long:
            position = rng.choice(long)
            words[position] = _with_typo(words[position], rng)
            return " ".join(words)
    if chance > 1 - _SMALL_TALK:
        return rng.choice(_SMALL_TALK_TEMPLATES).format(question)
    return question


def _with_typo(word: str, rng: random.Random) -> str:
    """A letter left out, doubled, or exchanged with the next."""
    position = rng.randrange(1, len(word) - 1)
    letter, following = word[position], word[position + 1]
    letters = rng.choice(("", letter * 2, following + letter))
    swapped = len(letters) == 2 and letters[0] != letters[1]
    return word[:position] + letters + word[position + (2 if swapped else 1) :]
