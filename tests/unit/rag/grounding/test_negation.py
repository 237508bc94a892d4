"""Negation: where a sentence says the opposite of a text."""

from __future__ import annotations

import pytest

from rag.grounding.negation import negation_mismatch

SAME = [
    ("Keys must not be shared.", "You may not share keys."),
    ("Sharing keys is forbidden.", "You must not share keys."),
    ("Claims are not accepted after 60 days.", "Claims more than 60 days old are refused."),
    ("They lack explanations.", "They do not include explanations."),
    ("It was not resolved.", "It remained unresolved."),
    ("Call at least three hours before.", "Call not later than three hours before."),
    ("PDFs are not accepted.", "No PDFs."),
    ("Young leaders don't count, but the leader does.", "The leader counts; young leaders do not."),
    ("Not only members may swim.", "Members may swim."),
]
OPPOSITE = [
    ("Keys may be shared.", "Keys may not be shared."),
    ("Keys may not be shared.", "Keys may be shared."),
    ("Agencies responded to the assessment.", "Agencies failed to respond to the assessment."),
    (
        "Command-line flags should not use dashes, not underscores.",
        "Command-line flags should use dashes, not underscores.",
    ),
    ("The pools are not closed on Sundays.", "All pools close on Sundays."),
    ("Dogs are banned in the house.", "Dogs are allowed in the house."),
    (
        "If you did set a password, you don't have to log in.",
        "If you didn't set a password, you don't have to log in.",
    ),
]


@pytest.mark.parametrize(("sentence", "text"), SAME)
def test_the_same_in_other_words_is_no_mismatch(sentence: str, text: str) -> None:
    """A negative word, a prefix or a negated subject makes up for "not", and idioms are no negation."""
    assert negation_mismatch(sentence, [text]) is None


@pytest.mark.parametrize(("sentence", "text"), OPPOSITE)
def test_the_opposite_is_a_mismatch(sentence: str, text: str) -> None:
    """Whichever side has the negation."""
    assert negation_mismatch(sentence, [text])


def test_it_must_differ_from_every_aligned_text() -> None:
    """One text with the same polarity is enough."""
    assert (
        negation_mismatch("Keys may be shared.", ["Keys may not be shared.", "Keys may be shared."]) is None
    )


def test_a_negation_may_stand_in_another_cited_text() -> None:
    """Where the text with most of the sentence's words isn't the one that has it."""
    cited = ["The upload of large files was tried.", "Large files are not uploaded."]
    assert negation_mismatch("Large files of that upload are not uploaded.", cited[:1], cited) is None
