"""How likely a phrase is its clause's subject."""

from __future__ import annotations

import pytest

from rag.coreference.subject import FRONTED, LIKELY, OPENING, OTHER, POSSESSOR, SUBJECT, subject_weight
from rag.coreference.tokens import tokens
from rag.types import Span


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Judd called for an apology.", SUBJECT),
        ("When Judd called, all left.", SUBJECT),
        ("The old sheriff Judd called.", SUBJECT),
        ("So said Judd on Monday.", SUBJECT),
        ("She told Judd that all was over.", SUBJECT),
        ("Judd, a sheriff, called.", OPENING),
        ("The first was Judd in Polk.", FRONTED),
        ("With all gone, Judd, tired, left.", FRONTED),
        ("With Judd putting them ahead, all left.", FRONTED),
        ("On Monday the angry Judd called.", LIKELY),
        ("Judd's office called.", POSSESSOR),
        ("An apology from Judd was asked.", OTHER),
        ("All thanked Judd for it.", OTHER),
        ("Judd and Noem called.", OTHER),
        ("Noem and Judd called.", OTHER),
    ],
)
def test_the_words_around_tell_the_role(text: str, weight: float) -> None:
    """Of 'Judd' in a clause: subjects, then what opens it, then owners, then objects."""
    sentence, _ = tokens(text, Span(0, len(text)))
    index = next(i for i, word in enumerate(sentence) if word.text == "Judd")
    assert subject_weight(sentence, index, index + 1) == weight
