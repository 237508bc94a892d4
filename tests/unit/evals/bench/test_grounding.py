"""The benchmark of grounding: swaps are wrong by one fact, and the figures count what they say."""

from __future__ import annotations

import random

import pytest

from evals.bench.grounding import REPHRASED, Outcome, balanced_accuracy, lenient_threshold, wice_figures
from evals.bench.grounding_swaps import swaps
from evals.datasets.published import read_rows
from evals.train.grounding.wice import Claim

NAMES = ("Ada Moss", "Kalmar")


def swapped(sentence: str, kind: str) -> str | None:
    """The sentence with one fact of this kind swapped."""
    found = {swap.kind: swap.text for swap in swaps(sentence, NAMES, random.Random(0))}
    return found.get(kind)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Dogs are not welcome.", "Dogs are welcome."),
        ("Dogs are welcome.", "Dogs are not welcome."),
        ("You can't pay.", "You can pay."),
        ("Leads are never lent.", "Leads are always lent."),
        ("Dogs on a lead.", None),
    ],
)
def test_a_negation_is_put_in_or_taken_out(sentence: str, expected: str | None) -> None:
    """One of them, where there is a verb for it."""
    assert swapped(sentence, "negation") == expected


def test_a_number_is_another_number() -> None:
    """Of digits and of a word, never of a list's marker."""
    assert swapped("1. It takes 20 minutes.", "number") not in (None, "1. It takes 20 minutes.")
    assert str(swapped("1. It takes 20 minutes.", "number")).startswith("1. It takes ")
    assert swapped("It takes six hours.", "number") != "It takes six hours."
    assert swapped("1. Open the door.", "number") is None


def test_a_name_is_one_that_the_sentence_has_not() -> None:
    """The whole name is replaced."""
    assert swapped("Ring Faye Impey at once.", "name") in ("Ring Ada Moss at once.", "Ring Kalmar at once.")
    assert swapped("Ring Ada Moss at once.", "name") == "Ring Kalmar at once."


def test_swaps_are_the_same_by_seed() -> None:
    """So that figures can be compared."""
    sentence = "Ring Faye Impey within 20 minutes."
    one, other = ([*swaps(sentence, NAMES, random.Random(3))] for _ in range(2))
    assert one == other


def test_balanced_accuracy_weighs_both_classes_alike() -> None:
    """Half of two supported ones and all of eight others are 0.75."""
    outcomes = [Outcome(is_supported=True, found=found, score=0.5) for found in (True, False)]
    outcomes += [Outcome(is_supported=False, found=False, score=0.5)] * 8
    assert balanced_accuracy(outcomes) == 0.75
    assert balanced_accuracy(outcomes[2:]) is None


def test_every_rephrased_sentence_has_its_source() -> None:
    """The file's parts and fields."""
    rows = [*read_rows(REPHRASED)]
    assert {row["part"] for row in rows} == {"read", "fresh"}
    assert all(row["evidence"] and row["rephrased"] and row["set"] for row in rows)
    assert len({row["rephrased"] for row in rows}) == len(rows)


def test_claims_are_counted_by_class() -> None:
    """One supported claim that is found, one unsupported that isn't."""
    page = ("The pump runs for 10 hours on one battery.", "It is locked away at night.")
    supported = Claim(
        id="a",
        text="On one battery the pump runs for ten hours.",
        title="Pump",
        page=page,
        gold=(0,),
        is_supported=True,
    )
    other = Claim(
        id="b", text="The pump flies to Oslo.", title="Pump", page=page, gold=(), is_supported=False
    )
    figures = {
        (f.group, f.name): f.value
        for f in wice_figures([supported, other], "x", "annotated", lenient_threshold([supported]))
    }
    assert figures["x, annotated", "balanced accuracy"] == 1.0
    assert figures["x, annotated", "supported ones dropped"] == 0.0
    assert figures["x, annotated", "others kept"] == 0.0
