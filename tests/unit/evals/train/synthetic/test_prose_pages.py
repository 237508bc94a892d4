"""Synthetic prose: each slot is stated and asked for, and what a text doesn't state isn't answered."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import islice

import pytest

from evals.train.data.examples import Example
from evals.train.synthetic import prose_pages
from evals.train.synthetic.prose import ProseSource
from evals.train.synthetic.prose_pages import Template, templates
from evals.train.synthetic.values import sample_value
from tests.unit.evals.train.data.sample_questions import annotated

HALL = Template(
    title="The {hall} hall",
    subject="hall",
    statements=(
        ("The {hall} hall is let by {who}.", "It is {who} who lets the {hall} hall."),
        ("It closes at {close} o'clock.", "At {close} o'clock it closes."),
        ("It holds {seats} people.", "There is room for {seats} people."),
        ("The floor is of oak.", "Oak was used for the floor."),
    ),
    slots={
        "hall": "one of red|blue|green|white|black|brown",
        "who": "person",
        "close": "number 10 99 {}",
        "seats": "number 100 999 {}",
    },
    questions={
        "who": ("Who lets the {hall} hall?", "Who lets it?"),
        "close": ("When does the {hall} hall close?", "When does it close?"),
        "seats": ("How many people can the {hall} hall hold?", "How many people?"),
    },
    unstated_questions=("What does the {hall} hall cost?", "What does it cost?"),
)
PROSE = ProseSource([annotated("Who came?", "Nobody", "Nobody came.")])
Maker = Callable[[random.Random, ProseSource], Example | None]


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose_pages, "templates", lambda: (HALL,))


def sample(maker: Maker, count: int) -> list[Example]:
    rng = random.Random(5)
    examples = (example for _ in range(50 * count) if (example := maker(rng, PROSE)))
    return list(islice(examples, count))


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.title)
def test_every_slot_is_stated_and_asked_for(template: Template) -> None:
    """Once in each wording of its one statement; questions name the subject or nothing."""
    rng = random.Random(1)
    assert all(sample_value(spec, rng) for spec in template.slots.values())
    assert all(f"{{{template.subject}}}" in wording for wording in template.statements[0])
    stated = []
    for number, wordings in enumerate(template.statements):
        slots = sorted(template.slots_of(number))
        stated += slots
        for wording in wordings:
            assert sorted(set(re.findall(r"{(\w+)}", wording)) - {template.subject}) == slots
            assert all(wording.count(f"{{{name}}}") == 1 for name in slots)
    assert sorted(stated) == sorted(set(template.slots) - {template.subject}) == sorted(template.questions)
    questions = [question for wordings in template.questions.values() for question in wordings]
    for question in (*template.unstated_questions, *questions):
        assert set(re.findall(r"{(\w+)}", question)) <= {template.subject}


@pytest.mark.usefixtures("hall")
def test_the_answer_is_the_value_of_the_slot_asked_for() -> None:
    patterns = {"Who": r"\D+", "When": r"\d\d", "How": r"\d\d\d"}
    examples = sample(prose_pages.stated, 80)
    assert len(examples) == 80
    for example in examples:
        assert example.span is not None
        answer = example.span.slice(example.context)
        assert re.fullmatch(patterns[example.question.split()[0]], answer), (example.question, answer)
        assert not example.context[example.span.end].isalnum()


@pytest.mark.usefixtures("hall")
def test_of_two_texts_the_named_one_answers() -> None:
    """The last subject before the answer is the question's."""
    opening = re.compile(r"(?:The|lets the) (\w+) hall(?: is let)?")
    examples = [e for e in sample(prose_pages.stated, 120) if len(opening.findall(e.context)) == 2]
    assert len(examples) > 10
    for example in examples:
        assert example.span is not None
        named = re.search(r"the (\w+) hall", example.question)
        assert named
        if example.question.startswith("Who"):
            answer = re.escape(example.span.slice(example.context))
            before = re.search(r"[^.\n]*" + answer, example.context)
            assert before
            sentence = example.context[before.start() : example.context.index(".", before.end())]
            assert f"{named[1]} hall" in sentence
        else:
            assert opening.findall(example.context[: example.span.start])[-1] == named[1]


@pytest.mark.usefixtures("hall")
def test_a_removed_statement_is_not_in_the_text() -> None:
    """The first statement is never removed."""
    words = {"When": "closes", "How": "people"}
    examples = sample(prose_pages.statement_removed, 60)
    assert len(examples) == 60
    for example in examples:
        assert example.span is None
        assert "hall" in example.context
        assert words[example.question.split()[0]] not in example.context


@pytest.mark.usefixtures("hall")
def test_what_no_statement_says_is_not_answered() -> None:
    examples = sample(prose_pages.unstated, 40)
    assert {example.span for example in examples} == {None}
    assert all("cost" in example.question for example in examples)


@pytest.mark.usefixtures("hall")
def test_another_subject_is_not_in_the_text() -> None:
    """The text shows its own subject, and not the one that is asked about."""
    examples = sample(prose_pages.other_subject, 60)
    assert len(examples) == 60
    for example in examples:
        named = re.search(r"the (\w+) hall", example.question)
        assert named
        assert example.span is None
        assert " hall" in example.context
        assert named[1] not in example.context.casefold()
