"""How likely a phrase is its clause's subject."""

from __future__ import annotations

import pytest

from rag.coreference.subject import FRONTED, LIKELY, OPENING, OTHER, POSSESSOR, SUBJECT, subject_likelihood
from rag.coreference.tokens import tokenize
from rag.types import Span


@pytest.mark.parametrize(
    ("text", "likelihood"),
    [
        ("Okoro waited for a ferry.", SUBJECT),
        ("When Okoro waited, all left.", SUBJECT),
        ("The old gardener Okoro waited.", SUBJECT),
        ("So wrote Okoro in spring.", SUBJECT),
        ("She told Okoro that the bridge was closed.", SUBJECT),
        ("Okoro quietly sings.", SUBJECT),
        ("Okoro, a gardener, waited.", OPENING),
        ("Okoro (a gardener) waited.", OPENING),
        ("The first was Okoro in Lund.", FRONTED),
        ("With all gone, Okoro, tired, left.", FRONTED),
        ("With Okoro leading them home, all left.", FRONTED),
        ("In spring the angry Okoro waited.", LIKELY),
        ("Okoro's cart waited.", POSSESSOR),
        ("A letter from Okoro was read.", OTHER),
        ("All thanked Okoro for it.", OTHER),
        ("Okoro and Lund waited.", OTHER),
        ("Lund and Okoro waited.", OTHER),
        ("Lund or Okoro waited.", OTHER),
    ],
)
def test_likelihood_follows_from_the_words_around_a_name(text: str, likelihood: float) -> None:
    """Of 'Okoro' in a clause: subjects, then phrases that open it, then possessors, then objects."""
    sentence, _ = tokenize(text, Span(0, len(text)))
    index = next(i for i, token in enumerate(sentence) if token.text == "Okoro")
    assert subject_likelihood(sentence, index, index + 1) == likelihood
