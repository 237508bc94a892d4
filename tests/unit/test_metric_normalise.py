from __future__ import annotations

import pytest

from evals.metrics.normalise import normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat, a dog; an  owl!", "cat dog owl"),
        ("“One Big Beautiful Bill”", "one big beautiful bill"),
        ("sheriffs’ and sheriffs'", "sheriffs and sheriffs"),
        ("theatre and another", "theatre and another"),
        ("287(g)", "287g"),
        ("  \n ", ""),
    ],
)
def test_normalise_follows_squad(text: str, normal: str) -> None:
    """Case, punctuation, articles and white space go; words that start like articles stay."""
    assert normalise(text) == normal
