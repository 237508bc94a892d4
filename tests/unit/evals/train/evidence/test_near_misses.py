"""Questions that an article answers or just misses, beside texts of that article."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.train.data.lexical_overlap import contains_answer, content_words
from evals.train.data.questions import AnnotatedQuestion
from evals.train.evidence import near_misses
from evals.train.evidence.groups import Group
from tests.unit.evals.train.data.sample_questions import BUILT, OTHER, TEXT, annotated

SOLD = annotated("Who sold the machine to the Aberdeen Arena?", "a farmer", OTHER)
ROOF = annotated("Who renewed the roof of the Aberdeen Pavilion in Ottawa?", "Marie Curie")
ASKED = replace(annotated("When was the Aberdeen Arena built?", "1904"), answer=None)


@pytest.fixture(autouse=True)
def _questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few questions in the place of the training files."""
    sources: dict[str, list[AnnotatedQuestion]] = {
        "new_wiki": [replace(q, title="Ice rinks") for q in (BUILT, SOLD, ROOF)],
        "squad2": [BUILT, ASKED],
        "qamr": [BUILT, ROOF],
    }
    monkeypatch.setattr(near_misses, "read_sources", lambda _folder, _squad: sources)


def groups(seed: int = 7, count: int = 120) -> list[Group]:
    return list(near_misses.near_miss_groups(Path(), seed=seed, count=count))


def test_an_answered_question_stands_beside_texts_of_its_article() -> None:
    """Its own text comes first and alone is relevant; no other has the answer."""
    answered = [group for group in groups() if group.answerable]
    assert {len(group.passages) for group in answered} == {1, 2}
    for group in answered:
        own, *others = group.passages
        assert own.relevant
        answers = {own.text[start:end] for start, end in own.answers}
        assert len(answers) == 1
        for other in others:
            assert not other.relevant
            assert not contains_answer(other.text, *answers)
            assert not any(unit.supports for unit in other.units)


def test_of_a_near_miss_no_text_is_relevant() -> None:
    """Not its own, and none of its article that has all words of the question."""
    missed = [group for group in groups() if not group.answerable]
    assert {group.kind for group in missed} == {"asked", "exchanged", "swapped", "removed", "silent"}
    for group in missed:
        assert not any(passage.relevant or passage.answers for passage in group.passages)
        for other in group.passages[1:]:
            assert content_words(group.question) - content_words(other.text)


def test_the_articles_title_stands_above_all_texts_of_a_group_or_above_none() -> None:
    """Units and answers move with their texts."""
    made = groups()
    titled = [g for g in made if g.passages[0].text.startswith("Ice rinks\n")]
    assert 0 < len(titled) < len(made)
    for group in titled:
        assert all(passage.text.startswith("Ice rinks\n") for passage in group.passages)
        for passage in group.passages:
            whole = [passage.text[unit.start : unit.end] for unit in passage.units]
            assert all(sentence in TEXT or sentence in OTHER for sentence in whole)


def test_the_same_seed_gives_the_same_groups() -> None:
    """About as many as asked for; another seed gives others."""
    assert groups() == groups()
    assert groups() != groups(seed=8)
    assert len(groups()) == pytest.approx(120, abs=5)
