"""Sampling weights of the training mixture: how much of which kind of example from which source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from evals.train.data.questions import SQUAD


class Method(StrEnum):
    """How examples are made of a source's questions; the values seed the random streams."""

    ANSWERABLE = "span"
    HUMAN_UNANSWERABLE = "asked"
    LEXICAL_NEGATIVE = "elsewhere"
    RETRIEVED_NEGATIVE = "near"
    SAME_ARTICLE_NEGATIVE = "beside"
    ENTITY_SUBSTITUTION = "exchanged"
    ANSWER_REMOVAL = "removed"
    ABSENT_ATTRIBUTE = "silent"


Stream = tuple[Method, str]  # a method and the source of its questions

# Parts of their sum, where SQuAD 1.1 is absent.
SAMPLING_WEIGHTS: Mapping[Stream, float] = {
    (Method.ANSWERABLE, "new_wiki"): 20,
    (Method.ANSWERABLE, "pairs"): 17,
    (Method.ANSWERABLE, "qamr"): 12,
    (Method.ANSWERABLE, "reddit"): 5,
    (Method.ANSWERABLE, "amazon_reviews"): 5,
    (Method.ANSWERABLE, "policyqa"): 1.5,
    (Method.ANSWERABLE, "squad2"): 3,
    (Method.HUMAN_UNANSWERABLE, "squad2"): 4.5,
    (Method.LEXICAL_NEGATIVE, "new_wiki"): 7,
    (Method.LEXICAL_NEGATIVE, "qamr"): 4,
    (Method.LEXICAL_NEGATIVE, "reddit"): 1.5,
    (Method.LEXICAL_NEGATIVE, "amazon_reviews"): 1.5,
    (Method.LEXICAL_NEGATIVE, "policyqa"): 0.5,
    (Method.ENTITY_SUBSTITUTION, "new_wiki"): 4,
    (Method.ENTITY_SUBSTITUTION, "qamr"): 2,
    (Method.ENTITY_SUBSTITUTION, "squad2"): 1,
    (Method.ANSWER_REMOVAL, "new_wiki"): 3,
    (Method.ANSWER_REMOVAL, "reddit"): 0.5,
    (Method.ANSWER_REMOVAL, "amazon_reviews"): 0.5,
    (Method.ANSWER_REMOVAL, "pairs"): 3,
    (Method.ABSENT_ATTRIBUTE, "new_wiki"): 1,
    (Method.ABSENT_ATTRIBUTE, "qamr"): 2.5,
}
# With SQuAD 1.1's training set: most of it, the rest for other kinds of text and for questions that people
# wrote to be unanswerable. Without its sentence pairs, which are of the same articles.
SQUAD_SAMPLING_WEIGHTS: Mapping[Stream, float] = {
    (Method.ANSWERABLE, SQUAD): 38,
    (Method.ANSWERABLE, "new_wiki"): 8,
    (Method.ANSWERABLE, "qamr"): 6,
    (Method.ANSWERABLE, "reddit"): 3,
    (Method.ANSWERABLE, "amazon_reviews"): 3,
    (Method.ANSWERABLE, "policyqa"): 2,
    (Method.ANSWERABLE, "squad2"): 3,
    (Method.HUMAN_UNANSWERABLE, "squad2"): 4,
    (Method.LEXICAL_NEGATIVE, SQUAD): 2,
    (Method.RETRIEVED_NEGATIVE, SQUAD): 7,
    (Method.SAME_ARTICLE_NEGATIVE, SQUAD): 8,
    (Method.LEXICAL_NEGATIVE, "new_wiki"): 1,
    (Method.RETRIEVED_NEGATIVE, "new_wiki"): 0.6,
    (Method.LEXICAL_NEGATIVE, "qamr"): 0.5,
    (Method.LEXICAL_NEGATIVE, "reddit"): 0.5,
    (Method.LEXICAL_NEGATIVE, "amazon_reviews"): 0.5,
    (Method.LEXICAL_NEGATIVE, "policyqa"): 0.5,
    (Method.ENTITY_SUBSTITUTION, SQUAD): 5,
    (Method.ENTITY_SUBSTITUTION, "squad2"): 0.5,
    (Method.ANSWER_REMOVAL, SQUAD): 4,
    (Method.ABSENT_ATTRIBUTE, SQUAD): 1,
    (Method.ABSENT_ATTRIBUTE, "qamr"): 1.5,
}
