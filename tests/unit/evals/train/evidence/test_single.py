"""Single examples as groups of one passage."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.train.data.questions import AnnotatedQuestion
from evals.train.evidence import single
from evals.train.evidence.groups import Group
from tests.unit.evals.train.data.sample_questions import OTHER, annotated, numbered_questions
from tests.unit.evals.train.synthetic.sample_prose import QUESTIONS


@pytest.fixture(autouse=True)
def _questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few questions in the place of the training files; nothing is embedded."""
    machine = annotated("Who sold the machine?", "a farmer", OTHER)
    sources: dict[str, list[AnnotatedQuestion]] = {
        "new_wiki": [*numbered_questions()["new_wiki"], machine, *QUESTIONS]
    }
    monkeypatch.setattr(single, "read_training_files", lambda _folder: sources)
    monkeypatch.setattr(single, "open_embedder", lambda _settings: None)


def groups(seed: int = 7) -> list[Group]:
    return list(single.single_groups(Path(), seed=seed, count=60))


def test_an_example_is_a_group_of_its_text_alone() -> None:
    """It weighs half; nearly a third are synthetic pages."""
    made = groups()
    assert len(made) == 60
    assert len({group.id for group in made}) == 60
    assert all(len(group.passages) == 1 for group in made)
    assert {(group.dataset, group.weight, group.polarity) for group in made} == {("single", 0.5, None)}
    assert sum(group.kind == "page" for group in made) == 18


def test_the_sentence_that_holds_the_answer_supports() -> None:
    """And no other; the answer is a slice of it."""
    answered = [group for group in groups() if group.answerable]
    for group in answered:
        [passage] = group.passages
        assert passage.relevant
        for start, end in passage.answers:
            [unit] = [unit for unit in passage.units if unit.supports]
            assert unit.start <= start < end <= unit.end
    years = [group for group in answered if group.kind == "span" and "number" in group.question]
    assert {g.passages[0].text[slice(*g.passages[0].answers[0])] for g in years} == {"1904"}


def test_a_text_that_does_not_answer_has_no_evidence() -> None:
    """ "None of them" is right."""
    unanswered = [group for group in groups() if not group.answerable]
    assert unanswered
    for group in unanswered:
        [passage] = group.passages
        assert not passage.relevant
        assert passage.answers == ()
        assert not any(unit.supports for unit in passage.units)


def test_the_same_seed_gives_the_same_groups() -> None:
    """Another seed gives others."""
    assert groups() == groups()
    assert groups() != groups(seed=8)
