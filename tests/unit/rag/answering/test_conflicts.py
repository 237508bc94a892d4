"""Other documents' answers beside the one that is given."""

from __future__ import annotations

from rag.answering.citations import CitationList
from rag.answering.conflicts import conflict_candidates, to_conflict
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import decider, question, reading, span

DAYS = question("How many days do staff get?")


def test_unread_passages_that_are_about_as_near_may_contradict() -> None:
    """Of other documents, with a cosine at most so far below the answer's; none where nothing was read."""
    answered = candidate(document("Staff get 25 days.", id="a"), dense=0.7)
    near, far = (candidate(document("Text.", id=f"u{dense}"), dense=dense) for dense in (0.65, 0.5))
    same_document = candidate(answered.document, "25 days.", dense=0.7)
    worded = candidate(document("Text.", id="w"), dense=None)
    pool = [answered, same_document, near, far, worded]
    decision = decider().decide(DAYS, pool, [reading(answered)])
    assert conflict_candidates(decision, pool[1:], 0.1) == [near]
    assert conflict_candidates(decider().decide(DAYS, pool, []), pool, 0.1) == []


def test_a_conflict_cites_the_sentence_of_its_value() -> None:
    """Its text is the value alone; a pronoun's antecedent is cited too."""
    text = "The staff met. They get 30 days of leave."
    doc = document(text)
    other = candidate(doc, mentions=(mention(doc, find(text, "They"), "The staff"),))
    citations = CitationList()
    conflict = to_conflict(span(other, "30 days", 4.0), citations)
    assert conflict.text == "30 days"
    assert [citations.items[i].quote for i in conflict.citations] == [
        "They get 30 days of leave.",
        "The staff met.",
    ]
