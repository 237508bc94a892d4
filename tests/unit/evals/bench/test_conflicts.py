from __future__ import annotations

from evals.bench.conflicts import AnsweredQuery, conflicting_line, consistent_line


def test_conflicts_and_right_values_are_counted() -> None:
    """Questions whose documents differ count; a right value counts once, in whatever words."""
    rows = [
        AnsweredQuery(values=("1902", "in 1885"), valid=("1902",), wrong=("1885",)),
        AnsweredQuery(values=("Football", "ice hockey"), valid=("football", "hockey", "chess"), wrong=()),
        AnsweredQuery(values=("Paris",), valid=("Paris", "Texas"), wrong=()),
        AnsweredQuery(values=("8 feet",), valid=("8 feet",), wrong=()),
    ]
    assert conflicting_line(5, rows) == (
        "answered 4 of 5; conflict told 2 of 3 whose documents differ; right values given 3 of 5"
    )
    assert consistent_line(5, rows) == "answered 4 of 5; false conflicts 2"
