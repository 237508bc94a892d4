"""A question's topic is its subject or the noun phrase behind its verb."""

import pytest

from rag.question.topic import topic_of


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("How long is the notice period?", "the notice period"),
        ("when was the crane painted?", "the crane"),
        ("What does a berth cost?", "a berth"),
        ("Why is my boat taking in water?", "my boat"),
        ("Where's the rowing club?", "the rowing club"),
        ("What is the purpose of the Lantern Fund?", "the Lantern Fund"),
        ("Who runs the boat house?", "the boat house"),
        ("How do I tar a hull?", "a hull"),
        ("Does the shop sell the map?", None),  # either may be meant
        ("Which crane is the oldest?", None),  # the answer is meant
        ("who sings?", None),
        ("", None),
    ],
)
def test_what_a_question_is_about(question: str, topic: str | None) -> None:
    """Without the predicate; none where it can't be told."""
    assert topic_of(question) == topic
