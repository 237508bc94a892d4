"""Of nearly the same text in several editions the named one is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.retrieval.editions import Edition, named_edition, without_edition
from rag.types import Candidate
from tests.samples import candidate, document


def alike(title: str, text: str, uri: str, fused: float = 1.0) -> Candidate:
    body = f"{text} Trains are booked in second class, and a receipt is kept."
    return candidate(replace(document(body, id=title + uri, title=title), uri=uri), fused=fused)


@pytest.mark.parametrize(
    ("question", "named", "other"),
    [
        ("rates of the policy 2025", ("Policy 2025", "p25.md"), ("Policy 2026", "p26.md")),
        ("fares of March", ("Fares March 2026", "a.md"), ("Fares April 2026", "b.md")),
        ("house rules 2024", ("House rules", "2024/house.md"), ("House rules", "2025/house.md")),
        ("guide v2", ("Guide, version 2", "g2.md"), ("Guide, version 1", "g1.md")),
        ("first edition", ("Book, first edition", "1.md"), ("Book, second edition", "2.md")),
    ],
)
def test_of_two_editions_the_named_one_is_read(
    question: str, named: tuple[str, str], other: tuple[str, str]
) -> None:
    """By a year, a month, an address, a version or a word, however good the other is."""
    one, two = alike(named[0], "It is 24.", named[1]), alike(other[0], "It is 28.", other[1], fused=6.0)
    edition = named_edition(question, [two, one])
    assert edition.others == {two.passage.id}


@pytest.mark.parametrize(
    "question",
    ["the allowance", "policy 2024", "policies 2025 and 2026", "how it changed in 2026, 2025"],
)
def test_without_one_named_edition_all_are_read(question: str) -> None:
    """None is named, both are, or another one."""
    both = [alike("Policy 2025", "It is 24.", "a.md"), alike("Policy 2026", "It is 28.", "b.md")]
    assert named_edition(question, both).others == frozenset()


def test_other_texts_are_no_editions() -> None:
    """Titles that differ don't make one of two texts about different things."""
    pool = candidate(document("The pool opens at nine.", id="p", title="Pool rules"))
    sauna = candidate(document("Towels are lent at the desk.", id="s", title="Sauna rules"))
    assert named_edition("where are towels lent by the pool", [pool, sauna]).others == frozenset()


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("What is paid under the travel policy 2025?", "What is paid?"),
        ("In the 2025 travel policy, what is paid?", "What is paid?"),
        ("What is paid by our policy of 2025?", "What is paid?"),
        (
            "What does the travel policy 2025 say about trains?",
            "What does the travel policy 2025 say about trains?",
        ),
        ("What is paid in 2025?", "What is paid?"),
        ("What is paid under the travel policy?", "What is paid under the travel policy?"),
        ("In the travel policy 2025?", "In the travel policy 2025?"),
    ],
)
def test_the_name_of_an_edition_is_left_out_of_what_is_read(question: str, bare: str) -> None:
    """Where it stands behind a preposition, at an edge of the question."""
    edition = Edition(words=frozenset({"travel", "polici", "2025"}), marks=frozenset({"2025"}))
    assert without_edition(question, edition) == bare
