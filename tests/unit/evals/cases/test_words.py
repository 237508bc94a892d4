from __future__ import annotations

import pytest

from evals.cases.words import holds_words, words


def test_words_are_runs_of_letters_and_digits_in_lower_case() -> None:
    """Underscores, hyphens and mark-up set them apart."""
    assert words("**Twenty-five** days_off, p.a. (Ångström)") == [
        "twenty", "five", "days", "off", "p", "a", "ångström",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part", "holds"),
    [
        ("Ask the *duty* manager.", "duty manager", True),
        ("Ask the manager on duty.", "duty manager", False),
        ("Ask managers.", "manager", False),
        ("Ask.", "…", False),
        ("", "", False),
    ],
)
def test_a_part_is_held_by_whole_words_in_order(text: str, part: str, *, holds: bool) -> None:
    """Not by a piece of a word, nor in another order; a part without words is held by nothing."""
    assert holds_words(text, part) is holds
