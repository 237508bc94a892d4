"""A short answer that is a link's text has the link's target where the question asks for it."""

from __future__ import annotations

import pytest

from rag.answering.composition.link_target import with_link_target
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import span

TEXT = (
    "Apply through the travel portal (https://x.org/a_(b)) or Robin Vale (robin@x.org). It's free (mostly)."
)


@pytest.mark.parametrize(
    ("question", "part", "text"),
    [
        ("Where do I apply?", "travel portal", "travel portal (https://x.org/a_(b))"),
        ("Whom do I write to?", "Robin Vale", "Robin Vale (robin@x.org)"),
        ("Who answers?", "Robin Vale", "Robin Vale"),
        ("Where is it free?", "free", "free"),
        ("Where do I apply?", "travel", "travel"),
    ],
)
def test_the_target_is_part_of_the_answer_where_it_is_asked_for(question: str, part: str, text: str) -> None:
    """Not other brackets, nor where the question asks for a name."""
    read = candidate(document(TEXT))
    answer = with_link_target(question, span(read, part, 4.0))
    assert answer.text == text
    assert answer.span.slice(TEXT) == text


def test_a_target_ends_with_its_passage() -> None:
    """What lies past the passage is not read."""
    read = candidate(document(TEXT), "Apply through the travel portal (https")
    assert with_link_target("Where do I apply?", span(read, "travel portal", 4.0)).text == "travel portal"
