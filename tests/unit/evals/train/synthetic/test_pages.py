"""Invented pages: answers are whole cells, and what isn't there isn't answered."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice

import pytest

from evals.train.data.example_cache import with_pages
from evals.train.data.examples import Example, Row
from evals.train.synthetic.pages import Pages
from evals.train.synthetic.records import kinds, remarks, value
from evals.train.synthetic.tables import Table
from rag.types import Span

TEXTS = (
    "The rink was built in 1897. It was the largest of the town. Later it was closed to visitors. Salt and "
    "sand are kept in it now. Nobody has asked for its keys. The roof was renewed by Marie Curie in 1904.",
    "The arena was used for curling. Its ice was made by a machine. Visitors liked the wide benches. The "
    "soup was served between the games. It was sold to a farmer. He paid for it with seven cows and a horse.",
)
ASKED = (
    ("When was it built?", "1897"),
    ("What was it of the town?", "the largest"),
    ("To whom was it closed?", "visitors"),
    ("What is kept there?", "Salt"),
    ("What has nobody asked for?", "its keys"),
    ("Who renewed the roof?", "Marie Curie"),
    ("What was played?", "curling"),
    ("What made the ice?", "a machine"),
    ("What did visitors like?", "the wide benches"),
    ("What was served?", "soup"),
    ("Who bought it?", "a farmer"),
    ("How many cows were paid?", "seven"),
)


def rows() -> list[Row]:
    found = []
    for number, (question, answer) in enumerate(ASKED):
        text = TEXTS[number // 6]
        at = text.index(answer)
        place = Span(at, at + len(answer))
        found.append(
            Row(pool="wiki", article="a", question=question, context=text, answer=place, title="Rink")
        )
    return found


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return Pages(rows(), seed=3).draw(600)


def test_every_kind_can_be_asked_about() -> None:
    """Each question has one place for what it is about, and each value can be made."""
    rng = random.Random(1)
    for kind in kinds():
        assert value(kind.key, rng)
        assert len(kind.columns) >= 4
        for column in kind.columns:
            assert value(column.value, rng)
            assert column.heads
            assert column.asks
            assert all(question.count("{}") == 1 for question in (*column.asks, *column.tells))
    assert all(asks and max(question.count("{}") for question in asks) == 1 for asks in remarks().values())
    with pytest.raises(KeyError):
        value("colour", rng)


def drawn(name: str, count: int) -> list[Example]:
    """Examples of one kind of page alone."""
    make, rng = Pages(rows(), seed=3)._makers()[name], random.Random(5)
    return list(islice((example for _ in range(50 * count) if (example := make(rng))), count))


def test_an_answer_is_a_whole_cell_of_its_column() -> None:
    """Where the view says "Head: cell;", nothing less and nothing more is the answer."""
    cells = [*drawn("cell", 150), *drawn("key", 50)]
    assert len(cells) == 200
    for example in cells:
        assert example.span is not None
        assert example.context[: example.span.start].endswith(": ")
        assert example.context[example.span.end] in ";."


def test_what_is_not_there_is_not_answered(examples: list[Example]) -> None:
    """A third has no answer; among them questions that only stand in a list, in so many words."""
    silent = [example for example in examples if example.span is None]
    assert 0.2 < len(silent) / len(examples) < 0.45
    listed = [e for e in silent if e.question in {question for question, _ in ASKED}]
    assert listed
    assert all(f" {example.question}" in example.context for example in listed)


def test_what_answers_a_question_stands_below_it() -> None:
    """Asked in these or other words, the answer is the cell that stands there as a sentence, and whole."""
    told = drawn("told question", 60)
    assert len(told) == 60
    for example in told:
        assert example.span is not None
        above, answer = example.context[: example.span.start], example.span.slice(example.context)
        assert "?" in above
        assert example.context[example.span.end] == "."
        assert answer[:1] == answer[:1].upper()
    assert sum(example.question in example.context for example in told) < 40


@pytest.mark.parametrize("name", ["told question", "untold question"])
def test_no_page_is_made_where_nothing_can_be_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Table, "questions", lambda table, rng: {})
    make, rng = Pages(rows(), seed=3)._makers()[name], random.Random(5)
    assert {make(rng) for _ in range(20)} == {None}


def test_a_question_of_another_cell_is_not_answered_by_its_neighbours() -> None:
    """Pages that answer other questions about the same row or column."""
    untold = drawn("untold question", 60)
    assert len(untold) == 60
    assert all(example.span is None and "?" in example.context for example in untold)
    assert not any(example.question in example.context for example in untold)


def test_an_open_question_in_other_words_is_open_too() -> None:
    asked = drawn("open question", 60)
    assert len(asked) == 60
    assert all(example.span is None for example in asked)
    assert 0 < sum(example.question in example.context for example in asked) < 40


def test_the_same_seed_gives_the_same_pages(examples: list[Example]) -> None:
    assert Pages(rows(), seed=3).draw(600) == examples
    assert Pages(rows(), seed=4).draw(600) != examples


def test_pages_need_prose() -> None:
    """Without a row that has an answer there is none to put beside a table."""
    with pytest.raises(ValueError, match="rows with answers"):
        Pages([], seed=3).draw(1)


def test_pages_make_up_their_share() -> None:
    """Of all examples, among the others, and they alone are learnt from labels."""
    plain = [Example(question=f"{i}?", context="Nothing.", span=None, kind="elsewhere") for i in range(90)]
    mixed = with_pages(plain, {"new_wiki": rows()}, 0.25, seed=3)
    assert Counter(example.labelled for example in mixed) == {False: 90, True: 30}
    assert {example.labelled for example in mixed[:40]} == {False, True}
    assert [e.question for e in mixed if not e.labelled] != [e.question for e in plain]
