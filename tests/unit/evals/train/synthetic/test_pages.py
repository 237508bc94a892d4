"""Synthetic pages: answers are whole cells, and what isn't there isn't answered."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice
from typing import Any

import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.synthetic import faq_pages, mail_pages, table_pages
from evals.train.synthetic.mixing import mix_in_pages
from evals.train.synthetic.pages import PageMaker, PageSampler
from evals.train.synthetic.prose import ProseSource
from evals.train.synthetic.tables import Table
from tests.unit.evals.train.synthetic.sample_prose import QUESTIONS

PROSE = ProseSource(QUESTIONS)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return PageSampler(QUESTIONS, seed=3).draw(600)


def sample(maker: PageMaker, count: int) -> list[Example]:
    """Examples of one kind of page."""
    rng = random.Random(5)
    pages = list(islice((e for _ in range(50 * count) if (e := maker(rng, PROSE))), count))
    assert len(pages) == count
    return pages


def test_the_answer_to_a_table_question_is_a_whole_cell() -> None:
    """In the reader's context a cell is "Heading: cell;"."""
    for example in (*sample(table_pages.cell, 150), *sample(table_pages.key, 50)):
        assert example.span is not None
        assert example.context[: example.span.start].endswith(": ")
        assert example.context[example.span.end] in ";."


def test_the_answer_to_a_record_question_is_the_rest_of_its_line() -> None:
    for example in sample(table_pages.record_field, 40):
        assert example.span is not None
        assert example.context[: example.span.start].endswith(": ")
        assert (example.context[example.span.end :] + "\n")[0] == "\n"


@pytest.mark.parametrize(
    "maker",
    [
        table_pages.missing_row,
        table_pages.missing_column,
        table_pages.empty_cell,
        table_pages.missing_record_field,
        mail_pages.missing_mail_header,
        faq_pages.question_list,
    ],
)
def test_what_is_missing_has_no_answer(maker: PageMaker) -> None:
    assert all(example.span is None for example in sample(maker, 20))


def test_the_answer_to_a_mail_question_is_a_header_without_an_address() -> None:
    for example in sample(mail_pages.mail_header, 40):
        assert example.span is not None
        assert example.context[: example.span.start].endswith(("From: ", "To: ", "Cc: ", "Date: "))
        assert "@" not in example.span.slice(example.context)


def test_a_third_of_all_pages_is_unanswerable(examples: list[Example]) -> None:
    """Among them questions that only stand in a list, word for word."""
    unanswerable = [example for example in examples if example.span is None]
    assert 0.2 < len(unanswerable) / len(examples) < 0.45
    listed = [e for e in unanswerable if e.question in {question.question for question in QUESTIONS}]
    assert listed
    assert all(f" {example.question}" in example.context for example in listed)


def test_a_faqs_answer_is_below_its_question() -> None:
    """The question may be in other words; the answer is the whole cell, written as a sentence."""
    pages = sample(faq_pages.record_faq, 60)
    for example in pages:
        assert example.span is not None
        above, answer = example.context[: example.span.start], example.span.slice(example.context)
        assert "?" in above
        assert example.context[example.span.end] == "."
        assert answer[:1] == answer[:1].upper()
    assert sum(example.question in example.context for example in pages) < 40


@pytest.mark.parametrize("maker", [faq_pages.record_faq, faq_pages.record_faq_unanswered])
def test_without_a_question_there_is_no_faq(maker: PageMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_table: Table, _rng: Any) -> dict[Any, str]:
        return {}

    monkeypatch.setattr(Table, "sample_questions", none)
    rng = random.Random(5)
    assert {maker(rng, PROSE) for _ in range(20)} == {None}


def test_a_question_about_a_neighbouring_cell_is_not_answered() -> None:
    """The page answers other questions about the same row or column."""
    pages = sample(faq_pages.record_faq_unanswered, 60)
    assert all(example.span is None and "?" in example.context for example in pages)
    assert not any(example.question in example.context for example in pages)


def test_a_listed_question_in_other_words_is_not_answered() -> None:
    pages = sample(faq_pages.record_question_list, 60)
    assert all(example.span is None for example in pages)
    assert 0 < sum(example.question in example.context for example in pages) < 40


def test_the_same_seed_draws_the_same_pages(examples: list[Example]) -> None:
    assert PageSampler(QUESTIONS, seed=3).draw(600) == examples
    assert PageSampler(QUESTIONS, seed=4).draw(600) != examples


def test_pages_need_prose() -> None:
    with pytest.raises(ValueError, match="questions with answers"):
        PageSampler([], seed=3)


def test_pages_make_up_their_share() -> None:
    """They are shuffled among the other examples, and they alone are label-only."""
    others = [
        Example(question=f"{i}?", context="Nothing.", span=None, kind=ExampleKind.HARD_NEGATIVE)
        for i in range(90)
    ]
    mixed = mix_in_pages(others, {"new_wiki": QUESTIONS}, 0.25, seed=3)
    assert Counter(example.label_only for example in mixed) == {False: 90, True: 30}
    assert {example.label_only for example in mixed[:40]} == {False, True}
    assert [e.question for e in mixed if not e.label_only] != [e.question for e in others]
