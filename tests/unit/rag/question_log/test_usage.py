"""What is asked of a collection."""

from __future__ import annotations

from dataclasses import replace

from rag.question_log.usage import usage_of
from tests.fakes.engine import FewDocuments
from tests.fakes.models import BagEmbedder
from tests.unit.rag.question_log.test_gaps import entry

DOCUMENTS = FewDocuments().list()


def test_questions_are_counted_by_meaning() -> None:
    """The most asked, and the most disliked of those with a thumb down."""
    log = [
        entry("Who pays for trains?", 1, outcome="sure", helpful=False),
        entry("who pays for trains", 2, outcome="sure", helpful=True),
        entry("Today who pays for trains?", 3),
        entry("Where is the lamp?", 3, outcome="likely", helpful=False),
        entry("Where is the lamp?", 4, outcome="likely", helpful=False),
    ]
    usage = usage_of(log, [], BagEmbedder())
    assert (usage.asked, usage.answered, usage.since) == (5, 4, log[-1].at)
    assert [(q.question, q.count, q.answered, q.helpful, q.unhelpful) for q in usage.most_asked] == [
        ("Who pays for trains?", 3, 2, 1, 1), ("Where is the lamp?", 2, 2, 0, 2)
    ]  # fmt: skip
    assert [q.question for q in usage.most_disliked] == ["Where is the lamp?", "Who pays for trains?"]
    assert len(usage_of(log, [], BagEmbedder(), limit=1).most_asked) == 1


def test_a_document_that_is_only_near_was_never_cited() -> None:
    """It is cited by an answer alone, not by an abstention that shows it."""
    place = (DOCUMENTS[0].id, "v", 0, 1)
    near = entry("Who pays?", passages=(place,))
    assert [d.id for d in usage_of([near], DOCUMENTS, BagEmbedder()).never_cited] == [DOCUMENTS[0].id]
    assert usage_of([replace(near, outcome="likely")], DOCUMENTS, BagEmbedder()).never_cited == ()


def test_an_empty_log_has_no_figures() -> None:
    """And every document is one that was never cited."""
    usage = usage_of([], DOCUMENTS, BagEmbedder())
    assert (usage.asked, usage.since, usage.most_asked, len(usage.never_cited)) == (0, "", (), 1)
