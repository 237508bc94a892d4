"""Invented texts: each slot can be said and asked for, and what a text doesn't tell isn't answered."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import islice

import pytest

from evals.train.data.examples import Example
from evals.train.synthetic import texts
from evals.train.synthetic.records import value
from evals.train.synthetic.texts import Template, templates

HALL = Template(
    title="The {hall} hall",
    subject="hall",
    says=(
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
    asks={
        "who": ("Who lets the {hall} hall?", "Who lets it?"),
        "close": ("When does the {hall} hall close?", "When does it close?"),
        "seats": ("How many people can the {hall} hall hold?", "How many people?"),
    },
    untold=("What does the {hall} hall cost?", "What does it cost?"),
)
Make = Callable[[random.Random, texts.Prose], Example | None]


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "templates", lambda: (HALL,))


def drawn(make: Make, count: int) -> list[Example]:
    rng = random.Random(5)
    found = (example for _ in range(50 * count) if (example := make(rng, lambda rng: "Nobody came.")))
    return list(islice(found, count))


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.title)
def test_every_slot_can_be_said_and_asked_for(template: Template) -> None:
    """Once in each wording of its one statement; questions name the subject or nothing."""
    rng = random.Random(1)
    assert all(value(spec, rng) for spec in template.slots.values())
    assert all(f"{{{template.subject}}}" in wording for wording in template.says[0])
    said = []
    for number, wordings in enumerate(template.says):
        slots = sorted(template.slots_of(number))
        said += slots
        for wording in wordings:
            assert sorted(set(re.findall(r"{(\w+)}", wording)) - {template.subject}) == slots
            assert all(wording.count(f"{{{name}}}") == 1 for name in slots)
    assert sorted(said) == sorted(set(template.slots) - {template.subject}) == sorted(template.asks)
    for ask in (*template.untold, *(ask for asks in template.asks.values() for ask in asks)):
        assert set(re.findall(r"{(\w+)}", ask)) <= {template.subject}


@pytest.mark.usefixtures("hall")
def test_an_answer_is_the_slot_asked_for() -> None:
    shapes = {"Who": r"\D+", "When": r"\d\d", "How": r"\d\d\d"}
    told = drawn(texts.told, 80)
    assert len(told) == 80
    for example in told:
        assert example.span is not None
        answer = example.span.slice(example.context)
        assert re.fullmatch(shapes[example.question.split()[0]], answer), (example.question, answer)
        assert not example.context[example.span.end].isalnum()


@pytest.mark.usefixtures("hall")
def test_of_two_texts_the_one_that_is_named_answers() -> None:
    """Its opening is the last before the answer."""
    opening = re.compile(r"(?:The|lets the) (\w+) hall(?: is let)?")
    twice = [example for example in drawn(texts.told, 120) if len(opening.findall(example.context)) == 2]
    assert len(twice) > 10
    for example in twice:
        assert example.span is not None
        named = re.search(r"the (\w+) hall", example.question)
        assert named
        if example.question.startswith("Who"):
            sentence = re.search(r"[^.\n]*" + re.escape(example.span.slice(example.context)), example.context)
            assert sentence
            line = example.context[sentence.start() : example.context.index(".", sentence.end())]
            assert f"{named[1]} hall" in line
        else:
            assert opening.findall(example.context[: example.span.start])[-1] == named[1]


@pytest.mark.usefixtures("hall")
def test_a_statement_left_out_is_not_answered() -> None:
    signs = {"When": "closes", "How": "people"}  # the first statement is never left out
    silent = drawn(texts.left_out, 60)
    assert len(silent) == 60
    for example in silent:
        assert example.span is None
        assert "hall" in example.context
        assert signs[example.question.split()[0]] not in example.context


@pytest.mark.usefixtures("hall")
def test_what_no_statement_tells_is_not_answered() -> None:
    untold = drawn(texts.untold, 40)
    assert {example.span for example in untold} == {None}
    assert all("cost" in example.question for example in untold)


@pytest.mark.usefixtures("hall")
def test_another_subject_is_not_answered_by_this_one() -> None:
    """The text shows its own subject, and not the one that is asked about."""
    others = drawn(texts.of_another, 60)
    assert len(others) == 60
    for example in others:
        named = re.search(r"the (\w+) hall", example.question)
        assert named
        assert example.span is None
        assert " hall" in example.context
        assert named[1] not in example.context.casefold()
