"""Kinds of record and values: everything can be asked about and sampled."""

from __future__ import annotations

import random

import pytest

from evals.train.synthetic.records import record_kinds, remarks
from evals.train.synthetic.values import sample_value


def test_every_kind_has_values_and_questions() -> None:
    """A question has one slot, for what it is about; one of each remark's questions has one, too."""
    rng = random.Random(1)
    for kind in record_kinds():
        assert sample_value(kind.key_spec, rng)
        assert len(kind.columns) >= 4
        for column in kind.columns:
            assert sample_value(column.value_spec, rng)
            assert column.headings
            assert column.questions
            questions = (*column.questions, *column.reverse_questions)
            assert all(question.count("{}") == 1 for question in questions)
    for questions in remarks().values():
        assert max(question.count("{}") for question in questions) == 1


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(KeyError):
        sample_value("colour", random.Random(1))
